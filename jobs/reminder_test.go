package jobs

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"marelle/db"
	"marelle/portal"
)

// habits is the DUPONT household of the guide with a habit: Amalia and Paolo eat at the canteen, until Thursday of the week
// before at 9, and Paolo goes to the centre on Wednesdays, until that Thursday at noon.
type habits struct {
	*household
	t             *testing.T
	runner        *Runner
	meal, weekday portal.ActivityID
}

func newHabits(t *testing.T) *habits {
	t.Helper()
	h := &habits{household: newHousehold(t, "2026-10-19 10:00", "jean.paul@exemple.fr", "delphine@exemple.fr"), t: t}
	h.runner = &Runner{Store: h.Store, URL: "https://famille.carteville.exemple"}
	h.enter(h.father)
	thursday := portal.WeekdayBefore(portal.Thursday, 1, portal.Clock(9, 0))
	h.meal = h.save(portal.Activity{Name: "REPAS", Short: "Cantine", Spoken: "la cantine", Kind: portal.Canteen, Starts: portal.Clock(11, 45), Ends: portal.Clock(13, 30),
		Opening: portal.Opening{School: portal.Days(portal.Monday, portal.Tuesday, portal.Thursday, portal.Friday)}, Book: thursday, Cancel: thursday})
	noon := portal.WeekdayBefore(portal.Thursday, 1, portal.Clock(12, 0))
	h.weekday = h.save(portal.Activity{Name: "MERCREDI", Short: "Mercredi", Spoken: "le centre", Kind: portal.WednesdayCamp, Starts: portal.Clock(8, 0), Ends: portal.Clock(18, 0),
		Opening: portal.Opening{School: portal.Days(portal.Wednesday)}, Book: noon, Cancel: noon})
	return h
}

func (h *habits) save(a portal.Activity) portal.ActivityID {
	h.t.Helper()
	a.StructureID = h.structure
	id, err := h.SaveActivity(background, a)
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

// enter signs an account in for the first time: nobody is reminded before.
func (h *habits) enter(account portal.AccountID) {
	h.t.Helper()
	letters, err := h.IssueLetters(background, h.structure, 0, []portal.AccountID{account}, db.AnyLetter)
	if err != nil {
		h.t.Fatal(err)
	}
	if _, _, err := h.SignIn(background, letters[0].Login, letters[0].Password, db.Visit{Addr: "192.0.2.1"}); err != nil {
		h.t.Fatal(err)
	}
}

// click asks days for a child, without validating them.
func (h *habits) click(child portal.ChildID, a portal.ActivityID, days string) {
	h.t.Helper()
	var wants []db.Want
	for d := range strings.FieldsSeq(days) {
		wants = append(wants, db.Want{Child: child, Activity: a, Day: portal.MustDate(d), Present: true})
	}
	if left, err := h.AskMany(background, h.father, wants); err != nil || len(left) > 0 {
		h.t.Fatal(left, err)
	}
}

// usual books the four weeks before the 30th of November.
func (h *habits) usual() {
	h.t.Helper()
	for _, child := range []portal.ChildID{h.amalia, h.paolo} {
		h.click(child, h.meal, "2026-11-03 2026-11-09 2026-11-17 2026-11-23")
	}
	h.click(h.paolo, h.weekday, "2026-11-04 2026-11-18 2026-11-25")
	h.confirm(h.t, h.father, "habitude")
}

// reminders lists the reminders in the outbox, oldest first, each with the moment when it was queued.
func (h *habits) reminders() (list []string) {
	h.t.Helper()
	for _, m := range h.newest(h.t) {
		if m.Kind == "rappel" {
			at := m.Created.In(portal.Paris).Format("2006-01-02 15:04 ")
			list = append([]string{at + m.Address + " " + strings.TrimSuffix(m.Subject, " – Mairie de CarteVille")}, list...)
		}
	}
	return list
}

// tick runs everything at a moment.
func (h *habits) tick(moment string) {
	h.t.Helper()
	h.clock.Set(paris(moment))
	if err := h.runner.Tick(background); err != nil {
		h.t.Fatal(err)
	}
}

// live ticks every ten minutes from one moment to another.
func (h *habits) live(from, to string) {
	h.t.Helper()
	for now, end := paris(from), paris(to); !now.After(end); now = now.Add(10 * time.Minute) {
		h.clock.Set(now)
		if err := h.runner.Tick(background); err != nil {
			h.t.Fatal(err)
		}
	}
}

func (h *habits) wantReminders(what string, want ...string) {
	h.t.Helper()
	if got := h.reminders(); strings.Join(got, "\n") != strings.Join(want, "\n") {
		h.t.Errorf("%s:\n got %s\nwant %s", what, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

// mailOf gives the newest reminder in the outbox.
func (h *habits) mailOf() db.Mail {
	h.t.Helper()
	for _, m := range h.newest(h.t) {
		if m.Kind == "rappel" {
			return m
		}
	}
	h.t.Fatal("no reminder")
	return db.Mail{}
}

const (
	twoForgotten = "Rappel : rien n’est réservé, Cantine et Mercredi"
	twoDrafts    = "Rappel : 2 demandes ne sont pas validées"
)

// TestDeadlineReminder: one mail an address for all the children and activities, the day before at five, once.
func TestDeadlineReminder(t *testing.T) {
	h := newHabits(t)
	h.usual()
	h.live("2026-11-25 00:00", "2026-11-27 12:00")
	h.wantReminders("two days of ticks", "2026-11-25 17:00 jean.paul@exemple.fr "+twoForgotten, "2026-11-25 17:00 delphine@exemple.fr "+twoForgotten)
	mail := h.mailOf()
	golden(t, "testdata/rappel-delai.txt", mail.Text)
	golden(t, "testdata/rappel-delai.html", mail.HTML)
	if !mail.Expires.Equal(paris("2026-11-26 09:00")) || mail.Account != h.father {
		t.Errorf("%+v", mail)
	}
}

// TestDeadlineReminderCatchUp: not at night, and never after the limit.
func TestDeadlineReminderCatchUp(t *testing.T) {
	for _, c := range []struct {
		name, moments string
		want          []string
	}{
		{"le programme revient à 19 h 59", "2026-11-25 16:59, 2026-11-25 19:59", []string{"2026-11-25 19:59 " + twoForgotten}},
		{"à 20 h, on attend le matin", "2026-11-25 20:00, 2026-11-25 23:00, 2026-11-26 03:00, 2026-11-26 07:59", nil},
		{"le matin, le délai n’est pas passé", "2026-11-25 20:00, 2026-11-26 08:00, 2026-11-26 08:01", []string{"2026-11-26 08:00 " + twoForgotten}},
		{"le premier délai est passé : seulement le second", "2026-11-25 12:00, 2026-11-26 09:01", []string{"2026-11-26 09:01 Rappel : rien n’est réservé, Mercredi, le mercredi 2 décembre"}},
		{"les deux sont passés", "2026-11-25 12:00, 2026-11-26 12:01, 2026-11-26 17:00", nil},
		{"trois jours d’arrêt", "2026-11-24 12:00, 2026-11-27 12:00", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHabits(t)
			h.t = t
			h.usual()
			for moment := range strings.SplitSeq(c.moments, ", ") {
				h.tick(moment)
			}
			var want []string
			for _, w := range c.want {
				for _, address := range []string{"jean.paul@exemple.fr", "delphine@exemple.fr"} {
					want = append(want, w[:17]+address+w[16:])
				}
			}
			h.wantReminders(c.name, want...)
		})
	}
}

// TestNoDeadlineReminder: nothing is sent to whom something is said of the days, to whom does not want it, to whom never came.
func TestNoDeadlineReminder(t *testing.T) {
	one := "2026-11-25 17:00 jean.paul@exemple.fr Rappel : rien n’est réservé, Mercredi, le mercredi 2 décembre\n2026-11-25 17:00 delphine@exemple.fr Rappel : rien n’est réservé, Mercredi, le mercredi 2 décembre"
	for _, c := range []struct {
		name    string
		prepare func(*habits)
		want    string
	}{
		{"tout est réservé", func(h *habits) {
			h.click(h.amalia, h.meal, "2026-12-01")
			h.click(h.paolo, h.meal, "2026-12-04")
			h.confirm(h.t, h.father, "reserve")
		}, one},
		{"c’est cliqué, pas validé : un autre rappel le dira", func(h *habits) {
			h.click(h.amalia, h.meal, "2026-12-01")
			h.click(h.paolo, h.meal, "2026-12-04")
		}, one},
		{"ce rappel est refusé", func(h *habits) {
			if err := h.SetRemindersOff(background, h.father, []portal.ReminderKind{portal.RemindDeadline}); err != nil {
				h.t.Fatal(err)
			}
		}, ""},
		{"une semaine de moins n’est plus une habitude", func(h *habits) {
			h.raw("DELETE FROM booking WHERE day BETWEEN '2026-11-16' AND '2026-11-20' OR day = '2026-11-25' OR day = '2026-11-03'")
		}, ""},
		{"jamais connecté", func(h *habits) { h.raw("UPDATE account SET first_seen_at = NULL") }, ""},
		{"sans adresse", func(h *habits) { h.raw("DELETE FROM account_email") }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHabits(t)
			h.t = t
			h.usual()
			c.prepare(h)
			h.tick("2026-11-25 17:00")
			if got := strings.Join(h.reminders(), "\n"); got != c.want {
				t.Errorf("got %s", got)
			}
		})
	}
}

// raw runs SQL beside the store, for what no operation does.
func (h *habits) raw(query string) {
	h.t.Helper()
	conn, err := sql.Open("marelle", "file:"+h.Path()+"?_busy_timeout=5000&_txlock=immediate&_foreign_keys=on")
	if err != nil {
		h.t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Exec(query); err != nil {
		h.t.Fatal(err)
	}
}

// TestReminderOfADeadProcess: queued and not remembered as done, it is queued again under the same key, which exists once;
// remembered, it is queued with it.
func TestReminderOfADeadProcess(t *testing.T) {
	h := newHabits(t)
	h.usual()
	h.click(h.amalia, h.meal, "2026-12-07 2026-12-08")
	h.tick("2026-11-25 17:00")
	h.tick("2026-12-02 18:00")
	before := h.reminders()
	if len(before) != 6 { // two addresses: what is forgotten, twice, and the clicks
		t.Errorf("%s", strings.Join(before, "\n"))
	}
	h.raw("DELETE FROM reminder")
	h.live("2026-12-02 18:10", "2026-12-02 19:50")
	h.wantReminders("after the marks were lost", before...)
	// One transaction: a batch whose mails cannot be written is not done either.
	bad := []db.Mail{{Structure: h.structure, Key: "", Kind: "rappel", Address: "a@exemple.fr"}}
	if err := h.QueueReminders(background, "essai", bad); err == nil {
		t.Fatal("a mail without a key was queued")
	}
	good := []db.Mail{{Structure: h.structure, Key: "rappel:essai", Kind: "rappel", Address: "a@exemple.fr", Subject: "Essai"}}
	if err := h.QueueReminders(background, "essai", good); err != nil || len(h.reminders()) != len(before)+1 {
		t.Errorf("the second try: %v", err)
	}
}

// TestRemindersWhenClocksChange: five in the afternoon is five in the afternoon on both Sundays, and once.
func TestRemindersWhenClocksChange(t *testing.T) {
	for _, c := range []struct{ name, begin, booked, from, to, want string }{
		{"octobre", "2026-09-20 10:00", "2026-09-29 2026-10-06 2026-10-13 2026-10-20", "2026-10-24 12:00", "2026-10-26 17:50", "2026-10-25 17:00"},
		{"mars", "2027-02-20 10:00", "2027-03-02 2027-03-09 2027-03-16 2027-03-23", "2027-03-27 12:00", "2027-03-29 17:50", "2027-03-28 17:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHabits(t)
			h.t = t
			h.clock.Set(paris(c.begin))
			eve := portal.DaysBefore(1, portal.Clock(18, 0))
			daily := h.save(portal.Activity{Name: "MATIN TOUS LES JOURS", Short: "Matin", Spoken: "l’accueil", Kind: portal.BeforeSchool, Starts: portal.Clock(7, 30), Ends: portal.Clock(8, 30),
				Opening: portal.Opening{School: portal.EveryDay, Holidays: portal.EveryDay, OnPublicHolidays: true}, Book: eve, Cancel: eve})
			h.click(h.amalia, daily, c.booked) // Tuesdays
			h.confirm(t, h.father, "mardis")
			h.live(c.from, c.to)
			got := h.reminders()
			if len(got) != 2 || !strings.HasPrefix(got[0], c.want) || !strings.HasPrefix(got[1], c.want) {
				t.Errorf("got %s", strings.Join(got, "\n"))
			}
		})
	}
}

// TestDraftReminder: on the evening before the nearest limit, with every line; once an evening, and not while somebody clicks.
func TestDraftReminder(t *testing.T) {
	h := newHabits(t)
	h.click(h.amalia, h.meal, "2026-11-23")
	h.confirm(t, h.father, "un")
	h.clock.Set(paris("2026-11-11 10:00"))
	h.click(h.amalia, h.meal, "2026-11-24")
	h.click(h.paolo, h.weekday, "2026-12-02")
	if left, err := h.AskMany(background, h.father, []db.Want{{Child: h.amalia, Activity: h.meal, Day: portal.MustDate("2026-11-23"), Present: false}}); err != nil || len(left) > 0 {
		t.Fatal(left, err)
	}
	h.live("2026-11-17 08:00", "2026-11-19 08:50")
	three := "Rappel : 3 demandes ne sont pas validées"
	first := []string{"2026-11-18 18:00 jean.paul@exemple.fr " + three, "2026-11-18 18:00 delphine@exemple.fr " + three}
	h.wantReminders("before Thursday at nine", first...)
	mail := h.mailOf()
	golden(t, "testdata/rappel-brouillon.txt", mail.Text)
	golden(t, "testdata/rappel-brouillon.html", mail.HTML)
	// The Wednesday is left, with a limit a week later.
	h.live("2026-11-19 09:10", "2026-11-26 12:10")
	h.wantReminders("a week later", append(first, "2026-11-25 18:00 jean.paul@exemple.fr "+three, "2026-11-25 18:00 delphine@exemple.fr "+three)...)
}

// TestDraftReminderMoments: rest, night, limits passed, validation and opting out.
func TestDraftReminderMoments(t *testing.T) {
	for _, c := range []struct {
		name    string
		clicked string
		off     bool
		moments string
		want    string // moments of the mails, for one address
	}{
		{"cliqué à 17 h 50 : pas avant la demi-heure de repos", "2026-11-25 17:50", false, "2026-11-25 18:00, 2026-11-25 18:19, 2026-11-25 18:20, 2026-11-25 18:21", "2026-11-25 18:20"},
		{"cliqué à 19 h 40 : le lendemain matin", "2026-11-25 19:40", false, "2026-11-25 19:59, 2026-11-25 20:10, 2026-11-26 07:59, 2026-11-26 08:00", "2026-11-26 08:00"},
		{"cliqué à 8 h 45 le jour même : trop tard pour un rappel", "2026-11-26 08:45", false, "2026-11-26 08:50, 2026-11-26 09:16", ""},
		{"le programme ne revient qu’après le délai", "2026-11-24 10:00", false, "2026-11-25 17:59, 2026-11-26 09:01", ""},
		{"ce rappel est refusé", "2026-11-24 10:00", true, "2026-11-25 18:00, 2026-11-26 08:00", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHabits(t)
			h.t = t
			h.clock.Set(paris(c.clicked))
			h.click(h.amalia, h.meal, "2026-11-30 2026-12-01")
			if c.off {
				if err := h.SetRemindersOff(background, h.father, []portal.ReminderKind{portal.RemindDraft}); err != nil {
					t.Fatal(err)
				}
			}
			for moment := range strings.SplitSeq(c.moments, ", ") {
				h.tick(moment)
			}
			var want []string
			if c.want != "" {
				want = []string{c.want + " jean.paul@exemple.fr " + twoDrafts, c.want + " delphine@exemple.fr " + twoDrafts}
			}
			h.wantReminders(c.name, want...)
		})
	}
	h := newHabits(t)
	h.clock.Set(paris("2026-11-24 10:00"))
	h.click(h.amalia, h.meal, "2026-11-30 2026-12-01")
	h.confirm(t, h.father, "valide")
	h.tick("2026-11-25 18:00")
	h.wantReminders("validated")
}

// TestOpeningReminder: at the opening, or on the next morning, to every family with a child here; once, and not when it is
// no news any more.
func TestOpeningReminder(t *testing.T) {
	for i, c := range []struct {
		name, opens, closes string
		moments             string
		want                string
	}{
		{"ouvert à 9 h", "2026-11-09 09:00", "2026-12-13 12:00", "2026-11-09 08:59, 2026-11-09 09:00, 2026-11-09 09:01, 2026-11-10 09:00", "2026-11-09 09:00"},
		{"ouvert à minuit", "2026-11-09 00:00", "2026-12-13 12:00", "2026-11-09 00:00, 2026-11-09 07:59, 2026-11-09 08:00", "2026-11-09 08:00"},
		{"ouvert à 22 h", "2026-11-09 22:00", "2026-12-13 12:00", "2026-11-09 22:00, 2026-11-10 08:00", "2026-11-10 08:00"},
		{"deux jours d’arrêt", "2026-11-09 09:00", "2026-12-13 12:00", "2026-11-11 09:00", "2026-11-11 09:00"},
		{"quatre jours d’arrêt : ce n’est plus une nouvelle", "2026-11-09 09:00", "2026-12-13 12:00", "2026-11-13 09:00", ""},
		{"déjà refermé", "2026-11-09 09:00", "2026-11-09 12:00", "2026-11-09 12:01, 2026-11-09 15:00", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHabits(t)
			h.t = t
			window := portal.Window{Name: "vacances de Noël", First: portal.MustDate("2026-12-19"), Last: portal.MustDate("2027-01-03"), Opens: paris(c.opens), Closes: paris(c.closes)}
			opening := portal.Opening{Holidays: portal.Days(portal.Monday, portal.Tuesday, portal.Wednesday, portal.Thursday, portal.Friday)}
			week, noon := portal.DaysBefore(14, portal.EndOfDay), portal.Clock(13, 30)
			h.save(portal.Activity{Name: "REPAS VACANCES", Short: "Repas", Spoken: "le repas du centre", Kind: portal.Canteen, Starts: portal.Clock(12, 0), Ends: noon,
				Opening: opening, Book: week, Cancel: week, Windows: []portal.Window{window}})
			h.save(portal.Activity{Name: "ALSH VACANCES", Short: "Vacances", Spoken: "le centre de loisirs des vacances", Kind: portal.HolidayCamp, Starts: portal.Clock(7, 30), Ends: portal.Clock(18, 30),
				Opening: opening, Book: week, Cancel: week, Windows: []portal.Window{window}})
			for moment := range strings.SplitSeq(c.moments, ", ") {
				h.tick(moment)
			}
			var want []string
			if c.want != "" {
				for _, address := range []string{"jean.paul@exemple.fr", "delphine@exemple.fr"} { // the neighbour never signed in
					want = append(want, fmt.Sprintf("%s %s Réservations ouvertes : vacances de Noël", c.want, address))
				}
			}
			h.wantReminders(c.name, want...)
			if i == 0 {
				mail := h.mailOf()
				golden(t, "testdata/rappel-ouverture.txt", mail.Text)
				golden(t, "testdata/rappel-ouverture.html", mail.HTML)
			}
		})
	}
}

// TestReminderJobByName: the command runs it too, by day only.
func TestReminderJobByName(t *testing.T) {
	h := newHabits(t)
	h.usual()
	for moment, want := range map[string]int{"2026-11-25 16:00": 0, "2026-11-25 21:00": 0} {
		h.clock.Set(paris(moment))
		if err := h.runner.Run(background, "rappels", 0); err != nil || len(h.reminders()) != want {
			t.Errorf("%s: %v %v", moment, h.reminders(), err)
		}
	}
	h.clock.Set(paris("2026-11-25 17:30"))
	if err := h.runner.Run(background, "rappels", 0); err != nil || len(h.reminders()) != 2 {
		t.Errorf("%v %v", h.reminders(), err)
	}
}
