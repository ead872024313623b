package db_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"marelle/db"
	"marelle/db/dbtest"
	"marelle/portal"
)

// found lists the names of the families that a manager's search finds, in their order.
func (h *hall) found(structure portal.StructureID, typed string) string {
	h.t.Helper()
	list, total, err := h.Families(ctx, structure, db.FamilyAsk{Search: typed, Manager: true}, 0, 50)
	if err != nil || total != len(list) {
		h.t.Fatal(total, len(list), err)
	}
	var names []string
	for _, f := range list {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// aManager gives the account of a manager.
func (h *hall) aManager() portal.AccountID { return h.agent("PUJOL").Person.ID }

// TestSearchFollowsEveryChange: whatever changes a name, a number or a link is found at once, whoever wrote it.
func TestSearchFollowsEveryChange(t *testing.T) {
	h := newHall(t)
	h.guardian(h.structure, "DUPONT")
	h.guardian(h.structure, "GALY")
	want := func(typed, names string) {
		t.Helper()
		if got := h.found(h.structure, typed); got != names {
			t.Errorf("« %s » finds « %s », want « %s »", typed, got, names)
		}
	}
	want("", "DUPONT, GALY")
	want("dupont", "DUPONT")
	for _, c := range []struct{ sql, typed, names string }{
		{"UPDATE family SET name = 'DUPONT / ŒUVRARD' WHERE name = 'DUPONT'", "oeuvrard", "DUPONT / ŒUVRARD"},
		{"UPDATE child SET first_name = 'Zélie' WHERE last_name = 'GALY' AND first_name = 'Amalia'", "zelie", "GALY"},
		{"UPDATE account SET mobile_phone = '06 12 34 56 78' WHERE last_name = 'GALY'", "0612345678", "GALY"},
		{"UPDATE account SET used_name = 'NAVARRO' WHERE last_name = 'GALY'", "navarro", "GALY"},
		{"INSERT INTO account_email (account_id, position, address) SELECT id, 0, 'galy@exemple.fr' FROM account WHERE last_name = 'GALY'", "galy@", "GALY"},
		{"UPDATE account_email SET address = 'autre@exemple.fr'", "autre@", "GALY"},
		{"DELETE FROM account_email", "autre@", ""},
		{"INSERT INTO family_child SELECT f.id, c.id FROM family f, child c WHERE f.name LIKE 'DUPONT%' AND c.first_name = 'Zélie'", "zelie", "DUPONT / ŒUVRARD, GALY"},
		{"DELETE FROM family_child WHERE family_id = (SELECT id FROM family WHERE name = 'GALY') AND child_id IN (SELECT id FROM child WHERE first_name = 'Zélie')", "zelie", "DUPONT / ŒUVRARD"},
		{"DELETE FROM guardian WHERE account_id = (SELECT id FROM account WHERE last_name = 'GALY')", "navarro", ""},
		{"INSERT INTO guardian (family_id, account_id) SELECT f.id, a.id FROM family f, account a WHERE f.name LIKE 'DUPONT%' AND a.last_name = 'GALY'", "navarro", "DUPONT / ŒUVRARD"},
	} {
		h.raw(c.sql)
		want(c.typed, c.names)
	}
	if got := h.scalar("SELECT count(*) FROM family_search WHERE stale = 1"); got != "0" {
		t.Errorf("%s lines are left to write", got)
	}
}

// TestSearchOrder: a word found whole, then at its beginning, then inside; a single letter only begins words.
func TestSearchOrder(t *testing.T) {
	h := newHall(t)
	by := h.aManager()
	for i, name := range []string{"LEMARTINEL", "MARTINEZ", "ZUBER MARTIN", "MARTIN", "BERNARD"} {
		if _, err := h.CreateFamily(ctx, h.structure, by, portal.Family{Name: name}, fmt.Sprintf("formulaire-%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	for typed, want := range map[string]string{"martin": "MARTIN, ZUBER MARTIN, MARTINEZ, LEMARTINEL", "martin z": "ZUBER MARTIN", "m": "MARTIN, MARTINEZ, ZUBER MARTIN", "%": "BERNARD, LEMARTINEL, MARTIN, MARTINEZ, ZUBER MARTIN", "x": ""} {
		if got := h.found(h.structure, typed); got != want {
			t.Errorf("« %s »: %s, want %s", typed, got, want)
		}
	}
	if _, err := h.AddGuardian(ctx, h.structure, by, 5, portal.GuardianFile{LastName: "MARTIN", FirstName: "Zoé", Rights: portal.AllRights()}, "formulaire-martin"); err != nil {
		t.Fatal(err)
	}
	if got := h.found(h.structure, "martin"); got != "MARTIN, ZUBER MARTIN, BERNARD, MARTINEZ, LEMARTINEL" {
		t.Errorf("the family of that name does not go before another's mother: %s", got)
	}
	h.raw("DELETE FROM guardian")
	list, total, err := h.Families(ctx, h.structure, db.FamilyAsk{Search: "martin"}, 1, 2)
	if err != nil || total != 4 || len(list) != 2 || list[0].Name != "ZUBER MARTIN" || list[1].Name != "MARTINEZ" {
		t.Errorf("the second page: %+v, %d, %v", list, total, err)
	}
}

// TestSearchOfTwoStructures: nothing of another structure is found, and an account in two structures is found in both.
func TestSearchOfTwoStructures(t *testing.T) {
	h := newHall(t)
	other, err := h.CreateStructure(ctx, portal.Structure{Name: "Mairie voisine", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	if err != nil {
		t.Fatal(err)
	}
	dupont := h.guardian(h.structure, "DUPONT")
	galy := h.guardian(other, "GALY")
	if h.found(h.structure, "galy")+h.found(other, "dupont") != "" || h.found(h.structure, "paolo") != "DUPONT" || h.found(other, "paolo") != "GALY" {
		t.Error("a structure finds families of the other")
	}
	by := h.aManager()
	for what, err := range map[string]error{
		"a page":     func() error { _, err := h.FamilyFile(ctx, h.structure, portal.FamilyID(galy), true); return err }(),
		"a child":    func() error { _, err := h.ChildPage(ctx, h.structure, portal.ChildID(galy*10), true); return err }(),
		"a guardian": func() error { _, err := h.Guardian(ctx, h.structure, portal.FamilyID(galy), galy); return err }(),
		"a link": func() error {
			_, err := h.LinkGuardian(ctx, h.structure, by, portal.FamilyID(dupont), galy, portal.AllRights(), "cle-cle-1")
			return err
		}(),
		"a child's link": func() error {
			_, err := h.LinkChild(ctx, h.structure, by, portal.FamilyID(dupont), portal.ChildID(galy*10), "cle-cle-2")
			return err
		}(),
		"a household": h.SaveFamily(ctx, h.structure, by, portal.Family{ID: portal.FamilyID(galy), Name: "X"}, ""),
		"a note":      h.WriteNote(ctx, h.structure, by, portal.FamilyID(galy), "X", "cle-cle-3"),
		"care":        h.SaveCare(ctx, h.structure, by, portal.ChildID(galy*10), portal.Care{}, ""),
		"a paper":     h.AddPaper(ctx, h.structure, by, portal.ChildID(galy*10), portal.Paper{Kind: portal.Insurance, Family: portal.FamilyID(galy)}, nil, "cle-cle-4"),
		"a leaving":   h.RemoveGuardian(ctx, h.structure, by, portal.FamilyID(galy), galy),
	} {
		if refusal := portal.AsError(err); refusal == nil || refusal.Kind != portal.KindNotFound {
			t.Errorf("%s of the other structure: %v", what, err)
		}
	}
	found, err := h.GuardianNamesakes(ctx, h.structure, portal.FamilyID(dupont), portal.GuardianFile{LastName: "GALY", FirstName: "Jean-Paul"})
	if err != nil || len(found) != 0 {
		t.Errorf("a namesake of the other structure is told: %v %v", found, err)
	}
}

// separated is a child, Amalia, of two parents who live apart, each with a family; Paolo is his mother's alone.
func separated(t *testing.T) (h *hall, by, mother, father portal.AccountID, amalia portal.ChildID) {
	h = newHall(t)
	by = h.aManager()
	mother = h.guardian(h.structure, "D'HAUTPOUL")
	amalia = portal.ChildID(mother * 10)
	family, err := h.CreateFamily(ctx, h.structure, by, portal.Family{Name: "DUPONT", Street: "9 rue Cachée"}, "formulaire-famille")
	if err != nil {
		t.Fatal(err)
	}
	if father, err = h.AddGuardian(ctx, h.structure, by, family, portal.GuardianFile{LastName: "DUPONT", FirstName: "Jean", Emails: []string{"jean@exemple.fr"}, Rights: portal.AllRights()}, "formulaire-pere"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.LinkChild(ctx, h.structure, by, family, amalia, "formulaire-enfant"); err != nil {
		t.Fatal(err)
	}
	return h, by, mother, father, amalia
}

func (h *hall) familyOf(account portal.AccountID) (id portal.FamilyID) {
	fmt.Sscan(h.scalar("SELECT family_id FROM guardian WHERE account_id = ?", account), &id)
	return id
}

// export gives what a parent downloads.
func (h *hall) export(account portal.AccountID) string {
	h.t.Helper()
	letters, err := h.IssueLetters(ctx, h.structure, 0, []portal.AccountID{account}, db.AnyLetter)
	if err != nil {
		h.t.Fatal(err)
	}
	session, _ := h.enter(letters[0].Login, letters[0].Password)
	data, err := h.Export(ctx, session, letters[0].Password, "192.0.2.1")
	if err != nil {
		h.t.Fatal(err)
	}
	text, err := json.MarshalIndent(data, "", " ")
	if err != nil {
		h.t.Fatal(err)
	}
	return string(text)
}

// TestSeparatedParentsAndTheFile: both parents read and export what concerns the child; whom the other household named, what
// it brought for itself, where it lives and what the town hall noted of it stay its own.
func TestSeparatedParentsAndTheFile(t *testing.T) {
	h, by, mother, father, amalia := separated(t)
	hers, his := h.familyOf(mother), h.familyOf(father)
	pdf := []byte("%PDF-1.7 jugement")
	page, err := h.ChildPage(ctx, h.structure, amalia, true)
	if err != nil || len(page.Families) != 2 || len(page.Guardians) != 2 || len(page.Siblings) != 1 {
		t.Fatalf("%+v %v", page, err)
	}
	for _, err := range []error{
		h.SaveCare(ctx, h.structure, by, amalia, portal.Care{Diet: portal.NoMeat, Allergies: "Arachide", Plan: portal.CarePlan{First: portal.NewDate(2026, 9, 1), Words: "Trousse rouge"}}, portal.Version(page.Care.Facts())),
		h.SavePickup(ctx, h.structure, by, amalia, portal.PickupPerson{Family: hers, Name: "Rose MARTY", Phone: "0561000001"}, "formulaire-rose", ""),
		h.SavePickup(ctx, h.structure, by, amalia, portal.PickupPerson{Family: hers, Name: "Luc NOIR", Barred: true, JudgedOn: portal.NewDate(2026, 3, 2)}, "formulaire-luc", ""),
		h.AddPaper(ctx, h.structure, by, amalia, portal.Paper{Kind: portal.Judgment, Family: hers, Name: "jugement Foix.pdf"}, pdf, "formulaire-jugement"),
		h.AddPaper(ctx, h.structure, by, amalia, portal.Paper{Kind: portal.Insurance, Family: hers, Name: "attestation mère.pdf", Expires: portal.NewDate(2027, 8, 31)}, pdf, "formulaire-assurance"),
		h.WriteNote(ctx, h.structure, by, hers, "Demande un rendez-vous.", "formulaire-note"),
		h.SavePickup(ctx, h.structure, by, amalia, portal.PickupPerson{Family: his, Name: "Paul BRUN"}, "formulaire-paul", ""),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for who, c := range map[string]struct {
		account portal.AccountID
		told    []string
		hidden  []string
	}{
		"mother": {mother, []string{"Arachide", "Trousse rouge", "sans viande", "Rose MARTY", "Luc NOIR", "Jugement ou convention", "attestation mère.pdf", "2027-08-31", "Demande un rendez-vous.", "responsable légal"}, []string{"Paul BRUN", "rue Cachée", "DUPONT"}},
		"father": {father, []string{"Arachide", "Trousse rouge", "sans viande", "Paul BRUN", "Attestation d’assurance", "2027-08-31"}, []string{"MARTY", "NOIR", "Jugement", "attestation mère.pdf", "rendez-vous", "rue du Lac", "Paolo", "PUJOL"}},
	} {
		text := h.export(c.account)
		for _, w := range c.told {
			if !strings.Contains(text, w) {
				t.Errorf("%s: « %s » is not in the export:\n%s", who, w, text)
			}
		}
		for _, w := range c.hidden {
			if strings.Contains(text, w) {
				t.Errorf("%s: « %s » is in the export:\n%s", who, w, text)
			}
		}
	}
	own, err := h.OwnChildren(ctx, father)
	if err != nil || len(own) != 1 || len(own[0].Pickups) != 1 || len(own[0].Papers) != 1 || own[0].Papers[0].Name != "" || own[0].Papers[0].Family != 0 {
		t.Fatalf("%+v %v", own, err)
	}
	id := h.scalar("SELECT id FROM child_document WHERE kind = 'assurance'")
	if f, err := h.FamilyPaper(ctx, mother, id); err != nil || string(f.Body) != string(pdf) {
		t.Error(f, err)
	}
	if _, err := h.FamilyPaper(ctx, father, id); portal.AsError(err) == nil {
		t.Errorf("the father opens what the mother brought: %v", err)
	}
	if err := h.SavePickup(ctx, h.structure, by, portal.ChildID(mother*10+1), portal.PickupPerson{Family: his, Name: "X"}, "formulaire-x", ""); portal.AsError(err) == nil {
		t.Errorf("a family names somebody for a child that is not its own: %v", err)
	}
	file, err := h.FamilyFile(ctx, h.structure, hers, false)
	if err != nil || file.Street != "" || len(file.Notes) != 0 || file.Guardians[0].Login != "" || len(file.Guardians[0].Emails) != 0 {
		t.Errorf("an agent learns %+v %v", file, err)
	}
}

// TestExportOfWhoDoesNotSee: a guardian whose right to see was taken away, or whose family is archived, finds the family and
// the rights in a download, by hand or on paper, and neither where it lives nor what was noted of it.
func TestExportOfWhoDoesNotSee(t *testing.T) {
	for name, hide := range map[string]string{"may not see": "UPDATE guardian SET may_see = 0 WHERE family_id = ?", "archived": "UPDATE family SET archived_at = 1 WHERE id = ?"} {
		t.Run(name, func(t *testing.T) {
			h := newHall(t)
			_, admin := h.staffed("DURAND", portal.Administrator)
			parent := h.guardian(h.structure, "GALY")
			family := h.familyOf(parent)
			if err := h.WriteNote(ctx, h.structure, admin.Session.Account, family, "Demande un rendez-vous.", "formulaire-note"); err != nil {
				t.Fatal(err)
			}
			onPaper := func() string {
				data, err := h.ExportGuardian(ctx, h.structure, admin, family, parent)
				if err != nil {
					t.Fatal(err)
				}
				text, err := json.Marshal(data)
				if err != nil {
					t.Fatal(err)
				}
				return string(text)
			}
			for seen, texts := range map[bool][]string{true: {h.export(parent), onPaper()}, false: nil} {
				if !seen {
					h.raw(hide, family)
					texts = []string{h.export(parent), onPaper()}
				}
				for i, text := range texts {
					for _, w := range []string{"rue du Lac", "09140", "OUST", "habite_la_commune", "rendez-vous"} {
						if strings.Contains(text, w) != seen {
							t.Errorf("seen %v, copy %d: « %s » is wrong in:\n%s", seen, i, w, text)
						}
					}
					if !strings.Contains(text, "GALY") || !strings.Contains(text, "responsable légal") {
						t.Errorf("seen %v, copy %d: the family and the rights are gone:\n%s", seen, i, text)
					}
				}
			}
		})
	}
}

// TestRightsOfAGuardian: who may not see finds nothing, who may not book changes nothing, and clicks left behind are dropped.
func TestRightsOfAGuardian(t *testing.T) {
	tn := newTown(t, 2, 10)
	clerk, err := tn.CreateStaff(ctx, tn.structure, portal.Identity{LastName: "PUJOL"}, portal.Manager)
	if err != nil {
		t.Fatal(err)
	}
	parent, child := tn.parents[0], tn.children[0][0]
	tn.want(t, 0, 0, tn.canteen, "2026-12-07", true)
	families, _, err := tn.Families(ctx, tn.structure, db.FamilyAsk{Search: "FAMILLE0000"}, 0, 5)
	if err != nil || len(families) != 1 {
		t.Fatal(families, err)
	}
	family := families[0].ID
	set := func(rights portal.Rights) error {
		t.Helper()
		g, err := tn.Guardian(ctx, tn.structure, family, parent)
		if err != nil {
			t.Fatal(err)
		}
		changed := g.GuardianFile
		changed.Rights = rights
		return tn.SaveGuardian(ctx, tn.structure, clerk.Person.ID, family, changed, portal.Version(g.GuardianFile.Facts()), false, db.Notice{})
	}
	if err := set(portal.Rights{Legal: true, See: true}); err != nil {
		t.Fatal(err)
	}
	if recap, err := tn.Recap(ctx, parent); err != nil || len(recap.Requests) != 0 {
		t.Errorf("clicks are left: %+v %v", recap, err)
	}
	want := db.Want{Child: child, Activity: tn.canteen, Day: portal.MustDate("2026-12-07"), Present: true}
	_, err = tn.Ask(ctx, parent, want)
	refused(t, err, portal.KindForbidden, "Votre compte permet de consulter les jours d’Amalia, pas de les changer.")
	_, err = tn.Sweep(ctx, parent, db.Set{Children: []portal.ChildID{child}, Activity: tn.canteen, Month: want.Day.Month(), Days: []portal.Date{want.Day}, Present: true})
	refused(t, err, portal.KindForbidden, "pas de les changer")
	_, _, err = tn.Announce(ctx, parent, portal.AbsenceAsk{Child: child, First: portal.MustDate("2026-11-30"), Last: portal.MustDate("2026-11-30"), Reason: portal.Sick})
	refused(t, err, portal.KindForbidden, "pas de les changer")
	_, err = tn.TakeBackAbsence(ctx, parent, child, portal.MustDate("2026-11-30"))
	refused(t, err, portal.KindForbidden, "pas de les changer")
	if children, err := tn.Children(ctx, parent); err != nil || len(children) != 2 {
		t.Errorf("%v %v", children, err)
	}

	if err := set(portal.AllRights()); err != nil {
		t.Fatal(err)
	}
	tn.want(t, 0, 0, tn.canteen, "2026-12-07", true)
	tn.confirm(t, 0, "valider")
	refused(t, set(portal.Rights{Legal: true}), portal.KindConflict, "est le seul responsable qui suit Amalia sur le portail, et Amalia a des réservations à venir")
	refused(t, tn.RemoveGuardian(ctx, tn.structure, clerk.Person.ID, family, parent), portal.KindConflict, "Ajoutez d’abord un autre responsable")
	if _, err := tn.AddGuardian(ctx, tn.structure, clerk.Person.ID, family, portal.GuardianFile{LastName: "FAMILLE0000", FirstName: "Marc", Rights: portal.AllRights()}, "formulaire-marc"); err != nil {
		t.Fatal(err)
	}
	if err := set(portal.Rights{Legal: true}); err != nil {
		t.Fatal(err)
	}
	token, err := tn.OpenSession(ctx, parent, false, "")
	if err != nil {
		t.Fatal(err)
	}
	if s, err := tn.Session(ctx, token); err != nil || s.Guardian() {
		t.Errorf("who may not see is a guardian of the site: %v", err)
	}
	if children, err := tn.Children(ctx, parent); err != nil || len(children) != 0 {
		t.Errorf("who may not see finds %v %v", children, err)
	}
	_, err = tn.Ask(ctx, parent, want)
	refused(t, err, portal.KindNotFound, "")
}

// TestFormsSentTwice: a form that makes something makes it once.
func TestFormsSentTwice(t *testing.T) {
	h, by, mother, _, amalia := separated(t)
	family := h.familyOf(mother)
	for range 2 {
		for _, err := range []error{
			func() error {
				_, err := h.CreateFamily(ctx, h.structure, by, portal.Family{Name: "MARTIN"}, "cle-famille")
				return err
			}(),
			func() error {
				_, err := h.AddGuardian(ctx, h.structure, by, family, portal.GuardianFile{LastName: "M", FirstName: "Z", Rights: portal.AllRights()}, "cle-responsable")
				return err
			}(),
			func() error {
				_, err := h.AddChild(ctx, h.structure, by, family, portal.ChildFile{LastName: "M", FirstName: "Nino"}, "cle-enfant-1")
				return err
			}(),
			h.WriteNote(ctx, h.structure, by, family, "Bonjour", "cle-de-note"),
			h.SavePickup(ctx, h.structure, by, amalia, portal.PickupPerson{Family: family, Name: "Rose"}, "cle-personne", ""),
			h.AddPaper(ctx, h.structure, by, amalia, portal.Paper{Family: family, Kind: portal.Insurance}, nil, "cle-document"),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	got := h.scalar("SELECT (SELECT count(*) FROM family WHERE name = 'MARTIN') || (SELECT count(*) FROM account WHERE last_name = 'M') || (SELECT count(*) FROM child WHERE last_name = 'M') || (SELECT count(*) FROM family_note) || (SELECT count(*) FROM pickup_person) || (SELECT count(*) FROM child_document)")
	if got != "111111" {
		t.Errorf("got %s of each", got)
	}
	refused(t, h.WriteNote(ctx, h.structure, by, family, "Bonjour", ""), portal.KindInvalid, "Ce formulaire est incomplet.")
}

// TestDuePapers: missing, over and over soon, by the latest document of each child.
func TestDuePapers(t *testing.T) {
	tn := newTown(t, 3, 10)
	clerk, err := tn.CreateStaff(ctx, tn.structure, portal.Identity{LastName: "PUJOL"}, portal.Manager)
	if err != nil {
		t.Fatal(err)
	}
	by := clerk.Person.ID
	due := func(kind portal.PaperKind) string {
		t.Helper()
		list, counts, err := tn.DuePapers(ctx, tn.structure, kind, 0, 50)
		if err != nil || len(list) != counts.Missing+counts.Expired+counts.Soon {
			t.Fatal(list, counts, err)
		}
		return fmt.Sprintf("%d %d %d", counts.Missing, counts.Expired, counts.Soon)
	}
	if got := due(portal.Insurance); got != "0 0 0" {
		t.Errorf("nothing is asked: %s", got)
	}
	if err := tn.AskPapers(ctx, tn.structure, by, []portal.PaperKind{portal.Insurance}); err != nil {
		t.Fatal(err)
	}
	if got := due(portal.Insurance); got != "6 0 0" {
		t.Errorf("six children: %s", got)
	}
	for i, c := range []struct {
		child   portal.ChildID
		expires string
	}{{tn.children[0][0], "2026-11-24"}, {tn.children[0][1], "2027-08-31"}, {tn.children[1][0], "2026-12-31"}, {tn.children[1][1], "2026-12-01"}, {tn.children[1][1], "2027-08-31"}} {
		page, err := tn.ChildPage(ctx, tn.structure, c.child, true)
		if err != nil {
			t.Fatal(err)
		}
		if err := tn.AddPaper(ctx, tn.structure, by, c.child, portal.Paper{Kind: portal.Insurance, Family: page.Families[0].ID, Expires: portal.MustDate(c.expires)}, nil, fmt.Sprintf("formulaire-%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	if got := due(portal.Insurance); got != "2 0 2" {
		t.Error(got)
	}
	tn.clock.Add(48 * time.Hour)
	if got := due(portal.Insurance); got != "2 1 1" {
		t.Error(got)
	}
	if got := due(portal.PlanPaper); got != "0 0 0" {
		t.Error(got)
	}
	if err := tn.SaveCare(ctx, tn.structure, by, tn.children[2][0], portal.Care{Plan: portal.CarePlan{First: portal.MustDate("2026-09-01"), Words: "Appeler le 15"}}, portal.Version(portal.Care{}.Facts())); err != nil {
		t.Fatal(err)
	}
	if got := due(portal.PlanPaper); got != "1 0 0" {
		t.Error(got)
	}
}

// twentyThousand is a base of 20,000 children in 12,500 families, with 20,000 guardians, 100 classes and their documents.
func twentyThousand(tb testing.TB) (*db.Store, portal.StructureID) {
	tb.Helper()
	store, _ := dbtest.New(tb, monday)
	structure, err := store.CreateStructure(ctx, portal.Structure{Name: "Mairie de Grande-Ville", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	if err != nil {
		tb.Fatal(err)
	}
	const numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
	const last = "upper(char(65 + i %% 26, 97 + i * 7 %% 26, 97 + i / 26 %% 26, 97 + i * 11 %% 26) || 'ard')"
	const first = "char(65 + i * 3 %% 26) || char(97 + i * 5 %% 26) || 'élie'"
	year := "(SELECT id FROM school_year WHERE structure_id = 1 AND last >= '2026-11-23' ORDER BY first LIMIT 1)"
	for _, q := range []string{
		"INSERT INTO school (id, structure_id, name) VALUES (1, 1, 'École A')",
		fmt.Sprintf(numbers+"INSERT INTO class (id, school_id, school_year_id, name) SELECT i, 1, "+year+", 'Classe ' || i FROM n", 100),
		fmt.Sprintf(numbers+"INSERT INTO family (id, structure_id, name, street, postcode, town, created_at) SELECT i, 1, "+last+", i || ' rue Neuve', '31000', 'GRANDE-VILLE', 0 FROM n", 12_500),
		fmt.Sprintf(numbers+"INSERT INTO account (id, login, last_name, first_name, mobile_phone, created_at) SELECT i, printf('A%%07d', i), "+last+", "+first+", printf('06 %%02d %%02d %%02d %%02d', i / 10000, i / 100 %% 100, i %% 100, i * 7 %% 100), 0 FROM n", 20_000),
		"INSERT INTO guardian (family_id, account_id) SELECT 1 + (id - 1) % 12500, id FROM account",
		"INSERT INTO account_email (account_id, position, address) SELECT id, 0, lower(last_name) || id || '@exemple.fr' FROM account",
		fmt.Sprintf(numbers+"INSERT INTO child (id, structure_id, last_name, first_name, birth, created_at) SELECT i, 1, "+last+", "+first+", date('2015-01-01', (i %% 2500) || ' days'), 0 FROM n", 20_000),
		"INSERT INTO family_child (family_id, child_id) SELECT 1 + (id - 1) % 12500, id FROM child",
		"INSERT INTO child_class (child_id, school_year_id, class_id) SELECT id, " + year + ", 1 + id % 100 FROM child",
		"INSERT INTO document_asked (structure_id, kind) VALUES (1, 'assurance')",
		"INSERT INTO child_document (id, child_id, family_id, account_id, kind, expires, at) SELECT printf('%032d', id), id, 1 + (id - 1) % 12500, 1, 'assurance', date('2026-11-01', (id % 400) || ' days'), 0 FROM child WHERE id % 3 > 0",
	} {
		beside(tb, store, q)
	}
	if _, _, err := store.Families(ctx, structure, db.FamilyAsk{}, 0, 1); err != nil { // the first search writes the lines
		tb.Fatal(err)
	}
	return store, structure
}

// beside runs SQL beside a store.
func beside(tb testing.TB, store *db.Store, query string) {
	tb.Helper()
	conn, err := sql.Open("marelle", "file:"+store.Path()+"?_busy_timeout=5000&_txlock=immediate&_foreign_keys=on")
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Exec(query); err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
}

// processorTime is what this process used of the processors.
func processorTime(tb testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkFamilies measures staff lists at 20,000 children, as a share of the 50 ms of processor that each may take.
func BenchmarkFamilies(b *testing.B) {
	store, structure := twentyThousand(b)
	for name, ask := range map[string]db.FamilyAsk{
		"all": {Manager: true}, "as one types": {Search: "0601234", Manager: true}, "one letter": {Search: "a", Manager: true}, "half of them": {Search: "ard", Manager: true}, "a name": {Search: "bvhrard melie", Manager: true}, "a telephone": {Search: "06 01 23 45", Manager: true},
		"an address": {Search: "rd4242@exemple", Manager: true}, "nobody": {Search: "zzzzzz", Manager: true}, "a class": {Class: 7, Manager: true}, "an agent's": {Search: "ard e"},
	} {
		b.Run(name, func(b *testing.B) {
			share(b, func() error { _, _, err := store.Families(ctx, structure, ask, 0, 50); return err })
		})
	}
	b.Run("papers", func(b *testing.B) {
		share(b, func() error { _, _, err := store.DuePapers(ctx, structure, portal.Insurance, 0, 100); return err })
	})
	b.Run("papers, last page", func(b *testing.B) {
		share(b, func() error { _, _, err := store.DuePapers(ctx, structure, portal.Insurance, 6900, 100); return err })
	})
	b.Run("a family", func(b *testing.B) {
		share(b, func() error { _, err := store.FamilyFile(ctx, structure, 4242, true); return err })
	})
}

// share reports how much of 50 ms of processor one call takes; the best of them takes no more.
func share(b *testing.B, call func() error) {
	before, best := processorTime(b), time.Hour // the best: others use the processors too
	for b.Loop() {
		started := processorTime(b)
		if err := call(); err != nil {
			b.Fatal(err)
		}
		best = min(best, processorTime(b)-started)
	}
	if best > 50*time.Millisecond {
		b.Errorf("%s of processor, more than 50 ms", best)
	}
	b.ReportMetric(float64(processorTime(b)-before)/float64(b.N)/float64(50*time.Millisecond), "of-50ms")
}
