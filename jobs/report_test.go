package jobs

import (
	"context"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"marelle/db"
	"marelle/db/dbtest"
	"marelle/jobs/smtptest"
	"marelle/portal"
)

var (
	background = context.Background()
	update     = flag.Bool("update", false, "write the golden files again")
)

func paris(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, portal.Paris)
	if err != nil {
		panic(err)
	}
	return t
}

// household is CarteVille reduced to the DUPONT family of the parents' guide.
type household struct {
	*db.Store
	clock            *dbtest.Clock
	structure        portal.StructureID
	father           portal.AccountID
	amalia, paolo    portal.ChildID
	morning, canteen portal.ActivityID
	camp             portal.ActivityID // one place, waiting list
	neighbour        portal.AccountID
	neighbourChild   portal.ChildID
}

func newHousehold(t testing.TB, now string, emails ...string) *household {
	t.Helper()
	store, clock := dbtest.New(t, paris(now))
	h := &household{Store: store, clock: clock}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	h.structure, err = store.CreateStructure(background, portal.Structure{Name: "Mairie de CarteVille", Zone: "C", Email: "mairie@carteville.exemple", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	must(err)
	home, next := portal.RollAddress{Street: "7 rue Jean-Jaurès", PostCode: "09140", Town: "CARTEVILLE"}, portal.RollAddress{Street: "9 rue Jean-Jaurès", PostCode: "09140", Town: "CARTEVILLE"}
	_, err = store.ImportRoll(background, h.structure, 0, "École", portal.Roll{
		Pupils: []portal.RollPupil{
			{Line: 2, LastName: "DUPONT", FirstName: "Amalia", Birth: portal.NewDate(2015, 9, 1), INE: "000000001FH", Grade: "CP", Class: "CP", RollAddress: home},
			{Line: 3, LastName: "DUPONT", FirstName: "Paolo", Birth: portal.NewDate(2013, 1, 26), INE: "000000002EB", Grade: "CE2", Class: "CE2", RollAddress: home},
			{Line: 4, LastName: "ORTET", FirstName: "Ambre", Birth: portal.NewDate(2014, 1, 28), INE: "000000003JE", Grade: "CE1", Class: "CE2", RollAddress: next},
		},
		Guardians: []portal.RollGuardian{
			{Lines: []int{2}, Civility: "M.", LastName: "DUPONT", FirstName: "Jean-Paul", RollAddress: home, Emails: emails, Pupils: []int{0, 1}},
			{Lines: []int{3}, Civility: "M.", LastName: "ORTET", FirstName: "Xavier", RollAddress: next, Emails: []string{"xavier@exemple.fr"}, Pupils: []int{2}},
		},
		Families: []portal.RollFamily{{Name: "DUPONT", Guardians: []int{0}, Pupils: []int{0, 1}, RollAddress: home}, {Name: "ORTET", Guardians: []int{1}, Pupils: []int{2}, RollAddress: next}},
	}, "", false)
	must(err)
	every := portal.Opening{School: portal.EveryDay, Holidays: portal.EveryDay, OnPublicHolidays: true}
	save := func(a portal.Activity) portal.ActivityID {
		t.Helper()
		a.StructureID, a.Opening, a.Book, a.Cancel = h.structure, every, portal.NoLimit(), portal.NoLimit()
		id, err := store.SaveActivity(background, a)
		must(err)
		return id
	}
	h.morning = save(portal.Activity{Name: "APS MATIN", Short: "Matin", Spoken: "l’accueil du matin", Kind: portal.BeforeSchool, Starts: portal.Clock(7, 30), Ends: portal.Clock(8, 30)})
	h.canteen = save(portal.Activity{Name: "RESTAURATION", Short: "Cantine", Spoken: "la cantine", Kind: portal.Canteen, Starts: portal.Clock(11, 45), Ends: portal.Clock(13, 30)})
	h.camp = save(portal.Activity{Name: "ALSH", Short: "Centre", Spoken: "le centre", Kind: portal.HolidayCamp, Starts: portal.Clock(8, 0), Ends: portal.Clock(18, 0),
		Waitlist: true, Counters: []portal.Counter{{Name: "Centre", Limited: true, Capacity: 1}}})
	letters, err := store.IssueFamilyLetters(background, h.structure, 0, true, db.AnyLetter)
	must(err)
	for _, l := range letters {
		kids, err := store.Children(background, l.Person.ID)
		must(err)
		if l.Person.LastName == "DUPONT" {
			h.father = l.Person.ID
			h.paolo, h.amalia = kids[0].ID, kids[1].ID // the elder first
		} else {
			h.neighbour, h.neighbourChild = l.Person.ID, kids[0].ID
		}
	}
	return h
}

// ask writes days « 05-15 » of 2023 into a draft.
func (h *household) ask(t testing.TB, who portal.AccountID, child portal.ChildID, a portal.ActivityID, present bool, days string) {
	t.Helper()
	var wants []db.Want
	for _, d := range strings.Fields(days) {
		wants = append(wants, db.Want{Child: child, Activity: a, Day: portal.MustDate("2023-" + d), Present: present})
	}
	left, err := h.AskMany(background, who, wants)
	if err != nil || len(left) > 0 {
		t.Fatal(left, err)
	}
}

func (h *household) confirm(t testing.TB, who portal.AccountID, key string) {
	t.Helper()
	if _, err := h.Confirm(background, who, "formulaire-"+key, db.AnyVersion); err != nil {
		t.Fatal(err)
	}
}

// guide plays the example of the parents' guide: 14 movements in May 2023.
func (h *household) guide(t testing.TB) {
	t.Helper()
	h.ask(t, h.father, h.amalia, h.morning, true, "05-05 05-09")
	h.ask(t, h.father, h.paolo, h.canteen, true, "05-05")
	h.confirm(t, h.father, "avril")
	h.clock.Set(paris("2023-05-01 08:00"))
	runner := &Runner{Store: h.Store, URL: "https://famille.carteville.exemple"}
	if err := runner.Tick(background); err != nil {
		t.Fatal(err)
	}
	h.clock.Set(paris("2023-05-03 20:00"))
	h.ask(t, h.father, h.amalia, h.morning, true, "05-15 05-16")
	h.ask(t, h.father, h.paolo, h.morning, true, "05-09 05-10 05-11 05-12 05-15 05-16 05-17 05-18 05-19")
	h.ask(t, h.father, h.amalia, h.morning, false, "05-05 05-09")
	h.ask(t, h.father, h.paolo, h.canteen, false, "05-05")
	h.confirm(t, h.father, "mai")
}

// newest gives the mails of a structure, newest first.
func (h *household) newest(t testing.TB) []db.Mail {
	t.Helper()
	list, _, err := h.FindMails(background, h.structure, db.MailFilter{}, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestReportOfTheGuide: the report mail of the guide's example, word for word, both parts.
func TestReportOfTheGuide(t *testing.T) {
	h := newHousehold(t, "2023-04-28 10:00", "jean.paul@exemple.fr")
	h.guide(t)
	h.clock.Set(paris("2023-05-04 07:00"))
	runner := &Runner{Store: h.Store, URL: "https://famille.carteville.exemple"}
	if err := runner.Tick(background); err != nil {
		t.Fatal(err)
	}
	mail := h.newest(t)[0]
	golden(t, "testdata/compte-rendu-guide.txt", mail.Text)
	golden(t, "testdata/compte-rendu-guide.html", mail.HTML)
	if mail.Subject != "Compte rendu de vos demandes de réservation – Mairie de CarteVille" || mail.Address != "jean.paul@exemple.fr" {
		t.Errorf("%q to %q", mail.Subject, mail.Address)
	}
}

// TestReportOfWhatWasNotSimplyAccepted: waiting lists and places obtained in the night are said in the same mail.
func TestReportOfWhatWasNotSimplyAccepted(t *testing.T) {
	h := newHousehold(t, "2023-04-28 10:00", "jean.paul@exemple.fr")
	h.ask(t, h.neighbour, h.neighbourChild, h.camp, true, "05-10 05-11")
	h.confirm(t, h.neighbour, "voisin")
	h.ask(t, h.father, h.paolo, h.camp, true, "05-10 05-11 05-12")
	h.confirm(t, h.father, "attente")
	h.ask(t, h.neighbour, h.neighbourChild, h.camp, false, "05-11")
	h.confirm(t, h.neighbour, "rendue")
	h.clock.Set(paris("2023-04-29 07:00"))
	runner := &Runner{Store: h.Store, URL: "https://famille.carteville.exemple"}
	if err := runner.Tick(background); err != nil {
		t.Fatal(err)
	}
	for _, m := range h.newest(t) {
		if m.Account == h.father {
			golden(t, "testdata/compte-rendu-attente.txt", m.Text)
			golden(t, "testdata/compte-rendu-attente.html", m.HTML)
			return
		}
	}
	t.Fatal("no report for the father")
}

// runner sends the household's mails to a server.
func (h *household) runner(t testing.TB, server *smtptest.Server) *Runner {
	t.Helper()
	mailer, err := NewMailer(server.URL(), h.clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	return &Runner{Store: h.Store, Mail: mailer, From: "portail@carteville.exemple", URL: "https://famille.carteville.exemple"}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; the mail is now:\n%s", file, got)
	}
}

// TestReportsLeaveOnce: one mail an address, whatever runs twice, late or after an interruption; nothing to say, no mail.
func TestReportsLeaveOnce(t *testing.T) {
	server := smtptest.Start(t, smtptest.Options{})
	h := newHousehold(t, "2023-04-28 10:00", "jean.paul@exemple.fr", "delphine@exemple.fr")
	runner := h.runner(t, server)
	tick := func(at string) {
		t.Helper()
		h.clock.Set(paris(at))
		if err := runner.Tick(background); err != nil {
			t.Fatal(err)
		}
	}
	h.ask(t, h.father, h.amalia, h.canteen, true, "05-15")
	h.confirm(t, h.father, "un")
	tick("2023-04-29 01:14") // before the night
	tick("2023-04-29 01:15")
	tick("2023-04-29 06:59") // the night is done, the hour of reports has not come
	if n := len(server.Messages()); n != 0 {
		t.Fatalf("%d messages before seven", n)
	}
	tick("2023-04-29 07:00")
	tick("2023-04-29 07:01")
	tick("2023-05-02 12:00") // three days without anything to say
	got := map[string]int{}
	for _, m := range server.Messages() {
		got[m.To[0]]++
	}
	if len(got) != 2 || got["jean.paul@exemple.fr"] != 1 || got["delphine@exemple.fr"] != 1 {
		t.Fatalf("sent: %v", got)
	}
	for _, m := range h.newest(t) {
		if m.State != db.MailSent || m.Sent.IsZero() {
			t.Errorf("mail %d is %s", m.ID, m.State)
		}
	}
}

// TestDeadAddressInTheOutbox: a refused address is given up and shown; the other gets its mail; a server that is down
// for hours loses nothing.
func TestDeadAddressInTheOutbox(t *testing.T) {
	server := smtptest.Start(t, smtptest.Options{})
	server.RefuseAddress("morte@exemple.fr", 550, "5.1.1", "no such user")
	h := newHousehold(t, "2023-04-28 10:00", "morte@exemple.fr", "vivante@exemple.fr")
	runner := h.runner(t, server)
	h.ask(t, h.father, h.amalia, h.canteen, true, "05-15")
	h.confirm(t, h.father, "un")
	server.Down()
	for _, at := range []string{"2023-04-29 07:00", "2023-04-29 07:30", "2023-04-29 12:00", "2023-04-29 20:00"} {
		h.clock.Set(paris(at))
		if err := runner.Tick(background); err != nil {
			t.Fatal(err)
		}
	}
	counts, err := h.MailCounts(background, h.structure)
	if err != nil || counts[db.MailPending] != 2 {
		t.Fatalf("with the server down: %v %v", counts, err)
	}
	server.Up(t)
	h.clock.Set(paris("2023-04-30 09:00"))
	if err := runner.Tick(background); err != nil {
		t.Fatal(err)
	}
	counts, err = h.MailCounts(background, h.structure)
	if err != nil || counts[db.MailSent] != 1 || counts[db.MailDead] != 1 {
		t.Fatalf("at the end: %v %v", counts, err)
	}
	for _, m := range h.newest(t) {
		if m.State == db.MailDead && (m.Fault == "" || strings.Contains(m.Fault, "morte@")) {
			t.Errorf("the fault shown is %q", m.Fault)
		}
	}
}

// TestMailLeftByADeadProcess: claimed and never answered for, it is sent again, under the same Message-ID.
func TestMailLeftByADeadProcess(t *testing.T) {
	h := newHousehold(t, "2023-04-28 10:00", "jean.paul@exemple.fr")
	h.ask(t, h.father, h.amalia, h.canteen, true, "05-15")
	h.confirm(t, h.father, "un")
	h.clock.Set(paris("2023-04-29 07:00"))
	if err := (&Runner{Store: h.Store}).Tick(background); err != nil {
		t.Fatal(err)
	}
	first, err := h.ClaimMails(background, 10)
	if err != nil || len(first) != 1 {
		t.Fatal(first, err)
	}
	if again, _ := h.ClaimMails(background, 10); len(again) != 0 {
		t.Fatal("a mail being sent was claimed twice")
	}
	h.clock.Add(6 * time.Minute)
	second, err := h.ClaimMails(background, 10)
	if err != nil || len(second) != 1 || second[0].MessageID != first[0].MessageID || second[0].Attempts != 2 {
		t.Fatalf("%+v %v", second, err)
	}
}

// TestPurge: a session that is over is forgotten by a tick, one that lives is kept.
func TestPurge(t *testing.T) {
	h := newHousehold(t, "2023-04-28 10:00")
	old, err := h.OpenSession(background, h.father, false, "")
	if err != nil {
		t.Fatal(err)
	}
	runner := &Runner{Store: h.Store}
	h.clock.Set(paris("2023-04-28 23:30"))
	living, err := h.OpenSession(background, h.father, false, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := runner.Tick(background); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Session(background, old); !errors.Is(err, db.ErrNoSession) {
		t.Errorf("a session over for an hour: %v", err)
	}
	if _, err := h.Session(background, living); err != nil {
		t.Errorf("a living session: %v", err)
	}
}

// TestUnknownJob names what exists.
func TestUnknownJob(t *testing.T) {
	h := newHousehold(t, "2023-04-28 10:00")
	err := (&Runner{Store: h.Store}).Run(background, "ménage", 0)
	if portal.AsError(err) == nil || !strings.Contains(err.Error(), "transmission, attente, reponses, echanges, comptes-rendus, rappels, courriels") {
		t.Error(err)
	}
}
