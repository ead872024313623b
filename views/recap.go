package views

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"marelle/portal"
)

var (
	_ = register(Recap{}, Receipt{})
	_ = part("family/recap#drop", RecapLine{})
	_ = part("family/receipt#line", ReceiptLine{})
)

// Recap is the page where the family reads its requests again before validating them.
type Recap struct {
	Frame
	Adds, Removes []RecapLine
	Key           string // one-time key of the form: sent twice, one receipt
	Button        string // « Valider mes 4 demandes »
	BackURL       string // the calendar of the first line
	Emails        []string
	Impossible    int    // lines that validation would refuse as things stand
	Version       int    // of the draft that is shown: nothing else is validated
	Changed       string // said when another window changed the draft meanwhile
	Dropped       string // « 3 demandes abandonnées »
	TakenBack     bool   // a line was just taken back
	Last          string // number of the last receipt, for whom comes back here after validating
	Undo          *Undo  // the last action on the draft can be taken back
}

// DroppedWords says that a draft was dropped; nothing when it was not.
func DroppedWords(n int) string {
	if n <= 0 {
		return ""
	}
	return portal.Count(n, "demande abandonnée", "demandes abandonnées") + ". Vos réservations n’ont pas changé."
}

// Template names the page.
func (Recap) Template() string { return "family/recap" }

// Empty says that there is nothing to validate.
func (r Recap) Empty() bool { return len(r.Adds)+len(r.Removes) == 0 }

// RecapLine is one request.
type RecapLine struct {
	date     portal.Date
	Day      string // « ven. 20 nov. »
	Together string // « avec Paolo, tous ou aucun »
	Child    string
	Activity string
	Hours    string
	Places   string // « 12 places », « dernière place », « Liste d’attente »
	Tight    bool   // the places deserve a warning
	Since    string // when it was booked
	Limit    string // until when it can still be changed
	Refusal  string // why it will not pass, as things stand
	Action   string
	Value    string
	Drop     string // « Retirer », « Garder »
	CSRF     string
	ID, Next string // of this line and of the one that takes its place, where the page goes back to
}

// SetRequests fills the two tables.
func (r *Recap) SetRequests(list []portal.Request, now time.Time) {
	outcomes, whys := portal.Foresee(list, now)
	for i := range list {
		slot := &list[i].Slot
		group := portal.TogetherWith(list, i)
		line := newRecapLine(&list[i], outcomes[i], now)
		line.CSRF = r.CSRF
		if why := whys[i]; why != nil {
			line.Refusal = why.Message
			r.Impossible++
		}
		if list[i].Removing() {
			if !slot.Since.IsZero() {
				line.Since = "le " + portal.DateOf(slot.Since).Long()
			}
			r.Removes = append(r.Removes, line)
			continue
		}
		if len(group) > 1 {
			all := "tous ou aucun"
			if len(group) == 2 {
				all = "les deux ou aucun"
			}
			line.Together = fmt.Sprintf("avec %s, %s", portal.List(companions(list, group, i)), all)
		}
		r.Adds = append(r.Adds, line)
	}
	sortLines(r.Adds)
	sortLines(r.Removes)
	chain(r.Adds)
	chain(r.Removes)
	n := len(list)
	r.Button = fmt.Sprintf("Valider mes %d demandes", n)
	if n == 1 {
		r.Button = "Valider ma demande"
	}
	if n > 0 {
		first := list[0]
		for _, l := range list {
			if l.Slot.Day < first.Slot.Day {
				first = l
			}
		}
		r.BackURL = CalendarURL(first.Child.ID, first.Slot.Activity.ID, first.Slot.Day.Month())
	}
}

func newRecapLine(asked *portal.Request, outcome portal.Outcome, now time.Time) RecapLine {
	slot := &asked.Slot
	line := RecapLine{
		Day: slot.Day.Short(), date: slot.Day, Child: asked.Child.FirstName, Activity: slot.Activity.Short,
		Hours: hours(slot.Activity), Limit: recapLimit(slot, now), Action: CalendarPath(asked.Child.ID, slot.Activity.ID),
		Value: slot.Day.String() + ":" + wanted(slot.Wish != portal.WishAdd),
		Drop:  "Garder", ID: fmt.Sprintf("l-%d-%d-%s", asked.Child.ID, slot.Activity.ID, slot.Day),
	}
	if h := slot.ExpectedHours().Words(); h != "" {
		line.Hours = h
	}
	switch slot.Wish {
	case portal.WishChange:
		line.Drop, line.Places = "Retirer", "Horaires changés"
		line.Hours += " (avant : " + slot.Hours.Words() + ")"
	case portal.WishAdd:
		line.Drop = "Retirer"
		line.Places, line.Tight = placesWords(slot)
		switch {
		case outcome == portal.OutcomeAsked:
			line.Places, line.Tight = "La mairie répond", true
		case outcome == portal.OutcomeWaiting && slot.Activity.WholeWeek:
			line.Places, line.Tight = "Liste d’attente pour toute la semaine", true
		case outcome == portal.OutcomeWaiting && !slot.Full(): // brothers and sisters all or none
			line.Places, line.Tight = "Liste d’attente pour tous", true
		}
	}
	return line
}

func companions(list []portal.Request, group []int, me int) []string {
	var names []string
	for _, k := range group {
		if k != me {
			names = append(names, list[k].Child.FirstName)
		}
	}
	return names
}

// sortLines puts the lines in the order of days: they are settled in another one.
func sortLines(lines []RecapLine) {
	slices.SortStableFunc(lines, func(a, b RecapLine) int { return int(a.date - b.date) })
}

// chain tells each line which one takes its place when it is gone.
func chain(lines []RecapLine) {
	for i := range lines {
		lines[i].Next = "contenu"
		if i+1 < len(lines) {
			lines[i].Next = lines[i+1].ID
		} else if i > 0 {
			lines[i].Next = lines[i-1].ID
		}
	}
}

func placesWords(s *portal.Slot) (words string, tight bool) {
	switch {
	case s.Activity.Decided:
		return "La mairie répond", true
	case !s.Limited:
		return "Libre", false
	case s.Left == 1:
		return "dernière place", true
	case s.Left > 1:
		return portal.Count(s.Left, "place"), false
	case s.Activity.Waitlist:
		return "Liste d’attente", true
	}
	return "Complet", true
}

// Receipt is the proof that the requests are recorded.
type Receipt struct {
	Frame
	Heading  string // « 4 demandes enregistrées »
	Lead     string // « 3 réservations, 1 annulation. »
	Partial  bool
	Number   string
	At       string
	Done     []ReceiptLine
	Refused  []ReceiptLine
	Emails   []string
	Hash     string
	Previous string
	Holder   string // « M. DUPONT Jean-Paul »
	Sent     string // « Transmises dans la nuit du 23 au 24 novembre. », once they are
	Waiting  string // said when there was no place yet
	Undo     string // « Vous pouvez revenir en arrière jusqu’à 9 h 20. », while it can be taken back
	Key      string // one-time key of that form
	Undoes   string // number of the receipt that this one takes back
	UndoneBy string // number of the receipt that took this one back
	Desk     string // said when staff typed it for the family
}

// Template names the page.
func (Receipt) Template() string { return "family/receipt" }

// ReceiptLine is one request and what came of it.
type ReceiptLine struct {
	date                 portal.Date
	Day, Child, Activity string
	Hours                string
	Badge                string // class of the badge
	Icon                 string
	Words                string
	Reason               string
}

// SetReceipt fills the page from a receipt.
func (v *Receipt) SetReceipt(r *portal.Receipt, now time.Time) {
	v.Undoes, v.UndoneBy, v.Desk = r.Undoes, r.UndoneBy, deskWords(r)
	if r.Undoable(now) {
		v.Undo = "Vous pouvez revenir en arrière jusqu’à " + portal.TimeOfDayOf(r.At.Add(portal.UndoLife)).Word() + ", dans les délais de chaque activité."
	}
	v.Number, v.At, v.Hash, v.Previous = r.Number, portal.InstantSecond(r.At), r.Hash, r.Previous
	c := r.Count()
	v.Partial = c.Refused > 0
	v.Heading = doneWords(c)
	if r.Undoes != "" && c.Done() > 0 {
		v.Heading = "Vous êtes revenu en arrière"
	}
	v.Lead = leadWords(c)
	if c.Waiting > 0 {
		v.Waiting = "Pas encore de place pour " + portal.Count(c.Waiting, "demande") + " : vous êtes sur la liste d’attente, au rang indiqué."
	}
	if c.Asked > 0 {
		v.Waiting = strings.TrimSpace(v.Waiting + " La mairie répond à " + portal.Count(c.Asked, "demande") + " par courriel ; aucune place n’est encore prise.")
	}
	for _, m := range r.Lines {
		if m.Transmitted() {
			v.Sent = "Transmis " + portal.NightWords(m.Night) + "."
		}
		line := ReceiptLine{Day: m.Day.LongYear(), date: m.Day, Child: m.Child.FirstName, Activity: m.Short, Hours: m.Hours.Words(), Reason: m.Reason}
		line.Badge, line.Icon = outcomeLook(m.Outcome)
		line.Words = receiptWords(m)
		if m.Outcome == portal.OutcomeRefused {
			v.Refused = append(v.Refused, line)
		} else {
			v.Done = append(v.Done, line)
		}
	}
	for _, lines := range [][]ReceiptLine{v.Done, v.Refused} {
		slices.SortStableFunc(lines, func(a, b ReceiptLine) int { return int(a.date - b.date) })
	}
}

// deskWords says that staff typed a receipt for the family, or nothing.
func deskWords(r *portal.Receipt) string {
	if len(r.Lines) > 0 && r.Lines[0].ByDesk() {
		return portal.Capital(portal.DeskWords)
	}
	return ""
}

func doneWords(c portal.Counts) string {
	done := portal.Count(c.Done(), "demande enregistrée", "demandes enregistrées")
	if c.Done() == 0 {
		done = "Aucune demande enregistrée"
	}
	if c.Refused == 0 {
		return done
	}
	return fmt.Sprintf("%s, %s", done, portal.Count(c.Refused, "impossible"))
}

func leadWords(c portal.Counts) string {
	var words []string
	if c.Added > 0 {
		words = append(words, portal.Count(c.Added, "réservation"))
	}
	if c.Changed > 0 {
		words = append(words, portal.Count(c.Changed, "changement d’horaires", "changements d’horaires"))
	}
	if c.Waiting > 0 {
		words = append(words, fmt.Sprintf("%d en liste d’attente", c.Waiting))
	}
	if c.Asked > 0 {
		words = append(words, portal.Count(c.Asked, "demande à la mairie", "demandes à la mairie"))
	}
	if c.Removed > 0 {
		words = append(words, portal.Count(c.Removed, "annulation"))
	}
	if len(words) == 0 {
		return "Rien n’a été changé."
	}
	return portal.List(words) + "."
}

func outcomeLook(o portal.Outcome) (badge, icon string) {
	switch o {
	case portal.OutcomeBooked:
		return "reserve", "coche"
	case portal.OutcomeWaiting:
		return "attente", "sablier"
	case portal.OutcomeAsked:
		return "demande", "aide"
	case portal.OutcomeCancelled:
		return "retrait", "moins"
	case portal.OutcomeAbsent:
		return "", "refus"
	}
	return "complet", "croix"
}

// receiptWords says what was recorded at the instant of validation.
func receiptWords(m portal.Movement) string {
	switch m.Outcome {
	case portal.OutcomeAsked:
		return "La mairie répond"
	case portal.OutcomeBooked:
		if m.Action == string(portal.WishChange) {
			return "Horaires changés"
		}
		if m.Late && m.ByDesk() && m.Reason != "" { // a manager passed the limit
			return "Réservé hors délai"
		}
		if m.Late {
			return "Réservé hors délai, majoré"
		}
		return "Réservé"
	case portal.OutcomeCancelled:
		return "Annulé"
	case portal.OutcomeWaiting:
		return "Liste d’attente, " + portal.Ordinal(m.Rank)
	}
	return "Impossible"
}

// hours gives « 11 h 45 – 13 h 30 », in one piece.
func hours(a *portal.Activity) string {
	return strings.ReplaceAll(a.Starts.Word()+" – "+a.Ends.Word(), " ", "\u00a0")
}

// recapLimit says until when a line can still be changed, in the little room of the recap.
func recapLimit(s *portal.Slot, now time.Time) string {
	if l := s.Limit(); s.Open && !l.Passed(now) {
		return portal.Capital(portal.UntilShort(l.At, now, portal.Month{}))
	}
	return s.LimitWords(now)
}
