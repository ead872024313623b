package handlers

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// deskForm is the form of the counter, as it was sent or as the base has it.
type deskForm struct {
	child    portal.ChildID
	activity portal.ActivityID // zero: all of them
	month    portal.Month
	account  portal.AccountID
	ticked   map[string]bool // boxes that are ticked
	seen     map[string]bool // those that were when the page was shown
	forced   map[string]bool // days whose limit is passed
	reason   string
	hours    map[portal.ActivityID]portal.Hours
}

func (r *request) deskAddress() (f deskForm, err error) {
	value := r.Query
	if r.Method() == fiber.MethodPost {
		value = r.FormValue
	}
	if s := value("enfant"); s != "" {
		if f.child, err = number[portal.ChildID](s); err != nil {
			return f, err
		}
	}
	if s := value("activite"); s != "" {
		if f.activity, err = number[portal.ActivityID](s); err != nil {
			return f, err
		}
	}
	if s := value("mois"); s != "" {
		f.month, err = portal.ParseMonth(s)
	}
	return f, err
}

func (r *request) family() (portal.FamilyID, error) {
	return number[portal.FamilyID](r.Params("family"))
}

// deskMonth reads the family of the address and the month that is looked at.
func (r *request) deskMonth() (family portal.FamilyID, f deskForm, m *db.DeskMonth, err error) {
	if family, err = r.family(); err != nil {
		return family, f, nil, err
	}
	if f, err = r.deskAddress(); err != nil {
		return family, f, nil, err
	}
	m, err = r.site.store.DeskMonth(r.ctx(), r.structure(), family, f.child, f.month)
	return family, f, m, err
}

// counter shows a month of a child, to book for its family.
func (r *request) counter() error {
	_, f, m, err := r.deskMonth()
	if err != nil {
		return err
	}
	page, err := r.deskPage(m, &f, false)
	if err != nil {
		return err
	}
	if number := r.Query("recu"); number != "" && page.Nobody == "" {
		if page, err = r.showSaved(m, &f, number); err != nil {
			return err
		}
	}
	return r.render(page)
}

// deskFields reads the boxes of the form.
func (r *request) deskFields(f *deskForm, setup *portal.Setup) (err error) {
	boxes := func(name string) map[string]bool {
		set := map[string]bool{}
		for _, v := range r.Request().PostArgs().PeekMulti(name) {
			set[string(v)] = true
		}
		return set
	}
	f.ticked, f.seen, f.forced = boxes("jour"), boxes("vu"), boxes("forcer")
	f.reason = portal.Clip(strings.TrimSpace(r.FormValue("motif")), 2*portal.DeskReasonMost)
	if f.account, err = number[portal.AccountID](r.FormValue("compte")); err != nil {
		return err
	}
	f.hours = map[portal.ActivityID]portal.Hours{}
	for i := range setup.Activities {
		a := &setup.Activities[i]
		h := a.DefaultHours()
		for name, into := range map[string]*portal.TimeOfDay{"arrivee": &h.Arrival, "depart": &h.Departure} {
			if text := r.FormValue(fmt.Sprintf("%s-%d", name, a.ID)); text != "" && a.AsksHours() {
				if *into, err = portal.ParseTimeOfDay(text); err != nil {
					return err
				}
			}
		}
		f.hours[a.ID] = h
	}
	return nil
}

// ask says what the form asks for: what is ticked and was not, what was and is no more.
func (f *deskForm) ask(family portal.FamilyID, key string) (portal.DeskAsk, error) {
	ask := portal.DeskAsk{Family: family, For: f.account, Key: key, Reason: f.reason}
	add := func(keys map[string]bool, but map[string]bool, wish portal.Wish) error {
		for _, k := range slices.Sorted(maps.Keys(keys)) {
			if but[k] {
				continue
			}
			id, text, _ := strings.Cut(k, ":")
			activity, err := number[portal.ActivityID](id)
			if err != nil {
				return err
			}
			day, err := portal.ParseDate(text)
			if err != nil {
				return err
			}
			w := portal.DeskWish{WishLine: portal.WishLine{Child: f.child, Activity: activity, Day: day, Wish: wish}, Waive: f.forced[k]}
			if wish == portal.WishAdd {
				w.Hours = f.hours[activity]
			}
			ask.Wishes = append(ask.Wishes, w)
		}
		return nil
	}
	if err := add(f.ticked, f.seen, portal.WishAdd); err != nil {
		return ask, err
	}
	return ask, add(f.seen, f.ticked, portal.WishRemove)
}

// typeAtCounter tells what the boxes will do, or does it.
func (r *request) typeAtCounter() error {
	family, f, m, err := r.deskMonth()
	if err != nil {
		return err
	}
	if err := r.deskFields(&f, m.Setup); err != nil {
		return err
	}
	ask, err := f.ask(family, r.FormValue("cle"))
	if err != nil {
		return err
	}
	if r.FormValue("faire") == "verifier" {
		return r.showDeskTrial(m, &f, ask, nil)
	}
	receipt, err := r.site.store.BookAtDesk(r.ctx(), r.structure(), r.account(), ask)
	if refusal := portal.AsError(err); refusal != nil && (len(refusal.Fields) > 0 || refusal.Kind == portal.KindConflict) {
		return r.showDeskTrial(m, &f, ask, refusal)
	}
	if err != nil {
		return err
	}
	query := url.Values{"enfant": {fmt.Sprint(m.Child.ID)}, "mois": {m.First.Month().String()}, "recu": {receipt.Number}}
	if f.activity != 0 {
		query.Set("activite", fmt.Sprint(f.activity))
	}
	return r.redirect303(views.DeskPath(family) + "?" + query.Encode())
}

// showDeskTrial shows the form as it was sent with what it comes to, and why it was refused when it was.
func (r *request) showDeskTrial(m *db.DeskMonth, f *deskForm, ask portal.DeskAsk, refusal *portal.Error) error {
	page, err := r.deskPage(m, f, true)
	if err != nil {
		return err
	}
	page.Reason = f.reason
	if refusal != nil {
		page.Faults = views.FaultsOf(refusal)
		if len(page.Faults) == 0 {
			page.Refused = refusal.Message
		}
		r.Status(int(refusal.Kind))
	}
	if len(ask.Wishes) == 0 {
		if refusal == nil {
			page.Refused = "Rien n’a changé : cochez des jours à réserver, ou décochez des jours réservés."
			r.Status(fiber.StatusConflict)
		}
		return r.render(page)
	}
	if ask.Waives() && strings.TrimSpace(ask.Reason) == "" {
		ask.Reason = "sans motif" // only to tell what would be done; saving asks for one
	}
	trial, err := r.site.store.TryAtDesk(r.ctx(), r.structure(), r.account(), ask)
	if err != nil {
		return err
	}
	page.Tried, page.Waivable = r.deskOutcome(trial, f, false), len(trial.Waivable) > 0 || ask.Waives()
	return r.render(page)
}

// deskOutcome tells a trial; days whose limit may be passed have their box.
func (r *request) deskOutcome(trial *db.DeskTrial, f *deskForm, saved bool) *views.DeskOutcome {
	return views.NewDeskOutcome(trial.Receipt, saved, func(l portal.Movement) (string, bool) {
		key := views.DeskKey(l.ActID, l.Day)
		if !r.mayManage() {
			return "", false
		}
		if f.forced[key] {
			return key, true
		}
		waivable := slices.ContainsFunc(trial.Waivable, func(w portal.WishLine) bool { return w.Activity == l.ActID && w.Day == l.Day })
		if waivable && l.Outcome == portal.OutcomeRefused {
			return key, false
		}
		return "", false
	})
}

// showSaved tells what was just saved; what could not be stays ticked, with its reason.
func (r *request) showSaved(m *db.DeskMonth, f *deskForm, number string) (*views.Counter, error) {
	v, err := r.site.store.VerifyReceipt(r.ctx(), r.structure(), number)
	if err != nil {
		return nil, err
	}
	mine := func(l portal.Movement) bool { return l.Child.ID == m.Child.ID && l.ByDesk() }
	if !slices.ContainsFunc(v.Receipt.Lines, mine) {
		return nil, portal.NotFound("Ce reçu n’est pas celui de cette famille.")
	}
	ask := portal.DeskAsk{Family: m.Family.ID, For: v.Receipt.Account}
	f.account, f.ticked = v.Receipt.Account, deskBooked(m)
	for _, l := range v.Receipt.Lines {
		if l.Outcome == portal.OutcomeRefused && mine(l) {
			f.ticked[views.DeskKey(l.ActID, l.Day)] = l.Action == string(portal.WishAdd)
			ask.Wishes = append(ask.Wishes, portal.DeskWish{WishLine: portal.WishLine{Child: l.Child.ID, Activity: l.ActID, Day: l.Day, Wish: portal.Wish(l.Action), Hours: l.Hours}})
		}
	}
	f.seen = deskBooked(m)
	page, err := r.deskPage(m, f, true)
	if err != nil {
		return nil, err
	}
	trial := &db.DeskTrial{}
	if len(ask.Wishes) > 0 {
		if trial, err = r.site.store.TryAtDesk(r.ctx(), r.structure(), r.account(), ask); err != nil && portal.AsError(err) == nil {
			return nil, err
		}
		if err != nil {
			trial = &db.DeskTrial{}
		}
	}
	trial.Receipt = &v.Receipt
	page.Saved, page.Waivable = r.deskOutcome(trial, f, true), len(trial.Waivable) > 0
	if r.mayManage() {
		page.Saved.ReceiptURL = "/gestion/recus?numero=" + number
	}
	page.Title = page.Saved.Heading + ", " + page.Family
	return page, nil
}

// deskBooked gives the boxes of what is saved.
func deskBooked(m *db.DeskMonth) map[string]bool {
	set := map[string]bool{}
	for i, a := range m.Activities {
		for d := max(m.First, portal.DateOf(m.Now)); d <= m.Last; d++ {
			if m.Slot(0, i, d).Status != portal.NotBooked {
				set[views.DeskKey(a.ID, d)] = true
			}
		}
	}
	return set
}

// deskPage draws the form; sent says that its boxes stand as they were sent.
func (r *request) deskPage(m *db.DeskMonth, f *deskForm, sent bool) (*views.Counter, error) {
	heading := "Réserver au guichet"
	if m.Child.ID != 0 {
		heading = "Réserver pour " + m.Child.FirstName
	}
	month := m.First.Month()
	page := &views.Counter{Family: "Famille " + m.Family.Name, FamilyURL: views.FamilyPath(m.Family.ID), Child: m.Child.ID, MonthKey: month.String(), Manager: r.mayManage(), ReasonMost: portal.DeskReasonMost}
	page.Frame = r.frame(heading+", "+page.Family, views.FamiliesPath)
	page.Heading = heading
	switch {
	case len(m.Children) == 0:
		page.Nobody = "Cette famille n’a pas d’enfant : il n’y a rien à réserver."
		return page, nil
	case len(m.Guardians) == 0:
		page.Nobody = "Aucun responsable de cette famille ne peut réserver : donnez ce droit à l’un d’eux."
		return page, nil
	}
	base := views.DeskPath(m.Family.ID)
	at := func(child portal.ChildID, activity portal.ActivityID, month portal.Month) string {
		u := fmt.Sprintf("%s?enfant=%d&mois=%s", base, child, month)
		if activity != 0 {
			u += fmt.Sprintf("&activite=%d", activity)
		}
		return u
	}
	page.Action, page.PaperURL = base, base+"/papier?mois="+month.String()
	page.Prev = views.MonthLink{URL: at(m.Child.ID, f.activity, month.Add(-1)), Label: "Mois précédent : " + month.Add(-1).Word()}
	page.Next = views.MonthLink{URL: at(m.Child.ID, f.activity, month.Add(1)), Label: "Mois suivant : " + month.Add(1).Word()}
	page.Children = childChips(m.Children, m.Child.ID, func(id portal.ChildID) string { return at(id, f.activity, month) })
	page.Activities = []views.Chip{{URL: at(m.Child.ID, 0, month), Icon: "toutes", Label: "Toutes", Current: f.activity == 0}}
	for _, a := range m.Activities {
		page.Activities = append(page.Activities, views.ActivityChip(a, at(m.Child.ID, a.ID, month), a.ID == f.activity))
		if a.AsksHours() && (f.activity == 0 || f.activity == a.ID) {
			h := a.DefaultHours()
			if sent && f.hours != nil {
				h = f.hours[a.ID]
			}
			page.Hours = append(page.Hours, views.NewDeskHours(a, h))
		}
	}
	for _, p := range m.Guardians {
		page.Guardians = append(page.Guardians, views.Choice{Value: fmt.Sprint(p.ID), Label: p.Title(), Current: p.ID == f.account})
	}
	if !sent {
		f.seen = deskBooked(m)
		f.ticked = f.seen
	}
	return page, r.drawBoxes(page, m, f)
}

// drawBoxes draws the days, of one activity or of all of them. Only what the page shows can be unticked.
func (r *request) drawBoxes(page *views.Counter, m *db.DeskMonth, f *deskForm) (err error) {
	if page.Key, err = r.site.store.NewFormKey(); err != nil {
		return err
	}
	month, ticked := m.First.Month(), func(k string) bool { return f.ticked[k] }
	shown := ""
	if f.activity != 0 {
		rank := slices.IndexFunc(m.Activities, func(a *portal.Activity) bool { return a.ID == f.activity })
		if rank < 0 {
			return portal.NotFound("Cette activité n’existe pas, ou n’est pas ouverte à cet enfant.")
		}
		page.Chosen = fmt.Sprint(f.activity)
		shown = page.Chosen + ":"
		page.SetCalendar(m.Setup, m.Activities[rank], func(d portal.Date) *portal.Slot { return m.Slot(0, rank, d) }, month, m.Now, ticked)
	} else {
		page.SetBoxes(m.Activities, func(i int, d portal.Date) *portal.Slot { return m.Slot(0, i, d) }, month, m.Now, ticked)
	}
	for _, k := range slices.Sorted(maps.Keys(f.seen)) {
		if f.seen[k] && strings.HasPrefix(k, shown) {
			page.Seen = append(page.Seen, k)
		}
	}
	return nil
}

// paperMonth prints the month forms of a family.
func (r *request) paperMonth() error {
	family, err := r.family()
	if err != nil {
		return err
	}
	month, err := r.paperOf()
	if err != nil {
		return err
	}
	page := views.Paper{Heading: "Formulaires papier, " + month.Word(), Back: views.DeskPath(family) + "?mois=" + month.String(), BackLabel: "Réserver pour cette famille", Action: views.DeskPath(family) + "/papier"}
	return r.renderPaper(&page, family, 0, month)
}

// paperClass prints the month forms of a class.
func (r *request) paperClass() error {
	month, err := r.paperOf()
	if err != nil {
		return err
	}
	var class portal.ClassID
	if text := r.Query("classe"); text != "" {
		if class, err = number[portal.ClassID](text); err != nil {
			return err
		}
	}
	page := views.Paper{Heading: "Formulaires papier d’une classe", Back: views.FamiliesPath, BackLabel: "Familles", Action: views.PaperPath}
	if page.Classes, err = r.classChoices(r.Query("classe"), "Choisissez une classe"); err != nil {
		return err
	}
	if class != 0 && !slices.ContainsFunc(page.Classes, func(c views.Choice) bool { return c.Current }) {
		return portal.NotFound("Cette classe n’existe pas.")
	}
	if class == 0 {
		page.Empty = "Choisissez une classe et un mois : il y a une page par enfant, avec ce qui est déjà réservé."
	}
	return r.renderPaper(&page, 0, class, month)
}

// paperOf reads the month of a form to be printed: the next one when none is asked.
func (r *request) paperOf() (portal.Month, error) {
	if text := r.Query("mois"); text != "" {
		return portal.ParseMonth(text)
	}
	return portal.DateOf(r.now).Month().Add(1), nil
}

func (r *request) renderPaper(page *views.Paper, family portal.FamilyID, class portal.ClassID, month portal.Month) error {
	page.Frame = r.frame(page.Heading, views.FamiliesPath)
	for m := portal.DateOf(r.now).Month(); len(page.Months) < 12; m = m.Add(1) {
		page.Months = append(page.Months, views.Choice{Value: m.String(), Label: portal.Capital(m.Word()), Current: m == month})
	}
	if family == 0 && class == 0 {
		return r.render(page)
	}
	list, err := r.site.store.PaperMonths(r.ctx(), r.structure(), family, class, month)
	if err != nil {
		return err
	}
	for i := range list {
		p := &list[i]
		sheet, err := views.NewPaperSheet(p.Setup, p.Child, p.Activities, func(a int, d portal.Date) *portal.Slot { return p.Slot(0, a, d) }, month, r.now,
			r.site.absolute(views.CalendarURL(p.Child.ID, 0, month)))
		if err != nil {
			return err
		}
		if sheet != nil {
			page.Sheets = append(page.Sheets, *sheet)
		}
	}
	if len(page.Sheets) == 0 {
		page.Empty = "Aucune activité n’est ouverte à ces enfants en " + month.Word() + "."
	}
	return r.render(page)
}
