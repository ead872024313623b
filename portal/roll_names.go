package portal

import "slices"

// rollNames are a person's names as they are compared.
type rollNames struct{ last, used, first string }

func newRollNames(last, used, first string) rollNames {
	n := rollNames{FoldName(last), FoldName(used), FoldName(first)}
	if n.last == "" {
		n.last, n.used = n.used, ""
	}
	if n.used == n.last {
		n.used = ""
	}
	return n
}

// compatible says whether two writings may name one person: schools fill either of the two name columns, or both.
func (a rollNames) compatible(b rollNames) bool {
	switch {
	case a.first != b.first:
		return false
	case a.used != "" && b.used != "":
		return a == b
	}
	return a.last == b.last || a.used == b.last || b.used == a.last
}

func (p RollPupil) names() rollNames    { return newRollNames(p.LastName, p.UsedName, p.FirstName) }
func (g RollGuardian) names() rollNames { return newRollNames(g.LastName, g.UsedName, g.FirstName) }

// rollNameIndex finds who may bear some names; a town's roll is read in the time of one look at each line.
type rollNameIndex struct {
	names    []rollNames
	byFamily map[rollNames][]int // under each family name with the first name
}

func (x *rollNameIndex) add(n rollNames) {
	if x.byFamily == nil {
		x.byFamily = map[rollNames][]int{}
	}
	for _, key := range n.keys() {
		x.byFamily[key] = append(x.byFamily[key], len(x.names))
	}
	x.names = append(x.names, n)
}

// alike gives those whose names are compatible, in their order.
func (x *rollNameIndex) alike(n rollNames) []int {
	var found []int
	for _, key := range n.keys() {
		for _, i := range x.byFamily[key] {
			if n.compatible(x.names[i]) {
				found = append(found, i)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func (n rollNames) keys() []rollNames {
	keys := []rollNames{{last: n.last, first: n.first}}
	if n.used != "" {
		keys = append(keys, rollNames{last: n.used, first: n.first})
	}
	return keys
}
