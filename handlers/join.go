package handlers

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// joinPath is where two files that were typed twice are made one, after the address of the one that stays.
const joinPath = "/reunir"

// joinFound is how many families a search for the other file reads.
const joinFound = 20

// joinSearch prepares the page that looks for the other file; at first it looks for the name of the one that is there.
func (r *request) joinSearch(heading, lead, path, name, backTo string) (views.JoinSearch, []db.FamilyLine, error) {
	page := views.JoinSearch{Frame: r.frame(heading, views.FamiliesPath), Heading: heading, Lead: lead, Action: path + joinPath, Search: name, Back: path, BackTo: backTo}
	if r.Context().QueryArgs().Has("q") {
		page.Search = portal.Clip(r.Query("q"), 100)
	}
	ask := db.FamilyAsk{Search: page.Search, Manager: true}
	if strings.TrimSpace(ask.Search) == "" {
		ask.Search = name
	}
	list, total, err := r.site.store.Families(r.ctx(), r.structure(), ask, 0, joinFound)
	page.More = total > len(list)
	return page, list, err
}

// joinFamilySearch looks for the family that is the same one.
func (r *request) joinFamilySearch() error {
	f, err := r.theFamily()
	if err != nil {
		return err
	}
	page, list, err := r.joinSearch("Famille "+f.Name+" : est-ce la même qu’une autre ?",
		"Une famille saisie ou importée deux fois peut redevenir une seule fiche. Des parents séparés ont une famille chacun : ce n’est pas un doublon.", views.FamilyPath(f.ID), f.Name, "Revenir à la famille")
	if err != nil {
		return err
	}
	for _, l := range list {
		if l.ID != f.ID {
			page.Rows = append(page.Rows, views.JoinFound{URL: fmt.Sprintf("%s/%d", page.Action, l.ID), Name: "Famille " + l.Name, Detail: familyDetail(l)})
		}
	}
	return r.render(page)
}

// familyDetail says by what a family is recognised: who is in it and where it lives.
func familyDetail(l db.FamilyLine) string {
	var who []string
	for _, g := range l.Guardians {
		who = append(who, g.Title())
	}
	for _, c := range l.Children {
		who = append(who, c.Name)
	}
	if address := l.Address(); address != "" {
		who = append(who, address)
	}
	return strings.Join(append(who, fmt.Sprintf("n° %d", l.ID)), " · ")
}

// joinChildSearch looks for the child who is the same one.
func (r *request) joinChildSearch() error {
	c, err := r.theChild()
	if err != nil {
		return err
	}
	page, list, err := r.joinSearch(c.DisplayName()+" : est-ce le même enfant qu’un autre ?",
		"Un enfant saisi deux fois peut redevenir une seule fiche, avec tout ce qui est réservé et noté dans les deux.", views.ChildPath(c.ID), c.LastName, "Revenir à la fiche")
	if err != nil {
		return err
	}
	seen := map[portal.ChildID]bool{c.ID: true}
	for _, l := range list {
		for _, other := range l.Children {
			if seen[other.ID] {
				continue
			}
			seen[other.ID] = true
			found := views.JoinFound{URL: fmt.Sprintf("%s/%d", page.Action, other.ID), Name: other.Name, Detail: strings.TrimPrefix(strings.Join([]string{other.Class, "famille " + l.Name, fmt.Sprintf("n° %d", other.ID)}, " · "), " · ")}
			if strings.HasSuffix(portal.FoldName(other.Name), " "+portal.FoldName(c.FirstName)) { // the likely ones first
				page.Rows = slices.Insert(page.Rows, 0, found)
			} else {
				page.Rows = append(page.Rows, found)
			}
		}
	}
	return r.render(page)
}

// joinGuardianSearch looks for the account of the same person.
func (r *request) joinGuardianSearch() error {
	family, g, err := r.theGuardian()
	if err != nil {
		return err
	}
	page, list, err := r.joinSearch(g.DisplayName()+" : est-ce la même personne qu’une autre ?",
		"Une personne qui a deux comptes peut n’en avoir plus qu’un, avec les familles, les adresses et les reçus des deux.", guardianPath(family, g.ID), g.LastName, "Revenir à la fiche")
	if err != nil {
		return err
	}
	seen := map[portal.AccountID]bool{g.ID: true}
	for _, l := range list {
		for _, other := range l.Guardians {
			if !seen[other.ID] {
				seen[other.ID] = true
				page.Rows = append(page.Rows, views.JoinFound{URL: fmt.Sprintf("%s/%d", page.Action, other.ID), Name: other.Title(),
					Detail: strings.Join(append(slices.Clone(other.Phones), "famille "+l.Name), " · ")})
			}
		}
	}
	return r.render(page)
}

func guardianPath(family portal.FamilyID, account portal.AccountID) string {
	return fmt.Sprintf("%s/responsables/%d", views.FamilyPath(family), account)
}

// other reads the number of the file that goes.
func (r *request) other() (int64, error) { return number[int64](r.Params("other")) }

// picked reads what was chosen of a question, or gives what is proposed.
func (r *request) picked(name, proposed string) string {
	if v := r.FormValue(name); v != "" {
		return v
	}
	return proposed
}

// factFields asks which of two files is right, for each thing that they say differently.
func (r *request) factFields(facts []portal.JoinFact) []views.FieldGroup {
	if len(facts) == 0 {
		return nil
	}
	group := views.FieldGroup{Legend: "Les deux fiches ne disent pas la même chose : qu’est-ce qui reste ?"}
	for _, f := range facts {
		options := []views.Choice{{Value: "garder", Label: f.Kept}, {Value: "autre", Label: f.Gone + " (fiche qui disparaît)"}}
		group.Fields = append(group.Fields, views.Field{Kind: "radio", ID: "fait_" + f.Key, Label: f.What, Options: views.Choose(options, r.picked("fait_"+f.Key, "garder"))})
	}
	return []views.FieldGroup{group}
}

// chosenFacts reads for which things the file that goes is right.
func (r *request) chosenFacts(facts []portal.JoinFact) portal.JoinChosen {
	chosen := portal.JoinChosen{}
	for _, f := range facts {
		chosen[f.Key] = r.FormValue("fait_"+f.Key) == "autre"
	}
	return chosen
}

func (r *request) joinAsk(kept, gone int64, facts []portal.JoinFact) db.JoinAsk {
	return db.JoinAsk{Structure: r.structure(), By: r.account(), Kept: kept, Gone: gone, Chosen: r.chosenFacts(facts), Seen: r.FormValue("vu")}
}

// joinView prepares the page of two files; path is that of the one that stays.
func (r *request) joinView(heading, path, swap, refused, version string, kept, gone views.JoinSide) views.JoinPage {
	return views.JoinPage{Frame: r.frame(heading, views.FamiliesPath), Heading: heading, Action: r.Path(), Refused: refused, Kept: kept, Gone: gone, Swap: swap, Version: version,
		Button: "Réunir les deux fiches", Back: path, BackTo: "Revenir sans réunir"}
}

// joined answers a join that was asked: on to the file that stays, or the page again with why not. One that was done already is
// done.
func (r *request) joined(err error, subject string, kept, gone int64, done string, again func() (views.JoinPage, error)) error {
	refusal := portal.AsError(err)
	switch {
	case err == nil:
		return r.redirect303(done)
	case refusal != nil && refusal.Kind == portal.KindNotFound:
		to, findErr := r.site.store.JoinedInto(r.ctx(), r.structure(), subject, gone)
		if findErr == nil && to == kept {
			return r.redirect303(done)
		}
	case refusal != nil && refusal.Kind == portal.KindConflict:
		page, err := again()
		if err != nil {
			return err
		}
		if page.Refused == "" {
			page.Notice = refusal.Message
		}
		r.Status(int(refusal.Kind))
		return r.render(page)
	}
	return err
}

// follows says whether a child is one of the account's: another one's number tells a parent nothing.
func (r *request) follows(child portal.ChildID) bool {
	children, err := r.site.store.Children(r.ctx(), r.account())
	return err == nil && slices.ContainsFunc(children, func(c portal.Child) bool { return c.ID == child })
}

// moved leads from the address of a file that was joined into another one to the same page of that one; nothing when the file
// is not one of these.
func (r *request) moved(err error) string {
	refusal := portal.AsError(err)
	if refusal == nil || refusal.Kind != portal.KindNotFound || r.Method() != get || r.session == nil || r.isHTMX() {
		return ""
	}
	for _, p := range []struct{ name, subject string }{{"family", "famille"}, {"child", "enfant"}, {"account", "compte"}} {
		gone, err := strconv.ParseInt(r.Params(p.name), 10, 64)
		if err != nil {
			continue
		}
		if to, err := r.site.store.JoinedInto(r.ctx(), r.structure(), p.subject, gone); err == nil && to != 0 && (r.area == staffArea || r.follows(portal.ChildID(to))) {
			parts := strings.Split(r.Path(), "/")
			for i, want := range strings.Split(r.Route().Path, "/") {
				if want == ":"+p.name && i < len(parts) {
					parts[i] = fmt.Sprint(to)
				}
			}
			return strings.Join(parts, "/") + "?fait=numero"
		}
	}
	return ""
}
