package portal

import (
	"fmt"
	"slices"
	"strings"
)

// link joins guardians and children, makes one guardian of the lines of one person, and gathers the families.
func (r *Roll) link(p, g *rollSheet, lines []guardianLine) {
	if len(r.Pupils) == 0 {
		return // all refused already: every link would only be refused again
	}
	linked := r.linkChildren(p, g, lines)
	if !linked && len(lines) > 0 {
		g.faults = slices.DeleteFunc(g.faults, func(f RollFault) bool { return !f.Blocking })
		g.refuseFile("Aucun enfant de ce fichier n’est dans « %s » : les deux exports ne vont pas ensemble. Exportez les élèves et les responsables de la même école, le même jour, puis recommencez l’import.", p.file)
		return
	}
	r.gatherGuardians(g, lines)
	r.fillAddresses()
	r.gatherFamilies()
	r.warnOrphans(p)
}

// linkChildren finds the pupils each line speaks of and says whether it found any.
func (r *Roll) linkChildren(p, g *rollSheet, lines []guardianLine) bool {
	var index rollNameIndex
	classes := map[string]bool{}
	for _, pupil := range r.Pupils {
		index.add(pupil.names())
		classes[FoldName(pupil.Class)] = true
	}
	linked := false
	for i := range lines {
		line := &lines[i]
		for _, child := range line.children {
			found := r.candidates(&index, child, line.key())
			switch len(found) {
			case 0:
				g.warn(line.row, child.col, "%s, enfant %s, n’est pas dans « %s » : ce lien est laissé de côté. Vérifiez l’orthographe dans les deux fichiers, ou exportez-les de nouveau le même jour, puis recommencez l’import.",
					child.shown, Of(line.DisplayName()), p.file)
				continue
			case 1:
			default:
				linked = true
				r.refuseHomonyms(p, g, line, child, found)
				continue
			}
			linked = true
			pupil := r.Pupils[found[0]]
			// Only a class that exists is a contradiction; otherwise the two exports merely word classes differently.
			if pupil.Class != "" && child.class != FoldName(pupil.Class) && child.class != "" && classes[child.class] {
				g.warn(line.row, child.col, "%s, enfant %s, est dans une autre classe à la ligne %d de « %s ». Le lien est fait ; vérifiez que c’est le même enfant, sinon corrigez le nom, puis recommencez l’import.",
					child.shown, Of(line.DisplayName()), pupil.Line, p.file)
			}
			if !slices.Contains(line.Pupils, found[0]) {
				line.Pupils = append(line.Pupils, found[0])
			}
		}
	}
	return linked
}

// candidates gives the pupils that a guardian's line may mean: one when it is clear, several when it is not.
func (r *Roll) candidates(index *rollNameIndex, child rollChild, address string) []int {
	found := index.alike(child.names)
	var exact, looseClass, exactClass []int
	for _, i := range found {
		same := index.names[i] == child.names
		inClass := child.class != "" && child.class == FoldName(r.Pupils[i].Class)
		if same {
			exact = append(exact, i)
		}
		if inClass {
			looseClass = append(looseClass, i)
		}
		if inClass && same {
			exactClass = append(exactClass, i)
		}
	}
	for _, better := range [][]int{exact, looseClass, exactClass} {
		if len(better) > 0 {
			found = better
		}
	}
	if len(found) < 2 {
		return found
	}
	var atHome []int
	for _, i := range found {
		if p := r.Pupils[i]; address != "" && (p.key() == address || p.second.key() == address) {
			atHome = append(atHome, i)
		}
	}
	if len(atHome) == 1 {
		return atHome
	}
	return found
}

func (r *Roll) refuseHomonyms(p, g *rollSheet, line *guardianLine, child rollChild, found []int) {
	var who []string
	for _, i := range found {
		pupil := r.Pupils[i]
		who = append(who, fmt.Sprintf("%s du %s (ligne %d)", pupil.DisplayName(), pupil.Birth.French(), pupil.Line))
	}
	g.refuse(line.row, child.col, "Rien ne dit duquel de ces élèves de « %s » %s est responsable : %s. Distinguez-les dans les deux fichiers, par exemple par leur second prénom, puis recommencez l’import.",
		p.file, line.DisplayName(), List(who))
}

// pupilAt is a child at one of its addresses.
type pupilAt struct {
	pupil   int
	address string
}

// fillAddresses gives a guardian without an address the child's: of two addresses the one where no other guardian of the
// child is known to live, so that separated parents are not put under one roof.
func (r *Roll) fillAddresses() {
	taken := map[pupilAt]bool{}
	for _, g := range r.Guardians {
		for _, p := range g.Pupils {
			taken[pupilAt{p, g.key()}] = true
		}
	}
	for i := range r.Guardians {
		g := &r.Guardians[i]
		for _, n := range g.Pupils {
			p := r.Pupils[n]
			if g.key() != "" || p.key() == "" {
				continue
			}
			g.RollAddress = p.RollAddress
			if p.second.key() != "" && taken[pupilAt{n, p.key()}] && !taken[pupilAt{n, p.second.key()}] {
				g.RollAddress = p.second
			}
		}
	}
}

// gatherFamilies makes one family of the guardians at one address who have a child in common, and of their children.
// Two partners under one roof without a child in common stay two families: neither is responsible for the other's child.
func (r *Roll) gatherFamilies() {
	household := newRollGroups(len(r.Guardians))
	known := map[pupilAt]int{} // to the first guardian there
	for i, g := range r.Guardians {
		for _, p := range g.Pupils {
			at := pupilAt{p, g.key()}
			if first, ok := known[at]; ok {
				household.join(first, i)
			} else {
				known[at] = i
			}
		}
	}
	family := map[int]int{}
	guarded := make([]bool, len(r.Pupils))
	for i, g := range r.Guardians {
		head := household.of(i)
		if head == i {
			family[i] = len(r.Families)
			r.Families = append(r.Families, RollFamily{RollAddress: g.RollAddress})
		}
		f := &r.Families[family[head]]
		f.Guardians = append(f.Guardians, i)
		for _, p := range g.Pupils {
			guarded[p] = true
			if !slices.Contains(f.Pupils, p) {
				f.Pupils = append(f.Pupils, p)
			}
		}
	}
	r.gatherOrphans(guarded)
	for i := range r.Families {
		slices.Sort(r.Families[i].Pupils)
		r.Families[i].Name = r.familyName(r.Families[i])
	}
}

// gatherOrphans makes families of the children for whom the roll names nobody: brothers and sisters by name and address.
func (r *Roll) gatherOrphans(guarded []bool) {
	siblings := map[string]int{}
	for i, p := range r.Pupils {
		if guarded[i] {
			continue
		}
		at := p.key() + "\n" + FoldName(p.LastName)
		f, ok := siblings[at]
		if !ok || p.key() == "" {
			f = len(r.Families)
			siblings[at] = f
			r.Families = append(r.Families, RollFamily{RollAddress: p.RollAddress})
		}
		r.Families[f].Pupils = append(r.Families[f].Pupils, i)
	}
}

// familyName is the children's name, and « DUPONT / MARTIN » when they have several.
func (r *Roll) familyName(f RollFamily) string {
	var names []string
	for _, i := range f.Pupils {
		name := rollName("", r.Pupils[i].LastName, r.Pupils[i].UsedName)
		if !slices.ContainsFunc(names, func(n string) bool { return FoldName(n) == FoldName(name) }) {
			names = append(names, name)
		}
	}
	return strings.Join(names, " / ")
}

func (r *Roll) warnOrphans(p *rollSheet) {
	for _, f := range r.Families {
		if len(f.Guardians) > 0 {
			continue
		}
		for _, i := range f.Pupils {
			row := rollRow{lines: []int{r.Pupils[i].Line}}
			p.warn(row, p.name, "Aucun responsable n’est indiqué pour %s : la famille sera créée sans compte. Faites compléter la fiche de l’enfant dans ONDE, puis exportez de nouveau les deux fichiers et recommencez l’import.", r.Pupils[i].DisplayName())
		}
	}
}

var streetWords = map[string]string{
	"all": "allee", "av": "avenue", "ave": "avenue", "bd": "boulevard", "bld": "boulevard", "boul": "boulevard", "ch": "chemin", "che": "chemin",
	"chem": "chemin", "fg": "faubourg", "imp": "impasse", "lot": "lotissement", "pl": "place", "r": "rue", "res": "residence", "rte": "route",
	"sq": "square", "st": "saint", "ste": "sainte",
}

// key reduces an address to what is compared, or nothing: « 12, av. du Couserans » and « 12 avenue du Couserans » are one.
// The town is left out: within one postal code it is written in too many ways.
func (a RollAddress) key() string {
	words := strings.Fields(FoldName(a.Street))
	if len(words) == 0 {
		return ""
	}
	for i, w := range words {
		if long, ok := streetWords[w]; ok {
			words[i] = long
		}
	}
	return strings.Join(words, " ") + "\n" + strings.ReplaceAll(a.PostCode, " ", "")
}

// rollGroups joins things that belong together; a group is called by its smallest member.
type rollGroups []int

func newRollGroups(n int) rollGroups {
	g := make(rollGroups, n)
	for i := range g {
		g[i] = i
	}
	return g
}

func (g rollGroups) of(i int) int {
	for g[i] != i {
		i = g[i]
	}
	return i
}

func (g rollGroups) join(i, j int) {
	i, j = g.of(i), g.of(j)
	g[max(i, j)] = min(i, j)
}
