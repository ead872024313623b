package db_test

import (
	"strings"
	"testing"

	"marelle/db"
	"marelle/portal"
)

// titles lists the messages that an account reads on its first page.
func (tn *town) titles(t *testing.T, parent int) string {
	t.Helper()
	h, err := tn.Home(ctx, tn.parents[parent])
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, a := range h.Announcements {
		list = append(list, a.Title)
	}
	return strings.Join(list, ", ")
}

func (tn *town) announce(t *testing.T, a portal.Announcement, key string) portal.AnnouncementID {
	t.Helper()
	a.Structure, a.Body = tn.structure, "Texte."
	if a.First == 0 {
		a.First, a.Last = portal.MustDate("2026-11-20"), portal.MustDate("2026-11-30")
	}
	id, err := tn.WriteAnnouncement(ctx, 0, a, "formulaire-"+key)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// TestAnnouncementsForWhom: everybody, those who booked the activity around today, those of the school; by dates.
func TestAnnouncementsForWhom(t *testing.T) {
	tn := newTown(t, 2, 10)
	tn.want(t, 0, 0, tn.canteen, "2026-12-07", true)
	schools, err := tn.SchoolsOf(ctx, tn.structure)
	if err != nil || len(schools) != 1 || schools[0].Name != "École du Bourg" {
		t.Fatal(schools, err)
	}
	tn.announce(t, portal.Announcement{Title: "tous"}, "tous")
	tn.announce(t, portal.Announcement{Title: "école", School: schools[0].ID}, "ecole")
	tn.announce(t, portal.Announcement{Title: "cantine", Activity: tn.canteen}, "cantine")
	tn.announce(t, portal.Announcement{Title: "soir", Activity: tn.evening}, "soir")
	tn.announce(t, portal.Announcement{Title: "un seul jour", First: portal.MustDate("2026-11-23"), Last: portal.MustDate("2026-11-23")}, "jour")
	tn.announce(t, portal.Announcement{Title: "hier", First: portal.MustDate("2026-11-01"), Last: portal.MustDate("2026-11-22")}, "hier")
	tn.announce(t, portal.Announcement{Title: "demain", First: portal.MustDate("2026-11-24"), Last: portal.MustDate("2026-11-24")}, "demain")
	if got := tn.titles(t, 0); got != "un seul jour, école, tous" {
		t.Errorf("a click is no booking: %s", got)
	}
	tn.confirm(t, 0, "cantine")
	if got := tn.titles(t, 0); got != "un seul jour, cantine, école, tous" {
		t.Errorf("the family that booked: %s", got)
	}
	if got := tn.titles(t, 1); got != "un seul jour, école, tous" {
		t.Errorf("the other: %s", got)
	}
	tn.clock.Set(paris("2026-11-24 00:00:00"))
	if got := tn.titles(t, 1); got != "demain, école, tous" {
		t.Errorf("at midnight: %s", got)
	}
	tn.announce(t, portal.Announcement{Title: "longtemps", Activity: tn.canteen, First: portal.MustDate("2026-11-01"), Last: portal.MustDate("2027-06-30")}, "long")
	for day, shown := range map[string]bool{"2027-02-05": true, "2027-02-06": false} { // 60 days after the 7th of December
		tn.clock.Set(paris(day + " 12:00:00"))
		if got := tn.titles(t, 0); strings.Contains(got, "longtemps") != shown {
			t.Errorf("on %s: %s", day, got)
		}
	}
}

// TestAnnouncementsByStructure: each family sees its own town hall's; nobody changes another's.
func TestAnnouncementsByStructure(t *testing.T) {
	tn := newTown(t, 1, 10)
	id := tn.announce(t, portal.Announcement{Title: "ici"}, "ici")
	other, err := tn.CreateStructure(ctx, portal.Structure{Name: "Mairie d’à côté", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	if err != nil {
		t.Fatal(err)
	}
	days := portal.Announcement{Structure: other, Title: "ailleurs", Body: "Texte.", First: portal.MustDate("2026-11-20"), Last: portal.MustDate("2026-11-30")}
	if _, err := tn.WriteAnnouncement(ctx, 0, days, "formulaire-ailleurs"); err != nil {
		t.Fatal(err)
	}
	if got := tn.titles(t, 0); got != "ici" {
		t.Errorf("the family reads %s", got)
	}
	foreign := days
	foreign.ID = id
	notFound := func(what string, err error) {
		t.Helper()
		if refusal := portal.AsError(err); refusal == nil || refusal.Kind != portal.KindNotFound {
			t.Errorf("%s: %v", what, err)
		}
	}
	notFound("change", tn.ChangeAnnouncement(ctx, 0, foreign))
	notFound("remove", tn.RemoveAnnouncement(ctx, other, 0, id, true))
	_, err = tn.Announcement(ctx, other, id)
	notFound("read", err)
	days.Activity = tn.canteen
	if _, err := tn.WriteAnnouncement(ctx, 0, days, "formulaire-activite"); portal.AsError(err).Field("pour") == "" {
		t.Errorf("another structure's activity: %v", err)
	}
	schools, _ := tn.SchoolsOf(ctx, tn.structure)
	days.Activity, days.School = 0, schools[0].ID
	if _, err := tn.WriteAnnouncement(ctx, 0, days, "formulaire-ecole"); portal.AsError(err).Field("pour") == "" {
		t.Errorf("another structure's school: %v", err)
	}
}

// TestAnnouncementLife: the same form twice is one message; changed, taken off, put back.
func TestAnnouncementLife(t *testing.T) {
	tn := newTown(t, 1, 10)
	id := tn.announce(t, portal.Announcement{Title: "Cantine fermée"}, "a")
	if again := tn.announce(t, portal.Announcement{Title: "Cantine fermée"}, "a"); again != id {
		t.Errorf("the same form made messages %d and %d", id, again)
	}
	a, err := tn.Announcement(ctx, tn.structure, id)
	if err != nil {
		t.Fatal(err)
	}
	a.Title = "Cantine ouverte"
	if err := tn.ChangeAnnouncement(ctx, 0, *a); err != nil || tn.titles(t, 0) != "Cantine ouverte" {
		t.Errorf("changed: %s %v", tn.titles(t, 0), err)
	}
	for _, removed := range []bool{true, true, false} {
		if err := tn.RemoveAnnouncement(ctx, tn.structure, 0, id, removed); err != nil {
			t.Fatal(err)
		}
		list, err := tn.Announcements(ctx, tn.structure)
		if err != nil || (len(list) == 0) != removed || (tn.titles(t, 0) == "") != removed {
			t.Errorf("removed %v: %v %v", removed, list, err)
		}
	}
	if err := tn.RemoveAnnouncement(ctx, tn.structure, 0, id, true); err != nil {
		t.Fatal(err)
	}
	if err := tn.ChangeAnnouncement(ctx, 0, *a); portal.AsError(err) == nil {
		t.Errorf("a message taken off was changed: %v", err)
	}
	if _, err := tn.WriteAnnouncement(ctx, 0, *a, "court"); portal.AsError(err) == nil {
		t.Errorf("without a key: %v", err)
	}
}

// TestHome: what is not validated, booked, closing and refused, for the account's own children only.
func TestHome(t *testing.T) {
	tn := newTown(t, 2, 1)
	tn.want(t, 1, 0, tn.evening, "2026-11-26", true)
	tn.want(t, 0, 0, tn.evening, "2026-11-26", true)
	tn.want(t, 0, 0, tn.canteen, "2026-12-01", true)
	tn.confirm(t, 1, "voisin")
	tn.confirm(t, 0, "refus")
	tn.want(t, 0, 1, tn.canteen, "2026-12-03", true)
	h, err := tn.Home(ctx, tn.parents[0])
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Children) != 2 || len(h.Wishes) != 1 || len(h.Booked) != 1 || h.Booked[0].Day != portal.MustDate("2026-12-01") {
		t.Errorf("%d children, %d wishes, booked %v", len(h.Children), len(h.Wishes), h.Booked)
	}
	if len(h.Refused) != 1 || h.Refused[0].ActID != tn.evening || !strings.Contains(h.Refused[0].Reason, "plus de place") {
		t.Errorf("refused: %+v", h.Refused)
	}
	var words []string
	for _, l := range h.Limits {
		if l.Activity.ID == tn.canteen {
			for _, c := range l.Children {
				words = append(words, c.Words())
			}
		}
	}
	if got := strings.Join(words, ", "); got != "1 jour réservé, 1 jour à valider" {
		t.Errorf("canteen: %s", got)
	}
	// The place comes back and is booked: no refusal is left to tell. Nor is an old one, nor one for a day that is over.
	tn.want(t, 1, 0, tn.evening, "2026-11-26", false)
	tn.confirm(t, 1, "rendu")
	tn.want(t, 0, 0, tn.evening, "2026-11-26", true)
	tn.confirm(t, 0, "obtenu")
	if h, err = tn.Home(ctx, tn.parents[0]); err != nil || len(h.Refused) != 0 {
		t.Errorf("after all booked: %v %v", h.Refused, err)
	}
}

// TestRefusalsFade: a refusal is told for a fortnight, and while its day is still to come.
func TestRefusalsFade(t *testing.T) {
	for now, want := range map[string]int{"2026-11-24 09:00:00": 1, "2026-11-26 23:00:00": 1, "2026-11-27 00:00:00": 0} {
		tn := newTown(t, 2, 1)
		for i, key := range []string{"un", "deux"} {
			tn.want(t, i, 0, tn.evening, "2026-11-26", true)
			if i == 1 {
				tn.confirm(t, 0, key)
			}
		}
		tn.confirm(t, 1, "trois")
		tn.clock.Set(paris(now))
		h, err := tn.Home(ctx, tn.parents[1])
		if err != nil || len(h.Refused) != want {
			t.Errorf("%s: %v %v", now, h.Refused, err)
		}
	}
	tn := newTown(t, 2, 1)
	tn.want(t, 0, 0, tn.evening, "2027-01-28", true)
	tn.want(t, 1, 0, tn.evening, "2027-01-28", true)
	tn.confirm(t, 0, "un")
	tn.confirm(t, 1, "deux")
	tn.clock.Add(14*24*3600e9 + 1e9)
	if h, err := tn.Home(ctx, tn.parents[1]); err != nil || len(h.Refused) != 0 {
		t.Errorf("after a fortnight: %v %v", h.Refused, err)
	}
}

// TestReminderChoices: a kind turned off stays off until it is turned on; another account's is its own.
func TestReminderChoices(t *testing.T) {
	tn := newTown(t, 2, 1)
	if err := tn.SetRemindersOff(ctx, tn.parents[0], []portal.ReminderKind{portal.RemindOpening, portal.RemindDraft, portal.RemindDraft}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{2, 0} {
		if off, err := tn.RemindersOff(ctx, tn.parents[i]); err != nil || len(off) != want {
			t.Errorf("account %d: %v %v", i, off, err)
		}
	}
	if err := tn.SetRemindersOff(ctx, tn.parents[0], []portal.ReminderKind{"publicite"}); portal.AsError(err) == nil {
		t.Errorf("an unknown kind: %v", err)
	}
	if err := tn.SetRemindersOff(ctx, tn.parents[0], nil); err != nil {
		t.Fatal(err)
	}
	if off, _ := tn.RemindersOff(ctx, tn.parents[0]); len(off) != 0 {
		t.Errorf("turned on again: %v", off)
	}
}

// TestReminderMailsExpire: one that waits is given up after its limit, and leaves by day only; the others go at any hour.
func TestReminderMailsExpire(t *testing.T) {
	tn := newTown(t, 1, 1)
	limit := paris("2026-11-24 09:00:00")
	queue := func(key string) {
		t.Helper()
		if err := tn.QueueReminders(ctx, key, []db.Mail{{Structure: tn.structure, Account: tn.parents[0], Key: "rappel:" + key, Kind: "rappel", Address: "a@exemple.fr", Subject: "Rappel", Text: "x", Expires: limit}}); err != nil {
			t.Fatal(err)
		}
	}
	queue("un")
	queue("un") // done already
	for _, c := range []struct {
		now  string
		want int
	}{{"2026-11-23 20:00:00", 0}, {"2026-11-24 07:59:59", 0}, {"2026-11-24 08:00:00", 1}} {
		tn.clock.Set(paris(c.now))
		if list, err := tn.ClaimMails(ctx, 10); err != nil || len(list) != c.want {
			t.Errorf("%s: %d mails, %v", c.now, len(list), err)
		}
	}
	// The process that claimed it died; the limit passes.
	tn.clock.Set(paris("2026-11-24 09:00:01"))
	list, err := tn.ClaimMails(ctx, 10)
	mails, _, _ := tn.FindMails(ctx, tn.structure, db.MailFilter{}, 0, 10)
	if err != nil || len(list) != 0 || len(mails) != 1 || mails[0].State != db.MailDead || mails[0].Fault != "le délai de ce rappel est passé" {
		t.Errorf("after the limit: %v %v %v", list, mails, err)
	}
}
