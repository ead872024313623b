package handlers

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// familyJoin reads the two families of the address.
func (r *request) familyJoin() (*db.FamilyJoin, error) {
	kept, err := number[portal.FamilyID](r.Params("family"))
	if err != nil {
		return nil, err
	}
	gone, err := r.other()
	if err != nil {
		return nil, err
	}
	return r.site.store.JoiningFamilies(r.ctx(), r.structure(), kept, portal.FamilyID(gone))
}

func (r *request) familyJoinView() (views.JoinPage, error) {
	j, err := r.familyJoin()
	if err != nil {
		return views.JoinPage{}, err
	}
	path := views.FamilyPath(j.Kept.ID)
	page := r.joinView("Réunir deux fiches de la famille "+j.Kept.Name, path, fmt.Sprintf("%s%s/%d", views.FamilyPath(j.Gone.ID), joinPath, j.Kept.ID), j.Refused, j.Version,
		views.JoinSide{URL: path, Name: fmt.Sprintf("Famille %s, n° %d", j.Kept.Name, j.Kept.ID)}, views.JoinSide{URL: views.FamilyPath(j.Gone.ID), Name: fmt.Sprintf("Famille %s, n° %d", j.Gone.Name, j.Gone.ID)})
	page.Rows = []views.JoinRow{
		joinRow("Adresse", j.Kept.Address(), j.Gone.Address()), joinRow("Habite la commune", ouiNon(j.Kept.Resident), ouiNon(j.Gone.Resident)),
		{What: "Responsables", Kept: guardianNames(j.Kept.Guardians), Gone: guardianNames(j.Gone.Guardians)}, {What: "Enfants", Kept: childNames(j.Kept.Children), Gone: childNames(j.Gone.Children)},
		joinRow("Notes", countWords(len(j.Kept.Notes), "note"), countWords(len(j.Gone.Notes), "note")), joinRow("Créée le", portal.DateOf(j.Kept.Created).French(), portal.DateOf(j.Gone.Created).French()),
	}
	page.Rows[len(page.Rows)-1].Quiet = true
	if j.Refused != "" {
		return page, nil
	}
	page.Groups = append(r.factFields(j.Facts), r.twinGroups(j)...)
	if s := portal.JoinSentence(j.Figures, fmt.Sprintf("la famille n° %d", j.Kept.ID)); s != "" {
		page.Goes = append(page.Goes, s)
	}
	page.Goes = append(page.Goes, "Chaque responsable garde ses droits, pour tous les enfants des deux fiches.", fmt.Sprintf("La fiche n° %d disparaît ; son ancienne adresse mène à celle-ci, et son historique y est.", j.Gone.ID))
	for _, t := range j.Children {
		for _, words := range warningsOfChild(t.ChildJoin) {
			page.Warnings = append(page.Warnings, t.Kept.DisplayName()+", si c’est le même enfant. "+words)
		}
	}
	for _, t := range j.Unequal {
		page.Warnings = append(page.Warnings, fmt.Sprintf("%s (%s) et %s (%s) n’ont pas les mêmes droits. Si c’est une personne et que les deux comptes restent, celui qui a le plus de droits les a ensuite pour tous les enfants des deux fiches : un droit retiré d’un côté reviendrait. "+
			"Avec un seul compte, ou les mêmes droits donnés d’abord aux deux, cela n’arrive pas.", t.Kept.DisplayName(), t.Kept.Login, t.Gone.DisplayName(), t.Gone.Login))
	}
	for _, name := range j.Lessened {
		page.Warnings = append(page.Warnings, name+" n’a pas les mêmes droits dans les deux fiches : seuls restent ceux que les deux lui donnent. Vérifiez-les ensuite sur sa fiche.")
	}
	if len(j.Strangers) > 0 {
		page.Warnings = append(page.Warnings, portal.List(j.Strangers)+" : dans les deux familles, qui n’ont pas les mêmes responsables. Si les parents sont séparés, ce sont deux foyers : ne les réunissez pas.")
	}
	return page, nil
}

// twinGroups asks of each child and of each guardian who seems to be in both families whether it is one.
func (r *request) twinGroups(j *db.FamilyJoin) (groups []views.FieldGroup) {
	if len(j.Children) > 0 {
		group := views.FieldGroup{Legend: "Enfants qui se ressemblent"}
		for _, t := range j.Children {
			group.Fields = append(group.Fields, r.childTwinField(t))
		}
		groups = append(groups, group)
	}
	if len(j.People) > 0 {
		group := views.FieldGroup{Legend: "Responsables qui se ressemblent"}
		for _, t := range j.People {
			group.Fields = append(group.Fields, r.guardianTwinField(t))
		}
		groups = append(groups, group)
	}
	return groups
}

const apart = "deux"

func (r *request) childTwinField(t db.ChildTwin) views.Field {
	id := fmt.Sprintf("enfant_%d", t.Gone.ID)
	field := views.Field{Kind: "radio", ID: id, Label: fmt.Sprintf("%s (n° %d) et %s (n° %d)", t.Kept.DisplayName(), t.Kept.ID, t.Gone.DisplayName(), t.Gone.ID)}
	two := views.Choice{Value: apart, Label: "Ce sont deux enfants : les deux fiches restent"}
	if t.Refused != "" {
		field.Hint, field.Options = t.Refused, []views.Choice{{Value: apart, Label: two.Label, Current: true}}
		return field
	}
	field.Hint = strings.Join(append(goesOfChild(t.ChildJoin), keptFacts(t.Facts)...), " ")
	proposed := apart
	if t.Surely {
		proposed = "un"
	}
	field.Options = views.Choose([]views.Choice{{Value: "un", Label: fmt.Sprintf("C’est le même enfant : une seule fiche reste, la n° %d", t.Kept.ID)}, two}, r.picked(id, proposed))
	return field
}

// keptFacts says which facts stay where nobody is asked.
func keptFacts(facts []portal.JoinFact) (words []string) {
	for _, f := range facts {
		words = append(words, fmt.Sprintf("%s : « %s » reste, et non « %s ».", f.What, f.Kept, f.Gone))
	}
	return words
}

func (r *request) guardianTwinField(t db.GuardianTwin) views.Field {
	id := fmt.Sprintf("compte_%d", t.Gone.ID)
	field := views.Field{Kind: "radio", ID: id, Label: t.Kept.DisplayName() + " et " + t.Gone.DisplayName()}
	two := views.Choice{Value: apart, Label: "Ce sont deux personnes : les deux comptes restent"}
	if t.Refused != "" {
		field.Hint, field.Options = t.Refused, []views.Choice{{Value: apart, Label: two.Label, Current: true}}
		return field
	}
	field.Hint = strings.Join(append(keptFacts(t.Facts), "Les adresses e-mail des deux comptes sont gardées et reçoivent un message ; l’identifiant qui disparaît n’ouvre plus rien."), " ")
	first := t.Kept.ID
	if t.OneWay {
		field.Hint = "L’identifiant " + t.Kept.Login + " est dans le journal des agents, et ne peut pas disparaître. " + field.Hint
	} else if t.Gone.LastSeen.After(t.Kept.LastSeen) || t.Kept.FirstSeen.IsZero() && !t.Gone.FirstSeen.IsZero() {
		first = t.Gone.ID
	}
	proposed := apart
	if t.Surely {
		proposed = fmt.Sprint(first)
	}
	same := func(g *db.FamilyGuardian) views.Choice {
		return views.Choice{Value: fmt.Sprint(g.ID), Label: "C’est la même personne : garder l’identifiant " + g.Login + r.visited(g)}
	}
	options := []views.Choice{same(t.Kept), same(t.Gone), two}
	if t.OneWay {
		options = []views.Choice{same(t.Kept), two}
	}
	field.Options = views.Choose(options, r.picked(id, proposed))
	return field
}

// visited says whether an account is in use.
func (r *request) visited(g *db.FamilyGuardian) string {
	switch {
	case !g.LastSeen.IsZero():
		return ", dernière visite " + portal.Ago(g.LastSeen, r.now)
	case g.FirstSeen.IsZero():
		return ", jamais utilisé"
	}
	return ""
}

// joinFamilyPage shows two families side by side.
func (r *request) joinFamilyPage() error {
	page, err := r.familyJoinView()
	if err != nil {
		return err
	}
	return r.render(page)
}

// joinFamilies makes two files of a family one.
func (r *request) joinFamilies() error {
	kept, err := number[portal.FamilyID](r.Params("family"))
	if err != nil {
		return err
	}
	gone, err := r.other()
	if err != nil {
		return err
	}
	j, err := r.familyJoin()
	reread := false
	if err == nil {
		ask := db.FamilyJoinAsk{JoinAsk: r.joinAsk(int64(kept), gone, j.Facts), Notices: map[portal.AccountID]db.Notice{}}
		for _, t := range j.Children {
			if r.FormValue(fmt.Sprintf("enfant_%d", t.Gone.ID)) == "un" {
				ask.Children = append(ask.Children, t.Gone.ID)
			}
		}
		for _, t := range j.People {
			for _, g := range []*db.FamilyGuardian{t.Kept, t.Gone} {
				if r.FormValue(fmt.Sprintf("compte_%d", t.Gone.ID)) != fmt.Sprint(g.ID) {
					continue
				}
				ask.People = append(ask.People, g.ID)
				if ask.Notices[g.ID], err = r.noticeOf(views.JoinedNotice + g.Login); err != nil {
					return err
				}
			}
		}
		reread, err = r.site.store.JoinFamilies(r.ctx(), ask)
	}
	done := views.FamilyPath(kept) + "?fait=reunie"
	if reread {
		done += "-relire"
	}
	return r.joined(err, "famille", int64(kept), gone, done, r.familyJoinView)
}

// childJoin reads the two children of the address.
func (r *request) childJoin() (*db.ChildJoin, error) {
	kept, err := number[portal.ChildID](r.Params("child"))
	if err != nil {
		return nil, err
	}
	gone, err := r.other()
	if err != nil {
		return nil, err
	}
	return r.site.store.JoiningChildren(r.ctx(), r.structure(), kept, portal.ChildID(gone))
}

func (r *request) childJoinView() (views.JoinPage, error) {
	j, err := r.childJoin()
	if err != nil {
		return views.JoinPage{}, err
	}
	path := views.ChildPath(j.Kept.ID)
	page := r.joinView("Réunir deux fiches "+portal.Of(j.Kept.DisplayName()), path, fmt.Sprintf("%s%s/%d", views.ChildPath(j.Gone.ID), joinPath, j.Kept.ID), j.Refused, j.Version,
		views.JoinSide{URL: path, Name: fmt.Sprintf("%s, n° %d", j.Kept.DisplayName(), j.Kept.ID)}, views.JoinSide{URL: views.ChildPath(j.Gone.ID), Name: fmt.Sprintf("%s, n° %d", j.Gone.DisplayName(), j.Gone.ID)})
	page.Rows = childRows(j.Kept, j.Gone, portal.DateOf(r.now))
	if j.Refused == "" {
		page.Groups, page.Goes, page.Warnings = r.factFields(j.Facts), goesOfChild(j), warningsOfChild(j)
		if names := familiesAfter(j); len(names) > 1 {
			page.Warnings = append(page.Warnings, "L’enfant sera dans "+portal.Count(len(names), "famille")+" : "+portal.List(names)+". Chacune continue de suivre ce qu’elle a demandé elle-même. Si c’est la même famille saisie deux fois, réunissez plutôt les familles.")
		}
		page.Goes = append(page.Goes, fmt.Sprintf("La fiche n° %d disparaît ; son ancienne adresse mène à celle-ci, et son historique y est.", j.Gone.ID))
	}
	return page, nil
}

// goesOfChild says what joining two files of a child hands over.
func goesOfChild(j *db.ChildJoin) (words []string) {
	if s := portal.JoinSentence(j.Figures, fmt.Sprintf("%s (fiche n° %d)", j.Kept.DisplayName(), j.Kept.ID)); s != "" {
		words = append(words, s)
	}
	words = append(words, portal.JoinDayWords(j.Days)...)
	return append(words, "Allergies, régime et PAI des deux fiches sont gardés.")
}

// warningsOfChild says what is to be thought of before and after.
func warningsOfChild(j *db.ChildJoin) (words []string) {
	if len(j.Reread) > 0 {
		words = append(words, "À relire ensuite, parce que les deux fiches disent autre chose et que rien n’est perdu : "+portal.List(j.Reread)+".")
	}
	for i, r := range j.Asked {
		if i == portal.JoinClashesShown {
			words = append(words, "Et de même "+portal.Count(len(j.Asked)-i, "autre demande", "autres demandes")+".")
			break
		}
		words = append(words, r.Words())
	}
	if j.TwoINE {
		words = append(words, "Le fichier de rentrée donne à chaque fiche un numéro d’élève différent : vérifiez auprès de l’école que ce n’est pas deux enfants.")
	}
	if j.Kept.Birth != 0 && j.Gone.Birth != 0 && j.Kept.Birth != j.Gone.Birth {
		words = append(words, "Les deux fiches n’ont pas la même date de naissance : vérifiez que ce n’est pas deux enfants.")
	}
	if len(j.Registered) > 0 {
		words = append(words, "Les deux fiches ont une inscription à l’année ("+portal.List(j.Registered)+") : les deux restent, la famille arrête celle qui est en trop. Les jours que l’autre a aussi restent alors réservés.")
	}
	return words
}

// familiesAfter names the families of the child that two files make.
func familiesAfter(j *db.ChildJoin) (names []string) {
	seen := map[portal.FamilyID]bool{}
	for _, f := range slices.Concat(j.Kept.Families, j.Gone.Families) {
		if !seen[f.ID] {
			seen[f.ID] = true
			names = append(names, fmt.Sprintf("%s (n° %d)", f.Name, f.ID))
		}
	}
	if len(j.Kept.Families) == len(names) && len(j.Gone.Families) == len(names) {
		return nil // as before
	}
	return names
}

func childRows(kept, gone *db.ChildPage, today portal.Date) []views.JoinRow {
	k, g := views.NewCareLines(kept.Care, today), views.NewCareLines(gone.Care, today)
	row := func(what string, of func(*db.ChildPage) []string) views.JoinRow {
		return views.JoinRow{What: what, Kept: of(kept), Gone: of(gone)}
	}
	return []views.JoinRow{
		joinRow("Nom", kept.DisplayName(), gone.DisplayName()), joinRow("Né(e) le", day(kept.Birth), day(gone.Birth)), joinRow("Classe", kept.ClassWords(), gone.ClassWords()),
		row("Familles", func(c *db.ChildPage) (list []string) {
			for _, f := range c.Families {
				list = append(list, fmt.Sprintf("%s (n° %d)", f.Name, f.ID))
			}
			return list
		}),
		joinRow("Régime", k.Diet, g.Diet), joinRow("Allergies", k.Allergies, g.Allergies), joinRow("PAI", strings.TrimSpace(k.Plan+" "+k.PlanWords), strings.TrimSpace(g.Plan+" "+g.PlanWords)),
		joinRow("Part seul", ouiNon(k.LeavesAlone), ouiNon(g.LeavesAlone)),
		row("Pour la sortie", func(c *db.ChildPage) (list []string) {
			for _, p := range c.Pickups {
				if p.Barred {
					list = append(list, p.Name+", ne doit pas venir")
				} else {
					list = append(list, p.Name)
				}
			}
			return list
		}),
		row("Inscriptions", func(c *db.ChildPage) (list []string) {
			for _, e := range c.Enrolments {
				list = append(list, e.Name+", "+e.Words())
			}
			return list
		}),
		joinRow("Documents", countWords(len(kept.Papers), "document"), countWords(len(gone.Papers), "document")),
	}
}

// joinChildPage shows two children side by side.
func (r *request) joinChildPage() error {
	page, err := r.childJoinView()
	if err != nil {
		return err
	}
	return r.render(page)
}

// joinChildren makes two files of a child one.
func (r *request) joinChildren() error {
	kept, err := number[portal.ChildID](r.Params("child"))
	if err != nil {
		return err
	}
	gone, err := r.other()
	if err != nil {
		return err
	}
	j, err := r.childJoin()
	reread := false
	if err == nil {
		reread, err = r.site.store.JoinChildren(r.ctx(), r.joinAsk(int64(kept), gone, j.Facts))
	}
	done := views.ChildPath(kept) + "?fait=reuni"
	if reread {
		done += "-relire"
	}
	return r.joined(err, "enfant", int64(kept), gone, done, r.childJoinView)
}

// accountJoin reads the two accounts of the address; the one that stays is a guardian of the family.
func (r *request) accountJoin() (portal.FamilyID, *db.AccountJoin, error) {
	family, g, err := r.theGuardian()
	if err != nil {
		return 0, nil, err
	}
	gone, err := r.other()
	if err != nil {
		return 0, nil, err
	}
	j, err := r.site.store.JoiningAccounts(r.ctx(), r.structure(), g.ID, portal.AccountID(gone))
	return family, j, err
}

func (r *request) accountJoinView() (views.JoinPage, error) {
	family, j, err := r.accountJoin()
	if err != nil {
		return views.JoinPage{}, err
	}
	page := r.joinView("Réunir deux comptes "+portal.Of(j.Kept.DisplayName()), views.FamilyPath(family), r.swapAccounts(family, j), j.Refused, j.Version,
		views.JoinSide{URL: guardianPath(family, j.Kept.ID), Name: j.Kept.Login}, views.JoinSide{URL: views.FamiliesPath + "?q=" + j.Gone.Login, Name: j.Gone.Login})
	page.Rows = []views.JoinRow{
		joinRow("Nom", j.Kept.DisplayName(), j.Gone.DisplayName()), {What: "Familles", Kept: j.KeptHomes, Gone: j.GoneHomes}, {What: "Adresses e-mail", Kept: j.Kept.Emails, Gone: j.Gone.Emails},
		{What: "Téléphones", Kept: phones(j.Kept.Phones), Gone: phones(j.Gone.Phones)}, joinRow("Dernière visite", ago(j.Kept.LastSeen, r.now), ago(j.Gone.LastSeen, r.now)),
	}
	if j.Refused != "" {
		return page, nil
	}
	page.Groups, page.Button = r.factFields(j.Facts), "Réunir les deux comptes"
	if s := portal.JoinSentence(j.Figures, "l’identifiant "+j.Kept.Login); s != "" {
		page.Goes = append(page.Goes, s)
	}
	page.Goes = append(page.Goes, "L’identifiant "+j.Gone.Login+" n’ouvre plus rien, et ses appareils sont déconnectés. Si les deux comptes ont une adresse d’agenda, celle de ce compte cesse de se mettre à jour.", "Toutes les adresses e-mail des deux comptes reçoivent un message qui le dit.")
	for _, name := range j.Lessened {
		page.Warnings = append(page.Warnings, "Famille "+name+" : les deux comptes n’y ont pas les mêmes droits, et seuls restent ceux que les deux ont. Vérifiez-les ensuite sur la fiche du responsable.")
	}
	if len(j.TwoNames) > 0 {
		page.Warnings = append(page.Warnings, fmt.Sprintf("Ces deux responsables de la famille %s n’ont pas le même prénom, « %s » et « %s » : si ce sont les deux parents, ne réunissez pas leurs comptes.", portal.List(j.TwoNames), j.Kept.FirstName, j.Gone.FirstName))
	}
	if j.Kept.FirstSeen.IsZero() && !j.Gone.FirstSeen.IsZero() {
		page.Warnings = append(page.Warnings, "Le compte gardé n’a jamais servi, l’autre si : gardez plutôt l’autre, sinon éditez une lettre.")
	}
	return page, nil
}

// swapAccounts gives the same page the other way round: in a family of the other account.
func (r *request) swapAccounts(family portal.FamilyID, j *db.AccountJoin) string {
	if _, err := r.site.store.Guardian(r.ctx(), r.structure(), family, j.Gone.ID); err == nil {
		return fmt.Sprintf("%s%s/%d", guardianPath(family, j.Gone.ID), joinPath, j.Kept.ID)
	}
	return fmt.Sprintf("%s%s/%d", guardianPath(j.GoneHome, j.Gone.ID), joinPath, j.Kept.ID)
}

// joinAccountPage shows two accounts side by side.
func (r *request) joinAccountPage() error {
	page, err := r.accountJoinView()
	if err != nil {
		return err
	}
	return r.render(page)
}

// joinAccounts makes two accounts of a guardian one.
func (r *request) joinAccounts() error {
	family, err := number[portal.FamilyID](r.Params("family"))
	if err != nil {
		return err
	}
	kept, err := number[int64](r.Params("account"))
	if err != nil {
		return err
	}
	gone, err := r.other()
	if err != nil {
		return err
	}
	_, j, err := r.accountJoin()
	if err == nil {
		notice, noticeErr := r.noticeOf(views.JoinedNotice + j.Kept.Login)
		if noticeErr != nil {
			return noticeErr
		}
		err = r.site.store.JoinAccounts(r.ctx(), r.joinAsk(kept, gone, j.Facts), notice)
	}
	return r.joined(err, "compte", kept, gone, views.FamilyPath(family)+"?fait=comptes#t-parents", r.accountJoinView)
}

func joinRow(what, kept, gone string) views.JoinRow {
	row := views.JoinRow{What: what}
	if kept != "" {
		row.Kept = []string{kept}
	}
	if gone != "" {
		row.Gone = []string{gone}
	}
	return row
}

func ouiNon(yes bool) string {
	if yes {
		return "oui"
	}
	return "non"
}

func countWords(n int, one string) string {
	if n == 0 {
		return ""
	}
	return portal.Count(n, one)
}

func day(d portal.Date) string {
	if d == 0 {
		return ""
	}
	return d.French()
}

func ago(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	return portal.Ago(t, now)
}

func phones(p portal.Phones) (list []string) {
	for _, n := range []string{p.Mobile, p.Home, p.Work} {
		if n != "" {
			list = append(list, n)
		}
	}
	return list
}

func guardianNames(list []db.FamilyGuardian) (names []string) {
	for _, g := range list {
		names = append(names, g.DisplayName()+" ("+g.Login+")")
	}
	return names
}

func childNames(list []db.FamilyChild) (names []string) {
	for _, c := range list {
		name := c.DisplayName()
		if c.Birth != 0 {
			name += ", né(e) le " + c.Birth.French()
		}
		names = append(names, name)
	}
	return names
}
