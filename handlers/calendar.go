package handlers

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// bookings sends the family to the calendar of its first child.
func (r *request) bookings() error {
	children, err := r.site.store.Children(r.ctx(), r.account())
	if err != nil {
		return err
	}
	if len(children) == 0 {
		return r.render(views.NoChild{Frame: r.frame("Réserver", "/reservations"), Nobody: r.nobody()})
	}
	return r.Redirect(fmt.Sprintf("/reservations/%d", children[0].ID), fiber.StatusSeeOther)
}

// nobody says what to do when no child is attached to the account.
func (r *request) nobody() string {
	text := "Aucun enfant n’est rattaché à votre compte."
	if st := r.site.firstStructure(r.ctx()); st != nil && st.Phone != "" {
		return text + " Appelez la mairie au " + st.Phone + "."
	}
	return text + " Appelez la mairie."
}

// where is which calendar an address shows: a child or all of them (zero), an activity or all of them (zero).
type where struct {
	child    portal.ChildID
	activity portal.ActivityID
}

// everybody is how an address names all the children of the account.
const everybody = "tous"

func (r *request) where() (w where, err error) {
	if child := r.Params("child"); child != everybody {
		if w.child, err = number[portal.ChildID](child); err != nil {
			return w, err
		}
	}
	if activity := r.Params("activity"); activity != "" {
		w.activity, err = number[portal.ActivityID](activity)
	}
	return w, err
}

func (w where) path() string { return views.CalendarPath(w.child, w.activity) }

func (w where) url(month portal.Month) string { return views.CalendarURL(w.child, w.activity, month) }

// calendar shows a month, or one of its days.
func (r *request) calendar() error {
	w, err := r.where()
	if err != nil {
		return err
	}
	if w == (where{}) {
		return r.firstForEverybody()
	}
	if day := r.Query("jour"); day != "" {
		return r.day(w, day)
	}
	page, err := r.calendarPage(w, r.Query("mois"))
	if err != nil {
		return err
	}
	return r.render(page)
}

// firstForEverybody leads to the first activity of all the children.
func (r *request) firstForEverybody() error {
	children, err := r.site.store.Children(r.ctx(), r.account())
	if err != nil || len(children) == 0 {
		return cmp.Or(err, error(portal.NotFound("Aucun enfant n’est rattaché à votre compte.")))
	}
	offered, err := r.site.store.Offered(r.ctx(), r.account())
	if err != nil {
		return err
	}
	for _, c := range children {
		if len(offered[c.ID]) > 0 {
			return r.Redirect(views.CalendarPath(0, offered[c.ID][0].ID), fiber.StatusSeeOther)
		}
	}
	return portal.NotFound("Aucune activité n’est ouverte pour le moment. Appelez la mairie.")
}

func (r *request) calendarPage(w where, asked string) (page *views.Calendar, err error) {
	var month portal.Month // none asked: the first that has a day to change
	if asked != "" {
		if month, err = portal.ParseMonth(asked); err != nil {
			return nil, err
		}
	}
	var draft db.Draft
	if w.child != 0 && w.activity != 0 {
		c, err := r.site.store.Calendar(r.ctx(), r.account(), w.child, w.activity, month)
		if err != nil {
			return nil, err
		}
		page, draft = r.drawCalendar(c), c.Draft
	} else {
		v, err := r.several(w, month)
		if err != nil {
			return nil, err
		}
		page, draft = r.drawSeveral(w, v), v.Draft
	}
	page.Notice = views.DroppedWords(r.QueryInt("abandonnees"))
	if done := r.QueryInt("fait", -1); done == draft.Version {
		page.Notice = draft.Said
	}
	if back := r.QueryInt("reprises", -1); back >= 0 {
		page.Notice = views.UndoneWords(back)
	}
	if page.Notice != "" {
		page.Undo = views.NewUndo(draft.Undo(r.now), r.Query("fait") == "", r.session.CSRF)
	}
	return page, nil
}

// several reads a month of all the activities of a child, or of all the children for an activity.
func (r *request) several(w where, month portal.Month) (*db.Several, error) {
	if w.child == 0 {
		return r.site.store.AllChildren(r.ctx(), r.account(), w.activity, month)
	}
	return r.site.store.AllActivities(r.ctx(), r.account(), w.child, month)
}

// drawCalendar makes the page of a month of one child and one activity.
func (r *request) drawCalendar(c *db.Calendar) *views.Calendar {
	w := where{c.Child.ID, c.Activity.ID}
	page := r.monthPage(w, c.Month, fmt.Sprintf("Réserver %s %s", c.Activity.Spoken, portal.Of(c.Child.FirstName)), c.Children, c.Setup, c.Offered, c.Draft)
	page.CopyURL = copyURL(w, c.Month)
	page.SetRules(c.Setup, c.Activity, c.Month, slices.ContainsFunc(c.Slots, func(s portal.Slot) bool { return s.Outside }), c.Now)
	page.Hours = views.NewHoursForm("horaires", "mois", "", c.Activity, usualHours(c.Activity, c.Slots))
	page.SetMonth(c.Setup, c.Activity, c.Slots, c.Now, c.Draft.Version)
	return page
}

// usualHours gives the hours that the family gave last in a month, or those of the activity.
func usualHours(a *portal.Activity, slots []portal.Slot) portal.Hours {
	for i := range slots {
		if h := slots[len(slots)-1-i].ExpectedHours(); !h.IsZero() {
			return h
		}
	}
	return a.DefaultHours()
}

// drawSeveral makes the page of a month of all the activities of a child, or of all the children for an activity.
func (r *request) drawSeveral(w where, v *db.Several) *views.Calendar {
	month := v.First.Month()
	heading := "Réserver pour " + v.Shown[0].FirstName
	if w.child == 0 {
		heading = "Réserver " + v.Activities[0].Spoken + " pour tous vos enfants"
	}
	page := r.monthPage(w, month, heading, v.Children, v.Setup, v.Offered, v.Draft)
	page.Guide = "Touchez un jour pour choisir ses activités."
	if w.child == 0 {
		a := v.Activities[0]
		page.Guide = "Touchez un jour : il change pour tous vos enfants à la fois. « Détail » ouvre le jour enfant par enfant, comme les jours pleins."
		outside := false
		for d := v.First; d <= v.Last; d++ {
			outside = outside || v.Slot(0, 0, d).Outside
		}
		page.SetRules(v.Setup, a, month, outside, v.Now)
		page.Hours = views.NewHoursForm("horaires", "mois", "", a, a.DefaultHours())
		page.Together, page.TogetherOn = views.TogetherWords(len(v.Shown), a.Limited()), togetherOn(v)
	}
	page.SetCards(v.Setup, month, func(d portal.Date) []views.Labelled { return labelled(w, v, d) }, w.child == 0, v.Now, v.Draft.Version)
	return page
}

// labelled names the slots of a day: by activity for one child, by child for one activity.
func labelled(w where, v *db.Several, day portal.Date) []views.Labelled {
	var list []views.Labelled
	for c, child := range v.Shown {
		for a, activity := range v.Activities {
			word := activity.Short
			if w.child == 0 {
				word = child.FirstName
			}
			list = append(list, views.Labelled{Word: word, Slot: v.Slot(c, a, day)})
		}
	}
	return list
}

func togetherOn(v *db.Several) bool {
	for _, w := range v.Draft.Wishes {
		if w.Activity == v.Activities[0].ID && w.Together {
			return true
		}
	}
	return false
}

// monthPage is what the calendars have in common.
func (r *request) monthPage(w where, month portal.Month, heading string, children []portal.Child, setup *portal.Setup, offered []*portal.Activity, draft db.Draft) *views.Calendar {
	page := &views.Calendar{
		Frame: r.frame(fmt.Sprintf("%s, %s", heading, month.Word()), "/reservations"), Heading: heading,
		Action: w.path(),
		Prev:   views.MonthLink{URL: w.url(month.Add(-1)), Label: "Mois précédent : " + month.Add(-1).Word()},
		Next:   views.MonthLink{URL: w.url(month.Add(1)), Label: "Mois suivant : " + month.Add(1).Word()},
	}
	page.Adds, page.Removes = 0, 0 // the basket says it here
	if slices.ContainsFunc(children, func(c portal.Child) bool { return c.ID == w.child && c.Shared }) {
		page.Exchange = views.NewExchangePath(w.child, "")
	}
	page.Children = childChips(children, w.child, func(id portal.ChildID) string { return views.CalendarURL(id, w.activity, month) })
	if len(children) > 1 {
		activity := w.activity
		if activity == 0 && len(offered) > 0 {
			activity = offered[0].ID
		}
		page.Children = append([]views.Chip{{URL: views.CalendarURL(0, activity, month), Icon: "personnes", Label: "Tous mes enfants", Current: w.child == 0}}, page.Children...)
	}
	one := w.child
	if one == 0 {
		one = children[0].ID
	}
	page.Activities = append(page.Activities, views.Chip{URL: views.CalendarURL(one, 0, month), Icon: "toutes", Label: "Toutes", Current: w.activity == 0})
	for _, a := range offered {
		page.Activities = append(page.Activities, views.ActivityChip(a, views.CalendarURL(w.child, a.ID, month), a.ID == w.activity))
	}
	page.Basket = r.basket(draft, children, setup)
	return page
}

// number reads an id of an address; whatever is no number is simply not found.
func number[T ~int64](s string) (T, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 {
		return 0, portal.NotFound("Cette page n’existe pas.")
	}
	return T(n), nil
}

func childChips(children []portal.Child, current portal.ChildID, url func(portal.ChildID) string) []views.Chip {
	var chips []views.Chip
	for _, c := range children {
		chips = append(chips, views.Chip{URL: url(c.ID), Initial: string([]rune(c.FirstName)[:1]), Label: c.FirstName, Small: c.Grade, Current: c.ID == current})
	}
	return chips
}

// basket draws what is not validated; every activity of the draft belongs to one of the children's structures.
func (r *request) basket(d db.Draft, children []portal.Child, setup *portal.Setup) views.Basket {
	b := views.Basket{Version: d.Version, CSRF: r.session.CSRF, Said: d.Said, Undo: d.Undo(r.now)}
	b.Adds, b.Removes = d.Counts()
	names := map[portal.ChildID]portal.Child{}
	for _, c := range children {
		names[c.ID] = c
	}
	for _, w := range d.Wishes {
		a := setup.Activity(w.Activity)
		if c, known := names[w.Child]; known && c.StructureID != setup.Structure.ID {
			if other, err := r.site.store.Setup(r.ctx(), c.StructureID); err == nil {
				a = other.Activity(w.Activity)
			}
		}
		if a != nil {
			b.Lines = append(b.Lines, views.NewBasketLine(w, names[w.Child].FirstName, a))
		}
	}
	return b
}

// askDay writes a click into the draft. Field jour, « 2026-11-30:1 » for present, « :0 » for not, is the calendar's own
// day; ensemble is a quick tool; ligne and horaires come from the page of a day.
func (r *request) askDay() error {
	w, err := r.where()
	if err != nil {
		return err
	}
	switch {
	case r.FormValue("ensemble") != "":
		return r.sweep(w, r.FormValue("ensemble"))
	case r.FormValue("date") != "":
		return r.askInDay(w)
	case w.activity == 0:
		return portal.Invalid("Choisissez d’abord un jour, puis ses activités.")
	}
	day, present, err := dayAndWish(r.FormValue("jour"))
	if err != nil {
		return err
	}
	hours, err := r.hoursAsked()
	if err != nil {
		return err
	}
	if w.child == 0 {
		return r.askEverybody(w, day, present, hours)
	}
	got, err := r.site.store.Ask(r.ctx(), r.account(), db.Want{Child: w.child, Activity: w.activity, Day: day, Present: present, Hours: hours})
	refused := portal.AsError(err)
	if err != nil && got == nil {
		return err
	}
	if r.isHTMX() && refused == nil && got.Activity.WholeWeek {
		return r.answerWeek(w, got, present)
	}
	if r.isHTMX() {
		return r.answerClick(got, present, refused)
	}
	if refused != nil {
		return r.refusedPage(w, day, refused)
	}
	back := w.url(day.Month()) + "#j-" + day.String()
	if r.FormValue("depuis") == "recapitulatif" {
		back = "/recapitulatif?retiree=1"
		if len(got.Along) > 0 {
			back = "/recapitulatif?retiree=ensemble"
		}
		if next := r.FormValue("suivante"); lineID.MatchString(next) {
			back += "#" + next
		}
	}
	return r.redirect303(back)
}

// hoursAsked reads the fields arrivee and depart; an activity that asks none ignores them.
func (r *request) hoursAsked() (h portal.Hours, err error) {
	for name, into := range map[string]*portal.TimeOfDay{"arrivee": &h.Arrival, "depart": &h.Departure} {
		if text := r.FormValue(name); text != "" {
			if *into, err = portal.ParseTimeOfDay(text); err != nil {
				return h, err
			}
		}
	}
	return h, nil
}

// lineID is how the recap names its lines.
var lineID = regexp.MustCompile(`^(contenu|l-[0-9]+-[0-9]+-[0-9-]+)$`)

// answerClick gives the true cell, the basket and the sentence said aloud.
func (r *request) answerClick(got *db.Day, present bool, refused *portal.Error) error {
	cell := views.NewDayCell(&got.Slot, got.Now, got.Draft.Version)
	answer := views.Answer{Basket: r.basket(got.Draft, got.Children, got.Setup)}
	if r.FormValue("depuis") == "panier" {
		answer.Partial = true
		w := where{got.Child.ID, got.Activity.ID}
		if strings.HasPrefix(r.cameFrom(), w.url(got.Slot.Day.Month())) || r.cameFrom() == w.path() {
			answer.Cell = &cell
		} else if refused == nil && r.cameFrom() != "" { // another calendar is shown: it is drawn again as it is now
			return r.redirect303(r.cameFrom())
		}
	} else {
		answer.Cell = &cell
	}
	if refused != nil {
		answer.Refusal = refused.Message
		r.Status(int(refused.Kind))
	} else {
		answer.Said = views.ClickSaid(&got.Slot, present, got.Along, got.Now, answer.Basket)
		answer.Warning = views.ClickWarning(&got.Slot, present, got.Along, got.Now)
	}
	return r.render(answer)
}

// answerWeek gives the month as it is now: where weeks are booked as a whole a click changes several days.
func (r *request) answerWeek(w where, got *db.Day, present bool) error {
	if r.FormValue("depuis") == "panier" {
		return r.redirect303(cmp.Or(r.cameFrom(), w.url(got.Slot.Day.Month())))
	}
	page, err := r.calendarPage(w, got.Slot.Day.Month().String())
	if err != nil {
		return err
	}
	r.Set("HX-Retarget", "#mois")
	r.Set("HX-Reswap", "outerMorph")
	return r.render(views.SweepAnswer{Calendar: *page, Said: views.WeekSaid(&got.Slot, present, page.Basket)})
}

// refusedPage shows the calendar as it truly is, with the reason, to a browser without JavaScript.
func (r *request) refusedPage(w where, day portal.Date, refused *portal.Error) error {
	page, err := r.calendarPage(w, day.Month().String())
	if err != nil {
		return err
	}
	page.Refusal = refused.Message
	r.Status(int(refused.Kind))
	return r.render(page)
}

func dayAndWish(s string) (portal.Date, bool, error) {
	text, wish, _ := strings.Cut(s, ":")
	day, err := portal.ParseDate(text)
	if err != nil || wish != "0" && wish != "1" {
		return 0, false, portal.Invalid("Ce jour n’est pas compris. Rouvrez le calendrier, puis touchez le jour de nouveau.")
	}
	return day, wish == "1", nil
}
