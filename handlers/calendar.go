package handlers

import (
	"fmt"
	"regexp"
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
		page := views.ChooseActivity{Frame: r.frame("Réserver", "/reservations"), Heading: "Réserver", Empty: r.nobody()}
		return r.render(page)
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

// chooseActivity lists the activities of a child.
func (r *request) chooseActivity() error {
	id, err := number[portal.ChildID](r.Params("child"))
	if err != nil {
		return err
	}
	children, err := r.site.store.Children(r.ctx(), r.account())
	if err != nil {
		return err
	}
	for _, c := range children {
		if c.ID != id {
			continue
		}
		setup, err := r.site.store.Setup(r.ctx(), c.StructureID)
		if err != nil {
			return err
		}
		page := views.ChooseActivity{Frame: r.frame("Réserver pour "+c.FirstName, "/reservations"), Heading: "Réserver pour " + c.FirstName}
		page.Children = childChips(children, c.ID, func(id portal.ChildID) string { return fmt.Sprintf("/reservations/%d", id) })
		page.SetActivities(setup, c.ID)
		return r.render(page)
	}
	return portal.NotFound("Cet enfant n’existe pas, ou n’est pas rattaché à votre compte.")
}

// calendar shows a month of one child and one activity.
func (r *request) calendar() error {
	page, err := r.calendarPage()
	if err != nil {
		return err
	}
	return r.render(page)
}

func (r *request) calendarPage() (*views.Calendar, error) {
	child, activity, err := r.childAndActivity()
	if err != nil {
		return nil, err
	}
	var month portal.Month // none asked: the first that has a day to change
	if asked := r.Query("mois"); asked != "" {
		if month, err = portal.ParseMonth(asked); err != nil {
			return nil, err
		}
	}
	c, err := r.site.store.Calendar(r.ctx(), r.account(), child, activity, month)
	if err != nil {
		return nil, err
	}
	page := r.drawCalendar(c)
	page.Notice = views.DroppedWords(r.QueryInt("abandonnees"))
	if r.Query("change") != "" {
		page.Notice = views.SweptWords(max(0, r.QueryInt("change")), r.Query("sens") == "1", dates(r.Query("complets")), dates(r.Query("tard")))
	}
	return page, nil
}

// drawCalendar makes the page of a month.
func (r *request) drawCalendar(c *db.Calendar) *views.Calendar {
	child, activity, month := c.Child.ID, c.Activity.ID, c.Month
	heading := fmt.Sprintf("Réserver %s %s", c.Activity.Spoken, portal.Of(c.Child.FirstName))
	page := &views.Calendar{
		Frame: r.frame(fmt.Sprintf("%s, %s", heading, month.Word()), "/reservations"), Heading: heading,
		Action: views.CalendarPath(child, activity),
		Prev:   views.MonthLink{URL: views.CalendarURL(child, activity, month.Add(-1)), Label: "Mois précédent : " + month.Add(-1).Word()},
		Next:   views.MonthLink{URL: views.CalendarURL(child, activity, month.Add(1)), Label: "Mois suivant : " + month.Add(1).Word()},
	}
	page.Adds, page.Removes = 0, 0 // the basket says it here
	page.Children = childChips(c.Children, child, func(id portal.ChildID) string { return views.CalendarURL(id, activity, month) })
	for _, a := range c.Setup.Activities {
		page.Activities = append(page.Activities, views.ActivityChip(&a, views.CalendarURL(child, a.ID, month), a.ID == activity))
	}
	page.SetRules(c.Activity)
	page.SetMonth(c.Setup, c.Activity, c.Slots, c.Now, c.Draft.Version)
	page.Basket = r.basket(c.Draft, c.Children, c.Setup)
	return page
}

func (r *request) childAndActivity() (child portal.ChildID, activity portal.ActivityID, err error) {
	if child, err = number[portal.ChildID](r.Params("child")); err != nil {
		return 0, 0, err
	}
	activity, err = number[portal.ActivityID](r.Params("activity"))
	return child, activity, err
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
	b := views.Basket{Version: d.Version, CSRF: r.session.CSRF}
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

// askDay writes a click into the draft: field jour, « 2026-11-30:1 » for present, « :0 » for not.
func (r *request) askDay() error {
	child, activity, err := r.childAndActivity()
	if err != nil {
		return err
	}
	if set := r.FormValue("ensemble"); set != "" {
		return r.sweep(child, activity, set)
	}
	day, present, err := dayAndWish(r.FormValue("jour"))
	if err != nil {
		return err
	}
	got, err := r.site.store.Ask(r.ctx(), r.account(), child, activity, day, present)
	refused := portal.AsError(err)
	if err != nil && got == nil {
		return err
	}
	if r.isHTMX() {
		return r.answerClick(got, present, refused)
	}
	if refused != nil {
		return r.refusedPage(child, activity, day, refused)
	}
	back := views.CalendarURL(child, activity, day.Month()) + "#j-" + day.String()
	if r.FormValue("depuis") == "recapitulatif" {
		back = "/recapitulatif?retiree=1"
		if next := r.FormValue("suivante"); lineID.MatchString(next) {
			back += "#" + next
		}
	}
	return r.redirect303(back)
}

// lineID is how the recap names its lines.
var lineID = regexp.MustCompile(`^(contenu|l-[0-9]+-[0-9]+-[0-9-]+)$`)

// answerClick gives the true cell, the basket and the sentence said aloud.
func (r *request) answerClick(got *db.Day, present bool, refused *portal.Error) error {
	cell := views.NewDayCell(&got.Slot, got.Now, got.Draft.Version)
	answer := views.Answer{Basket: r.basket(got.Draft, got.Children, got.Setup)}
	if r.FormValue("depuis") == "panier" {
		answer.Partial = true
		path := views.CalendarPath(got.Child.ID, got.Activity.ID)
		if strings.HasPrefix(r.cameFrom(), views.CalendarURL(got.Child.ID, got.Activity.ID, got.Slot.Day.Month())) || r.cameFrom() == path {
			answer.Cell = &cell
		}
	} else {
		answer.Cell = &cell
	}
	if refused != nil {
		answer.Refusal = refused.Message
		r.Status(int(refused.Kind))
	} else {
		answer.Said = views.ClickSaid(&got.Slot, present, got.Now, answer.Basket)
		answer.Warning = views.ClickWarning(&got.Slot, got.Now)
	}
	return r.render(answer)
}

// refusedPage shows the calendar as it truly is, with the reason, to a browser without JavaScript.
func (r *request) refusedPage(child portal.ChildID, activity portal.ActivityID, day portal.Date, refused *portal.Error) error {
	r.Request().URI().QueryArgs().Set("mois", day.Month().String())
	page, err := r.calendarPage()
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
