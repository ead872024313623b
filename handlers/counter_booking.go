package handlers

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// deskForm is the form of the counter, as it was sent or as the base has it.
type deskForm struct {
	child    portal.ChildID
	all      bool              // the children together, for one activity
	activity portal.ActivityID // zero: all of them
	month    portal.Month
	class    portal.ClassID // whose paper forms are typed one after the other
	account  portal.AccountID
	ticked   map[string]bool                    // boxes that are ticked
	seen     map[string]bool                    // those that were when the page was shown
	forced   map[string]bool                    // days whose limit is passed
	hours    map[portal.ActivityID]portal.Hours // of the days that are added
	saved    map[string]portal.Hours            // those of days that were booked, as they were shown
	changed  map[string]portal.Hours            // and as they are to be
	reason   string
}

// everyChild is the child of an address that means all of the family.
const everyChild = "tous"

func (r *request) deskAddress() (f deskForm, err error) {
	value := r.Query
	if r.Method() == fiber.MethodPost {
		value = r.FormValue
	}
	if s := value("enfant"); s == everyChild {
		f.all = true
	} else if s != "" {
		if f.child, err = number[portal.ChildID](s); err != nil {
			return f, err
		}
	}
	if s := value("activite"); s != "" {
		if f.activity, err = number[portal.ActivityID](s); err != nil {
			return f, err
		}
	}
	if s := value("classe"); s != "" {
		if f.class, err = number[portal.ClassID](s); err != nil {
			return f, err
		}
	}
	if s := value("mois"); s != "" {
		f.month, err = portal.ParseMonth(s)
	}
	return f, err
}

// address gives where the counter shows what the form is about.
func (f *deskForm) address(family portal.FamilyID) string {
	query := url.Values{"enfant": {fmt.Sprint(f.child)}, "mois": {f.month.String()}}
	if f.all {
		query.Set("enfant", everyChild)
	}
	if f.activity != 0 {
		query.Set("activite", fmt.Sprint(f.activity))
	}
	if f.class != 0 {
		query.Set("classe", fmt.Sprint(f.class))
	}
	return views.DeskPath(family) + "?" + query.Encode()
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
	if m, err = r.site.store.DeskMonth(r.ctx(), r.structure(), family, db.DeskView{Child: f.child, All: f.all, Activity: f.activity, Month: f.month}); err != nil {
		return family, f, nil, err
	}
	f.month = m.First.Month()
	switch {
	case f.all && len(m.Activities) > 0:
		f.activity = m.Activities[0].ID
	case !f.all && len(m.Shown) > 0:
		f.child = m.Shown[0].ID
	}
	return family, f, m, nil
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
	list := func(name string) (values []string) {
		for _, v := range r.Request().PostArgs().PeekMulti(name) {
			values = append(values, string(v))
		}
		return values
	}
	boxes := func(name string) map[string]bool {
		set := map[string]bool{}
		for _, v := range list(name) {
			set[v] = true
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
		if a := &setup.Activities[i]; a.AsksHours() {
			if f.hours[a.ID], err = r.hoursTyped(fmt.Sprint(a.ID), a.DefaultHours()); err != nil {
				return err
			}
		}
	}
	f.saved, f.changed = map[string]portal.Hours{}, map[string]portal.Hours{}
	for _, v := range list("horaires-vus") {
		key, text, _ := strings.Cut(v, "=")
		from, to, _ := strings.Cut(text, "/")
		var h portal.Hours
		for text, into := range map[string]*portal.TimeOfDay{from: &h.Arrival, to: &h.Departure} {
			if *into, err = portal.ParseTimeOfDay(text); err != nil {
				return err
			}
		}
		typed, err := r.hoursTyped(key, h)
		if err != nil {
			return err
		}
		if f.saved[key] = h; typed != h { // what was not touched stays what it has become meanwhile
			f.changed[key] = typed
		}
	}
	return nil
}

// hoursTyped reads the hours that were chosen for something, or those that stand.
func (r *request) hoursTyped(of string, h portal.Hours) (portal.Hours, error) {
	for name, into := range map[string]*portal.TimeOfDay{"arrivee": &h.Arrival, "depart": &h.Departure} {
		if text := r.FormValue(name + "-" + of); text != "" {
			var err error
			if *into, err = portal.ParseTimeOfDay(text); err != nil {
				return h, err
			}
		}
	}
	return h, nil
}

// ask says what the form asks for: what is ticked and was not, what was and is no more, and hours that are others by now.
func (f *deskForm) ask(family portal.FamilyID, key string) (portal.DeskAsk, error) {
	ask := portal.DeskAsk{Family: family, For: f.account, Key: key, Reason: f.reason}
	add := func(keys, but map[string]bool, wish portal.Wish) error {
		for _, k := range slices.Sorted(maps.Keys(keys)) {
			if but[k] {
				continue
			}
			line, err := deskLine(k)
			if err != nil {
				return err
			}
			w := portal.DeskWish{WishLine: line, Waive: f.forced[k]}
			if w.Wish = wish; wish == portal.WishAdd {
				w.Hours = f.hours[line.Activity]
			}
			ask.Wishes = append(ask.Wishes, w)
		}
		return nil
	}
	if err := add(f.ticked, f.seen, portal.WishAdd); err != nil {
		return ask, err
	}
	if err := add(f.seen, f.ticked, portal.WishRemove); err != nil {
		return ask, err
	}
	for _, k := range slices.Sorted(maps.Keys(f.changed)) {
		if f.changed[k] == f.saved[k] || !f.ticked[k] { // a day that is given up keeps no hours
			continue
		}
		line, err := deskLine(k)
		if err != nil {
			return ask, err
		}
		line.Wish, line.Hours = portal.WishChange, f.changed[k]
		ask.Wishes = append(ask.Wishes, portal.DeskWish{WishLine: line, Waive: f.forced[k]})
	}
	return ask, nil
}

// deskLine reads the name of a box.
func deskLine(key string) (line portal.WishLine, err error) {
	parts := strings.Split(key, ":")
	if len(parts) != 3 {
		return line, portal.Invalid("Ce jour n’existe pas. Rouvrez le calendrier de la famille, puis recommencez.")
	}
	if line.Child, err = number[portal.ChildID](parts[0]); err != nil {
		return line, err
	}
	if line.Activity, err = number[portal.ActivityID](parts[1]); err != nil {
		return line, err
	}
	line.Day, err = portal.ParseDate(parts[2])
	return line, err
}

// typeAtCounter tells what the boxes will do, or does it; or ticks the boxes of a weekday, and saves nothing.
func (r *request) typeAtCounter() error {
	family, f, m, err := r.deskMonth()
	if err != nil {
		return err
	}
	if err := r.deskFields(&f, m.Setup); err != nil {
		return err
	}
	if weekday := r.FormValue("cocher"); weekday != "" {
		return r.tickWeekday(m, &f, weekday)
	}
	ask, err := f.ask(family, r.FormValue("cle"))
	if err != nil {
		return err
	}
	if r.FormValue("faire") == "verifier" {
		return r.showDeskTrial(m, &f, ask, nil)
	}
	follow := r.FormValue("faire") == "suivant" && f.class != 0
	if follow && len(ask.Wishes) == 0 { // an empty paper form
		return r.nextOfClass(&f, "")
	}
	receipt, err := r.site.store.BookAtDesk(r.ctx(), r.structure(), r.account(), ask)
	if refusal := portal.AsError(err); refusal != nil && (len(refusal.Fields) > 0 || refusal.Kind == portal.KindConflict) {
		return r.showDeskTrial(m, &f, ask, refusal)
	}
	if err != nil {
		return err
	}
	if follow && receipt.Count().Refused == 0 {
		return r.nextOfClass(&f, receipt.Number)
	}
	return r.redirect303(f.address(family) + "&recu=" + receipt.Number)
}

// tickWeekday ticks the free days of a weekday, for what the page shows.
func (r *request) tickWeekday(m *db.DeskMonth, f *deskForm, weekday string) error {
	for c := range m.Shown {
		for a := range m.Activities {
			if f.activity != 0 && m.Activities[a].ID != f.activity {
				continue
			}
			for d := m.First; d <= m.Last; d++ {
				cell := views.NewDeskCell(m.Slot(c, a, d), "", r.now, func(string) bool { return false })
				if cell.Weekday > 0 && fmt.Sprint(cell.Weekday) == weekday {
					f.ticked[cell.Key] = true
				}
			}
		}
	}
	page, err := r.deskPage(m, f, true)
	if err != nil {
		return err
	}
	return r.render(page)
}

// nextOfClass goes on to the next paper form of the class; number is the receipt of the one before.
func (r *request) nextOfClass(f *deskForm, number string) error {
	pupils, i, err := r.roundOf(f)
	if err != nil {
		return err
	}
	if i < 0 { // what was saved is told all the same
		family, err := r.family()
		if err != nil {
			return err
		}
		alone := *f
		alone.class = 0
		address := alone.address(family)
		if number != "" {
			address += "&recu=" + number
		}
		return r.redirect303(address)
	}
	next := deskForm{month: f.month, class: f.class}
	if i+1 >= len(pupils) {
		return r.redirect303(views.PaperPath + "?" + url.Values{"classe": {fmt.Sprint(f.class)}, "mois": {f.month.String()}, "fait": {"saisie"}}.Encode())
	}
	next.child = pupils[i+1].Child.ID
	address := next.address(pupils[i+1].Family)
	if number != "" {
		address += "&avant=" + number
	}
	return r.redirect303(address)
}

// roundOf gives the children of the class whose paper forms are typed, and which of them is looked at: below zero, none of them,
// since the child has left the class meanwhile.
func (r *request) roundOf(f *deskForm) ([]db.ChildHome, int, error) {
	family, err := r.family()
	if err != nil {
		return nil, 0, err
	}
	pupils, err := r.site.store.ClassPupils(r.ctx(), r.structure(), f.class, f.month)
	if err != nil {
		return nil, 0, err
	}
	i := slices.IndexFunc(pupils, func(p db.ChildHome) bool { return p.Child.ID == f.child && p.Family == family })
	return pupils, i, nil
}

// deskRound tells where one is in the paper forms of a class.
func (r *request) deskRound(f *deskForm) (*views.DeskRound, error) {
	if f.class == 0 || f.all {
		return nil, nil
	}
	pupils, i, err := r.roundOf(f)
	if err != nil || i < 0 {
		return nil, err
	}
	at := func(i int) string {
		next := deskForm{month: f.month, class: f.class, child: pupils[i].Child.ID}
		return next.address(pupils[i].Family)
	}
	round := &views.DeskRound{Class: fmt.Sprint(f.class), Words: fmt.Sprintf("%s : feuille %d sur %d", pupils[i].Child.Class, i+1, len(pupils)),
		PaperURL: views.PaperPath + "?" + url.Values{"classe": {fmt.Sprint(f.class)}, "mois": {f.month.String()}}.Encode()}
	if pupils[i].Name != "" {
		round.Words += ", chez " + pupils[i].Name
	}
	if i > 0 {
		round.Prev, round.PrevURL = pupils[i-1].Child.FullName(), at(i-1)
	}
	if i+1 < len(pupils) {
		round.Next, round.NextURL = pupils[i+1].Child.FullName(), at(i+1)
	}
	if number := r.Query("avant"); number != "" && i > 0 {
		v, err := r.site.store.VerifyReceipt(r.ctx(), r.structure(), number)
		if err != nil {
			return nil, err
		}
		round.Before = fmt.Sprintf("%s : enregistré, reçu n° %s.", round.Prev, v.Receipt.Number)
	}
	return round, nil
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
	page.Tried, page.Waivable = r.deskOutcome(m, trial, f, false), len(trial.Waivable) > 0 || ask.Waives()
	page.Title = page.Tried.Heading + ", " + page.Family
	return r.render(page)
}

// deskOutcome tells a trial; days whose limit may be passed have their box.
func (r *request) deskOutcome(m *db.DeskMonth, trial *db.DeskTrial, f *deskForm, saved bool) *views.DeskOutcome {
	return views.NewDeskOutcome(trial.Receipt, saved, f.all, func(l portal.Movement) (pass views.DeskPass) {
		key := views.DeskLineKey(l)
		waivable := l.Outcome == portal.OutcomeRefused && slices.ContainsFunc(trial.Waivable, func(w portal.WishLine) bool { return w.Child == l.Child.ID && w.Activity == l.ActID && w.Day == l.Day })
		if !r.mayManage() || !waivable && !f.forced[key] {
			return pass
		}
		pass = views.DeskPass{Key: key, Label: "Faire quand même", Forced: f.forced[key]}
		switch a := m.Setup.Activity(l.ActID); {
		case l.Action == string(portal.WishRemove):
			pass.Label = "Annuler quand même"
		case l.Action == string(portal.WishAdd) && a != nil && r.now.After(l.Day.At(a.Ends)):
			pass.Label = "Constater la présence"
		}
		return pass
	})
}

// showSaved tells what was just saved; what could not be stays ticked, with its reason.
func (r *request) showSaved(m *db.DeskMonth, f *deskForm, number string) (*views.Counter, error) {
	v, err := r.site.store.VerifyReceipt(r.ctx(), r.structure(), number)
	if err != nil {
		return nil, err
	}
	mine := func(l portal.Movement) bool {
		return l.ByDesk() && slices.ContainsFunc(m.Shown, func(c portal.Child) bool { return c.ID == l.Child.ID })
	}
	if !slices.ContainsFunc(v.Receipt.Lines, mine) {
		return nil, portal.NotFound("Ce reçu n’est pas celui de cette famille.")
	}
	ask := portal.DeskAsk{Family: m.Family.ID, For: v.Receipt.Account}
	f.account, f.ticked, f.seen = v.Receipt.Account, deskBooked(m), deskBooked(m)
	f.hours, f.changed = nil, map[string]portal.Hours{}
	for _, l := range v.Receipt.Lines {
		if l.Outcome == portal.OutcomeRefused && mine(l) {
			key := views.DeskLineKey(l)
			if f.ticked[key] = l.Action != string(portal.WishRemove); l.Action == string(portal.WishChange) {
				f.changed[key] = l.Hours
			}
			ask.Wishes = append(ask.Wishes, portal.DeskWish{WishLine: portal.WishLine{Child: l.Child.ID, Activity: l.ActID, Day: l.Day, Wish: portal.Wish(l.Action), Hours: l.Hours}})
		}
	}
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
	page.Saved, page.Waivable = r.deskOutcome(m, trial, f, true), len(trial.Waivable) > 0
	if r.mayManage() {
		page.Saved.ReceiptURL = "/gestion/recus?numero=" + number
	}
	page.Title = page.Saved.Heading + ", " + page.Family
	return page, nil
}

// eachDay goes over the days to come that the page can show, one activity of a child after the other.
func eachDay(m *db.DeskMonth, do func(*portal.Slot)) {
	for c := range m.Shown {
		for a := range m.Activities {
			for d := max(m.First, portal.DateOf(m.Now)); d <= m.Last; d++ {
				do(m.Slot(c, a, d))
			}
		}
	}
}

// deskBooked gives the boxes of what is saved.
func deskBooked(m *db.DeskMonth) map[string]bool {
	set := map[string]bool{}
	eachDay(m, func(s *portal.Slot) {
		if s.Status != portal.NotBooked {
			set[views.DeskKey(s)] = true
		}
	})
	return set
}

// deskPage draws the form; sent says that its boxes stand as they were sent.
func (r *request) deskPage(m *db.DeskMonth, f *deskForm, sent bool) (*views.Counter, error) {
	heading, child := "Réserver au guichet", everyChild
	switch {
	case m.All:
		heading = "Réserver pour tous les enfants"
	case len(m.Shown) > 0:
		heading, child = "Réserver pour "+m.Shown[0].FirstName, fmt.Sprint(f.child)
	}
	page := &views.Counter{Family: "Famille " + m.Family.Name, FamilyURL: views.FamilyPath(m.Family.ID), Child: child, MonthKey: f.month.String(), Manager: r.mayManage(), ReasonMost: portal.DeskReasonMost}
	page.Frame = r.frame(heading+", "+page.Family, views.FamiliesPath)
	page.Heading = heading
	if r.deskNobody(page, m) {
		return page, nil
	}
	base := views.DeskPath(m.Family.ID)
	page.Action, page.PaperURL = base, base+"/papier?mois="+f.month.String()
	r.deskChips(page, m, f)
	for _, p := range m.Guardians {
		page.Guardians = append(page.Guardians, views.Choice{Value: fmt.Sprint(p.ID), Label: p.Title(), Current: p.ID == f.account})
	}
	if !sent {
		f.seen = deskBooked(m)
		f.ticked = f.seen
	}
	var err error
	if page.Round, err = r.deskRound(f); err != nil {
		return nil, err
	}
	if page.Round != nil && page.Round.Before != "" {
		page.Title = page.Round.Before + " " + page.Title
	}
	for _, h := range m.Homes {
		to := deskForm{child: h.Child.ID, month: f.month}
		page.Homes = append(page.Homes, views.Remedy{URL: to.address(h.Family), Icon: "famille", Label: "Jours " + portal.Of(h.Child.FirstName) + " chez " + h.Name})
	}
	deskHours(page, m, f)
	if err := r.drawBoxes(page, m, f); err != nil {
		return nil, err
	}
	if page.Round != nil && !sent { // the sheets of a class are typed with the keyboard
		page.Focus()
	}
	return page, nil
}

// deskNobody says why nothing can be typed for a family, and where it is put right.
func (r *request) deskNobody(page *views.Counter, m *db.DeskMonth) bool {
	switch {
	case len(m.Children) == 0:
		page.Nobody = "Cette famille n’a pas d’enfant : il n’y a rien à réserver. Ajoutez l’enfant sur la fiche de la famille."
	case len(m.Guardians) == 0:
		page.Nobody = "Aucun responsable de cette famille ne peut réserver : donnez ce droit à l’un d’eux."
	case len(m.Setup.Activities) == 0:
		page.Nobody = "La mairie n’a encore créé aucune activité : il n’y a rien à réserver."
		if r.mayManage() {
			page.Remedies = []views.Remedy{{URL: views.ActivitiesPath, Icon: "plus", Label: "Créer une activité"}}
		}
	case len(m.Offered) == 0 && len(m.Shown) == 1:
		c := m.Shown[0]
		page.Nobody = fmt.Sprintf("Aucune activité n’est ouverte à %s. Vérifiez sa classe et sa date de naissance sur sa fiche, et à qui les activités sont ouvertes.", c.FirstName)
		page.Remedies = []views.Remedy{{URL: views.ChildPath(c.ID), Icon: "utilisateur", Label: "Fiche de " + c.FirstName}}
	case len(m.Offered) == 0:
		page.Nobody = "Aucune activité n’est ouverte aux enfants de cette famille. Vérifiez leurs classes et leurs dates de naissance."
	default:
		return false
	}
	return true
}

// deskChips draws the choices of child, activity and month.
func (r *request) deskChips(page *views.Counter, m *db.DeskMonth, f *deskForm) {
	at := func(change func(*deskForm)) string {
		to := deskForm{child: f.child, all: f.all, activity: f.activity, month: f.month, class: f.class}
		change(&to)
		return to.address(m.Family.ID)
	}
	page.Prev = views.MonthLink{URL: at(func(f *deskForm) { f.month = f.month.Add(-1) }), Label: "Mois précédent : " + f.month.Add(-1).Word()}
	page.Next = views.MonthLink{URL: at(func(f *deskForm) { f.month = f.month.Add(1) }), Label: "Mois suivant : " + f.month.Add(1).Word()}
	one := func(id portal.ChildID) string {
		return at(func(f *deskForm) { f.child, f.all, f.class = id, false, 0 })
	}
	if len(m.Children) > 1 && f.class == 0 {
		page.Children = []views.Chip{{URL: at(func(f *deskForm) { f.all = true }), Icon: "famille", Label: "Tous", Current: f.all}}
	}
	current := f.child
	if f.all {
		current = 0
	}
	page.Children = append(page.Children, childChips(m.Children, current, one)...)
	if !f.all {
		page.Activities = []views.Chip{{URL: at(func(f *deskForm) { f.activity = 0 }), Icon: "toutes", Label: "Toutes", Current: f.activity == 0}}
	}
	for _, a := range m.Offered {
		page.Activities = append(page.Activities, views.ActivityChip(a, at(func(f *deskForm) { f.activity = a.ID }), a.ID == f.activity))
	}
}

// deskHours asks for the hours of the days that are added where one can be, and of those that are saved.
func deskHours(page *views.Counter, m *db.DeskMonth, f *deskForm) {
	asked := map[portal.ActivityID]bool{}
	eachDay(m, func(s *portal.Slot) {
		a := s.Activity
		if !a.AsksHours() || f.activity != 0 && f.activity != a.ID {
			return
		}
		if s.Status == portal.NotBooked {
			if s.Open && !asked[a.ID] {
				h, typed := f.hours[a.ID]
				if asked[a.ID] = true; !typed {
					h = a.DefaultHours()
				}
				page.Hours = append(page.Hours, views.NewDeskHours(a, fmt.Sprint(a.ID), a.Short+" : horaires des jours ajoutés", h))
			}
			return
		}
		key, h := views.DeskKey(s), s.Hours
		if typed, changed := f.changed[key]; changed {
			h = typed
		}
		label := a.Short + ", " + s.Day.Long()
		if m.All {
			label = m.Shown[slices.IndexFunc(m.Shown, func(c portal.Child) bool { return c.ID == s.Child })].FirstName + ", " + label
		}
		page.HoursOpen = page.HoursOpen || h != s.Hours
		page.HoursSeen = append(page.HoursSeen, views.DeskHoursKey(s))
		page.Days = append(page.Days, views.NewDeskHours(a, key, label, h))
	})
}

// drawBoxes draws the days, of one activity or of all of them. Only what the page shows can be unticked.
func (r *request) drawBoxes(page *views.Counter, m *db.DeskMonth, f *deskForm) (err error) {
	if page.Key, err = r.site.store.NewFormKey(); err != nil {
		return err
	}
	ticked := func(k string) bool { return f.ticked[k] }
	if f.activity != 0 {
		page.Chosen = fmt.Sprint(f.activity)
	}
	rank := slices.IndexFunc(m.Activities, func(a *portal.Activity) bool { return a.ID == f.activity })
	switch {
	case f.activity != 0 && rank < 0:
		return portal.NotFound("Cette activité n’existe pas, ou n’est pas ouverte à cet enfant.")
	case f.activity != 0 && !f.all:
		page.SetCalendar(m.Setup, m.Activities[rank], func(d portal.Date) *portal.Slot { return m.Slot(0, rank, d) }, f.month, m.Now, ticked)
	default:
		var columns []views.DeskColumn
		for c, child := range m.Shown {
			for i, a := range m.Activities {
				column := views.DeskColumn{Chip: views.ActivityChip(a, "", false), Of: func(d portal.Date) *portal.Slot { return m.Slot(c, i, d) }}
				if f.all {
					column.Chip, column.Who = views.Chip{Label: child.FirstName, Small: child.Grade}, child.FirstName+", "
				}
				columns = append(columns, column)
			}
		}
		page.SetBoxes(columns, f.month, m.Now, ticked)
	}
	shown := ":" + page.Chosen + ":"
	for _, k := range slices.Sorted(maps.Keys(f.seen)) {
		if f.seen[k] && (page.Chosen == "" || strings.Contains(k, shown)) {
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
	if page.Classes, err = r.classesIn(r.Query("classe"), "Choisissez une classe", func(c db.ClassChoice) bool { return !c.Over }); err != nil {
		return err
	}
	if class != 0 && !slices.ContainsFunc(page.Classes, func(c views.Choice) bool { return c.Current }) {
		return portal.NotFound("Cette classe n’existe pas.")
	}
	for _, n := range []string{"0", "1", "2", "3", "5"} { // a newcomer or two a class
		page.Blanks = append(page.Blanks, views.Choice{Value: n, Label: n, Current: n == cmp.Or(r.Query("vierges"), "1")})
	}
	if r.Query("fait") == "saisie" {
		page.Done = "C’était la dernière feuille de la classe : tout est saisi."
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
			sheet.Home = p.Name
			page.Sheets = append(page.Sheets, *sheet)
		}
	}
	if class != 0 {
		if err := r.classPaper(page, class, month); err != nil {
			return err
		}
	}
	if len(page.Sheets) == 0 {
		page.Empty = "Aucune activité n’est ouverte à ces enfants en " + month.Word() + "."
	}
	return r.render(page)
}

// classPaper adds the sheets without a name that are asked for, and where the sheets of the class are typed once they come back.
func (r *request) classPaper(page *views.Paper, class portal.ClassID, month portal.Month) error {
	pupils, err := r.site.store.ClassPupils(r.ctx(), r.structure(), class, month)
	if err != nil {
		return err
	}
	if len(pupils) > 0 {
		first := deskForm{child: pupils[0].Child.ID, month: month, class: class}
		page.Round = first.address(pupils[0].Family)
	}
	p, err := r.site.store.PaperBlank(r.ctx(), r.structure(), class, month)
	if err != nil {
		return err
	}
	sheet, err := views.NewPaperSheet(p.Setup, p.Child, p.Activities, func(a int, d portal.Date) *portal.Slot { return p.Slot(0, a, d) }, month, r.now, r.site.absolute("/"))
	if err != nil || sheet == nil {
		return err
	}
	for _, c := range page.Blanks {
		for n, _ := strconv.Atoi(c.Value); c.Current && n > 0; n-- {
			page.Sheets = append(page.Sheets, *sheet)
		}
	}
	return nil
}
