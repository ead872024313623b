// Package demo builds CarteVille, the throw-away commune, through the same operations as a real town. It is deterministic:
// the same start gives the same town, to the day.
package demo

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"marelle/db"
	"marelle/portal"
)

//go:embed onde-eleves.csv
var pupils string

//go:embed onde-responsables.csv
var guardians string

// Password is what every ready account of the demonstration signs in with.
const Password = "cartable-bleu-2026"

// Login is one way into the demonstration.
type Login struct {
	Role      string `json:"role"`
	Login     string `json:"identifiant"`
	Password  string `json:"mot_de_passe"`
	LastName  string `json:"nom"`
	FirstName string `json:"prenom"`
}

// Clock is the demonstration's time: it starts where it is told and runs on; it can be moved forward.
type Clock struct {
	mu     sync.Mutex
	real   func() time.Time
	offset time.Duration
	still  time.Time // while the town is being built time stands still, so that it is the same town each time
}

// NewClock gives a clock that shows start now and runs with the real one.
func NewClock(start time.Time, real func() time.Time) *Clock {
	return &Clock{real: real, offset: start.Sub(real())}
}

// Now gives the demonstration's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.still.IsZero() {
		return c.still
	}
	return c.real().Add(c.offset)
}

// Set moves the clock to an instant, from which it runs on.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.still.IsZero() {
		c.still = t
		return
	}
	c.offset = t.Sub(c.real())
}

// stop makes time stand still at an instant; run lets it go on from where it stands.
func (c *Clock) stop(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.still = t
}

func (c *Clock) run() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset, c.still = c.still.Sub(c.real()), time.Time{}
}

// Random gives the demonstration's source of chance, the same each time.
func Random() *rand.ChaCha8 {
	return rand.NewChaCha8([32]byte([]byte("Marelle, une pierre, un ciel, 1.")))
}

// Build fills an empty demonstration database: the town lives four weeks up to now, nights included. The store's clock
// must be the one given.
func Build(ctx context.Context, store *db.Store, clock *Clock) ([]Login, error) {
	now := clock.Now().Truncate(time.Minute)
	begin := (portal.DateOf(now) - 28).At(portal.Clock(9, 0))
	clock.stop(begin)
	defer clock.run()
	t := town{store: store, clock: clock, chance: rand.New(rand.NewPCG(2026, 9))}
	structure, err := store.CreateStructure(ctx, portal.Structure{
		Name: "Mairie de CarteVille", Street: "1 place de la République", Postcode: "09140", Town: "CARTEVILLE",
		Phone: "05 61 00 00 00", Email: "mairie@carteville.exemple", Zone: "C", Territory: portal.Metropole,
		NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0),
	})
	if err != nil {
		return nil, err
	}
	t.structure = structure
	roll, faults := portal.ReadRoll("onde-eleves.csv", pupils, "onde-responsables.csv", guardians)
	if portal.RollBlocked(faults) {
		return nil, fmt.Errorf("demo: %v", faults)
	}
	if _, err := store.ImportRoll(ctx, structure, 0, "École Jean-Jaurès", roll, "", false); err != nil {
		return nil, err
	}
	if err := t.activities(ctx); err != nil {
		return nil, err
	}
	if err := t.accounts(ctx); err != nil {
		return nil, err
	}
	if err := t.habits(ctx); err != nil {
		return nil, err
	}
	if err := t.live(ctx, now); err != nil {
		return nil, err
	}
	clock.Set(now)
	if err := t.home(ctx); err != nil {
		return nil, err
	}
	if err := t.changeOfHabit(ctx); err != nil {
		return nil, err
	}
	if err := t.priorities(ctx); err != nil {
		return nil, err
	}
	if err := t.limits(ctx); err != nil {
		return nil, err
	}
	if err := t.texts(ctx); err != nil {
		return nil, err
	}
	if err := t.familyFiles(ctx); err != nil {
		return nil, err
	}
	if err := t.closures(ctx); err != nil {
		return nil, err
	}
	if err := t.nextYear(ctx); err != nil {
		return nil, err
	}
	if err := t.letter(ctx); err != nil {
		return nil, err
	}
	err = t.team(ctx)
	return t.logins, err
}

type town struct {
	store     *db.Store
	clock     *Clock
	chance    *rand.Rand
	structure portal.StructureID
	canteen   portal.ActivityID
	morning   portal.ActivityID
	evening   portal.ActivityID
	wednesday portal.ActivityID
	study     portal.ActivityID
	lunch     portal.ActivityID // of the holidays
	holidays  portal.ActivityID
	snow      portal.ActivityID // decided by staff
	families  []db.DemoAccount
	newcomer  db.DemoAccount // his first sign-in is still to come
	large     db.DemoAccount // five children
	manager   portal.AccountID
	logins    []Login
}

// activities opens what CarteVille offers, with cut-offs as its règlement writes them.
func (t *town) activities(ctx context.Context) error {
	schoolDays := portal.Days(portal.Monday, portal.Tuesday, portal.Thursday, portal.Friday)
	year := func(days portal.WeekdaySet) portal.Opening {
		return portal.Opening{First: portal.NewDate(2026, 9, 1), Last: portal.NewDate(2027, 7, 2), School: days}
	}
	vacation := portal.Opening{First: portal.NewDate(2026, 9, 1), Last: portal.NewDate(2027, 8, 31), Holidays: schoolDays | portal.Days(portal.Wednesday)}
	windows := []portal.Window{
		{Name: "vacances de Noël", First: portal.NewDate(2026, 12, 19), Last: portal.NewDate(2027, 1, 3),
			Opens: portal.NewDate(2026, 11, 9).At(portal.Clock(9, 0)), Closes: portal.NewDate(2026, 12, 13).At(portal.EndOfDay)},
		{Name: "vacances d’hiver", First: portal.NewDate(2027, 2, 6), Last: portal.NewDate(2027, 2, 21),
			Opens: portal.NewDate(2026, 11, 25).At(portal.Clock(9, 0)), Closes: portal.NewDate(2027, 1, 24).At(portal.EndOfDay)},
	}
	dayBefore := portal.DaysBefore(1, portal.Clock(18, 0))
	thursday := portal.WeekdayBefore(portal.Thursday, 1, portal.Clock(9, 0))
	friday := portal.WeekdayBefore(portal.Friday, 1, portal.Clock(12, 0))
	week := portal.DaysBefore(7, portal.EndOfDay)
	sameMorning := portal.DaysBefore(0, portal.Clock(9, 30))
	for _, a := range []struct {
		into  *portal.ActivityID
		needs *portal.ActivityID
		portal.Activity
	}{
		{&t.morning, nil, portal.Activity{Name: "APS MATIN", Short: "Matin", Spoken: "l’accueil du matin", Kind: portal.BeforeSchool,
			Starts: portal.Clock(7, 30), Ends: portal.Clock(8, 30), Opening: year(schoolDays), Book: dayBefore, Cancel: dayBefore, Annual: true, NoticeDays: 2}},
		{&t.canteen, nil, portal.Activity{Name: "RESTAURATION", Short: "Cantine", Spoken: "la cantine", Kind: portal.Canteen,
			Starts: portal.Clock(11, 45), Ends: portal.Clock(13, 30), Opening: year(schoolDays), Book: thursday, Cancel: thursday, Absence: sameMorning,
			Annual: true, NoticeDays: 2, DocumentDays: 3}},
		{&t.evening, nil, portal.Activity{Name: "APS SOIR", Short: "Soir", Spoken: "l’accueil du soir", Kind: portal.AfterSchool,
			Starts: portal.Clock(16, 30), Ends: portal.Clock(18, 30), Opening: year(schoolDays), Book: dayBefore, Cancel: dayBefore, Annual: true, NoticeDays: 2,
			Counters: []portal.Counter{{Name: "Accueil du soir", Limited: true, Capacity: 60}}}},
		{&t.wednesday, nil, portal.Activity{Name: "ALSH MERCREDI", Short: "Mercredi", Spoken: "le centre de loisirs du mercredi", Kind: portal.WednesdayCamp,
			Starts: portal.Clock(7, 30), Ends: portal.Clock(18, 30), Opening: year(portal.Days(portal.Wednesday)), Book: friday, Cancel: friday, Waitlist: true,
			Counters: []portal.Counter{{Name: "Centre de loisirs", Limited: true, Capacity: 24}}}},
		{&t.study, nil, portal.Activity{Name: "ÉTUDE SURVEILLÉE", Short: "Étude", Spoken: "l’étude surveillée", Kind: portal.OtherKind,
			Starts: portal.Clock(16, 30), Ends: portal.Clock(17, 30), Opening: year(portal.Days(portal.Monday, portal.Thursday)), Book: dayBefore, Cancel: dayBefore,
			Waitlist: true, WaitMode: portal.WaitNow, Counters: []portal.Counter{{Name: "Étude", Limited: true, Capacity: 12}}}},
		{&t.lunch, nil, portal.Activity{Name: "REPAS VACANCES", Short: "Repas", Spoken: "le repas du centre", Kind: portal.Canteen,
			Starts: portal.Clock(12, 0), Ends: portal.Clock(13, 30), Opening: vacation, Book: week, Cancel: week, Windows: windows}},
		{&t.holidays, &t.lunch, portal.Activity{Name: "ALSH VACANCES", Short: "Vacances", Spoken: "le centre de loisirs des vacances", Kind: portal.HolidayCamp,
			Starts: portal.Clock(7, 30), Ends: portal.Clock(18, 30), Opening: vacation, Book: week, Cancel: week, Windows: windows,
			AsksArrival: true, AsksDeparture: true, HourStep: 30, Waitlist: true, WaitMode: portal.WaitOffer, OfferHours: 24,
			Counters: []portal.Counter{{Name: "Centre de loisirs, vacances", Limited: true, Capacity: 16}}}},
	} {
		a.StructureID = t.structure
		if a.needs != nil {
			a.Links = []portal.Link{{Other: *a.needs, Kind: portal.Requires}}
		}
		id, err := t.store.SaveActivity(ctx, a.Activity)
		if err != nil {
			return err
		}
		*a.into = id
	}
	return nil
}

// largeFamily is a household of five, in the nursery school that opened this autumn.
func largeFamily() portal.Roll {
	address := portal.RollAddress{Street: "3 chemin du Moulin", PostCode: "09140", Town: "CARTEVILLE"}
	roll := portal.Roll{
		Guardians: []portal.RollGuardian{{Lines: []int{2}, Civility: "Mme", LastName: "BENALI", FirstName: "Samira", RollAddress: address, Emails: []string{"samira.benali@exemple.fr"}}},
		Families:  []portal.RollFamily{{Name: "BENALI", Guardians: []int{0}, RollAddress: address}},
	}
	for i, c := range []struct {
		first, grade, class, ine string
		birth                    portal.Date
	}{
		{"Yanis", "CM2", "CM1-CM2 Mme ROY", "900000001AA", portal.NewDate(2016, 2, 3)}, {"Lina", "CE2", "CE2 M. FAUR", "900000002AA", portal.NewDate(2018, 5, 17)},
		{"Sofia", "CP", "CP Mme LABAT", "900000003AA", portal.NewDate(2020, 1, 9)}, {"Adam", "GS", "MS-GS Mme PONS", "900000004AA", portal.NewDate(2021, 7, 30)},
		{"Inès", "PS", "PS Mme VIDAL", "900000005AA", portal.NewDate(2023, 3, 12)},
	} {
		roll.Pupils = append(roll.Pupils, portal.RollPupil{Line: i + 2, LastName: "BENALI", FirstName: c.first, Birth: c.birth, INE: c.ine, Grade: c.grade, Class: c.class, RollAddress: address})
		roll.Guardians[0].Pupils = append(roll.Guardians[0].Pupils, i)
		roll.Families[0].Pupils = append(roll.Families[0].Pupils, i)
	}
	return roll
}

// accounts makes everybody ready but Jean-Paul DUPONT, whose letter is on its way.
func (t *town) accounts(ctx context.Context) error {
	for _, staff := range []struct {
		role portal.Role
		who  portal.Identity
	}{
		{portal.Administrator, portal.Identity{Civility: "Mme", LastName: "ROUCH", FirstName: "Mireille", Emails: []string{"mireille.rouch@carteville.exemple"}}},
		{portal.Manager, portal.Identity{Civility: "M.", LastName: "PUJOL", FirstName: "Étienne", Emails: []string{"etienne.pujol@carteville.exemple"}}},
		{portal.Agent, portal.Identity{Civility: "Mme", LastName: "SERRES", FirstName: "Nadia"}},
	} {
		letter, err := t.store.CreateStaff(ctx, t.structure, staff.who, staff.role)
		if err != nil {
			return err
		}
		if staff.role == portal.Manager {
			t.manager = letter.Person.ID
		}
		t.logins = append(t.logins, Login{string(staff.role), letter.Login, Password, staff.who.LastName, staff.who.FirstName})
	}
	// After everybody else: the identifiants of the others stay what they were.
	if _, err := t.store.ImportRoll(ctx, t.structure, t.manager, "École Marie-Curie", largeFamily(), "", false); err != nil {
		return err
	}
	all, err := t.store.DemoAccounts(ctx, t.structure)
	if err != nil {
		return err
	}
	var ready []portal.AccountID
	for _, a := range all {
		if a.LastName == "DUPONT" && a.FirstName == "Jean-Paul" {
			t.newcomer = a
			continue
		}
		ready = append(ready, a.ID)
		if a.LastName == "BENALI" {
			t.large = a
		} else if !a.Staff {
			t.families = append(t.families, a)
		}
		if !a.Staff {
			t.logins = append(t.logins, Login{"parent", a.Login, Password, a.LastName, a.FirstName})
		}
	}
	return t.store.DemoReady(ctx, ready, Password)
}

// letter gives the newcomer his temporary password; he comes first in the list of logins.
func (t *town) letter(ctx context.Context) error {
	letters, err := t.store.IssueLetters(ctx, t.structure, t.manager, []portal.AccountID{t.newcomer.ID}, db.AnyLetter)
	if err != nil {
		return err
	}
	t.logins = append([]Login{{"parent", letters[0].Login, letters[0].Password, t.newcomer.LastName, t.newcomer.FirstName}}, t.logins...)
	return nil
}

// live lets the families book, evening after evening, and the nights transmit, up to now.
func (t *town) live(ctx context.Context, now time.Time) error {
	booked := map[portal.ChildID]bool{}
	last := portal.DateOf(now)
	for day := portal.DateOf(t.clock.Now()); day <= last; day++ {
		// Each family validates once, on an evening of its own within the first three weeks.
		for i, a := range t.families {
			if portal.Date(i%20) != day-(last-28) {
				continue
			}
			at := day.At(portal.Clock(18+i%4, i*7%60))
			if !at.Before(now) {
				continue
			}
			t.clock.Set(at)
			if err := t.book(ctx, a, day, booked); err != nil {
				return err
			}
		}
		if err := t.absences(ctx, day, last-1); err != nil {
			return err
		}
		if err := t.waitlists(ctx, last-1, day); err != nil {
			return err
		}
		if err := t.trip(ctx, last-1, day); err != nil {
			return err
		}
		if next := (day + 1).At(portal.Clock(1, 16)); next.Before(now) {
			t.clock.Set(next)
		} else {
			t.clock.Set(now)
		}
		if err := t.nights(ctx); err != nil {
			return err
		}
	}
	return nil
}

// nights transmits what is due; the reports of these nights left long ago and are not kept.
func (t *town) nights(ctx context.Context) error {
	due, err := t.store.DueNights(ctx, t.structure)
	if err != nil {
		return err
	}
	for _, d := range due {
		n, err := t.store.Transmit(ctx, t.structure, d)
		if err != nil {
			return err
		}
		if err := t.store.QueueReports(ctx, n.ID, nil); err != nil {
			return err
		}
	}
	return nil
}

// book draws a family's habits and validates its days until the Christmas holidays.
func (t *town) book(ctx context.Context, a db.DemoAccount, today portal.Date, booked map[portal.ChildID]bool) error {
	children, err := t.store.Children(ctx, a.ID)
	if err != nil {
		return err
	}
	var wants []db.Want
	for _, c := range children {
		if booked[c.ID] {
			continue
		}
		booked[c.ID] = true
		dupont := c.LastName == "DUPONT" && (c.FirstName == "Amalia" || c.FirstName == "Paolo")
		canteen, morning, evening, wednesday := t.habit(75), t.habit(25), t.habit(30), t.chance.IntN(100) < 11
		if dupont { // so that there is something to cancel, and Mondays and Fridays to book
			canteen, morning, evening, wednesday = habit(portal.Tuesday, portal.Thursday), habit(portal.Tuesday), nil, false
		}
		for day := today + 1; day <= portal.NewDate(2026, 12, 18); day++ {
			for _, w := range []struct {
				activity portal.ActivityID
				wanted   bool
			}{{t.canteen, canteen[day.Weekday()]}, {t.morning, morning[day.Weekday()]}, {t.evening, evening[day.Weekday()]},
				{t.wednesday, wednesday && day.Weekday() == portal.Wednesday && t.chance.IntN(100) < fondness(day)}} {
				if w.wanted {
					wants = append(wants, db.Want{Child: c.ID, Activity: w.activity, Day: day, Present: true})
				}
			}
		}
	}
	if len(wants) == 0 {
		return nil
	}
	left, err := t.store.AskMany(ctx, a.ID, wants) // closed and late days are left out: the family clicks what it can
	if err != nil || len(left) == len(wants) {
		return err
	}
	_, err = t.store.Confirm(ctx, a.ID, fmt.Sprintf("demo-%d-%s", a.ID, today), db.AnyVersion)
	return err
}

// fondness is how many families in a hundred keep their Wednesday: one week is full and the next has places left.
func fondness(day portal.Date) int {
	if _, week := day.ISOWeek(); week%2 == 0 {
		return 55
	}
	return 90
}

// habit draws the weekdays of a child: present with a probability in percent, then on most days.
func (t *town) habit(percent int) map[portal.Weekday]bool {
	if t.chance.IntN(100) >= percent {
		return nil
	}
	days := map[portal.Weekday]bool{}
	for _, w := range []portal.Weekday{portal.Monday, portal.Tuesday, portal.Thursday, portal.Friday} {
		days[w] = t.chance.IntN(100) < 80
	}
	return days
}

func habit(days ...portal.Weekday) map[portal.Weekday]bool {
	set := map[portal.Weekday]bool{}
	for _, d := range days {
		set[d] = true
	}
	return set
}

// Open gives a demonstration ready to be looked at: built when the database is new, found as it was left otherwise.
func Open(ctx context.Context, store *db.Store, clock *Clock) ([]Login, error) {
	offset, known, err := store.DemoClock(ctx)
	if err != nil {
		return nil, err
	}
	if known {
		clock.setOffset(offset)
		text, err := store.DemoLogins(ctx)
		if err != nil {
			return nil, err
		}
		var list []Login
		return list, json.Unmarshal([]byte(text), &list)
	}
	list, err := Build(ctx, store, clock)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	if err := store.KeepDemoLogins(ctx, string(text)); err != nil {
		return nil, err
	}
	return list, store.SetDemoClock(ctx, clock.offsetNow(), 0)
}

// Tomorrow moves the demonstration to eight o'clock on the next morning and does what night and morning would have done.
func Tomorrow(ctx context.Context, store *db.Store, clock *Clock, tick func(context.Context) error) error {
	now := clock.Now()
	next := (portal.DateOf(now) + 1).At(portal.Clock(8, 0))
	clock.Set(next)
	if err := store.SetDemoClock(ctx, clock.offsetNow(), next.Sub(now)); err != nil {
		return err
	}
	return tick(ctx)
}

func (c *Clock) offsetNow() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.offset
}

func (c *Clock) setOffset(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset = d
}
