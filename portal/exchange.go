package portal

import (
	"slices"
	"time"
)

// ExchangeID names a proposal to exchange a day of shared custody. It is drawn, so that the mail that tells of it can be written before.
type ExchangeID string

// ExchangeState is where a proposal stands.
type ExchangeState string

// The states of a proposal.
const (
	ExchangeOpen      ExchangeState = "open"
	ExchangeAccepted  ExchangeState = "accepted"
	ExchangeDeclined  ExchangeState = "declined"
	ExchangeWithdrawn ExchangeState = "withdrawn" // by the household that proposed it
	ExchangeExpired   ExchangeState = "expired"
)

// Word gives « accepté ».
func (s ExchangeState) Word() string {
	switch s {
	case ExchangeAccepted:
		return "accepté"
	case ExchangeDeclined:
		return "refusé"
	case ExchangeWithdrawn:
		return "retiré"
	case ExchangeExpired:
		return "sans réponse"
	}
	return "proposé"
}

// MailKind is the kind of mail that tells of a state.
func (s ExchangeState) MailKind() MailKind {
	if s == ExchangeOpen {
		return MailExchange
	}
	return MailExchanged
}

// ExchangeAsk is what a parent proposes: a day that changes household, and perhaps another that changes the other way.
type ExchangeAsk struct {
	Child ChildID
	Day   Date
	Takes bool   // the day comes to the household that proposes; else it goes to the other one
	Back  Date   // given in return; zero: nothing is
	Word  string // for the other parent
}

// Exchange is a proposal that one household of a child makes to the other.
type Exchange struct {
	ExchangeAsk
	ID        ExchangeID
	Structure StructureID
	Kid       Child
	By        AccountID
	From, To  FamilyID // who proposes, who answers
	State     ExchangeState
	Made      time.Time
	Until     time.Time
	Answered  time.Time
	Answerer  AccountID
}

// ExchangeMove is a day that goes from one household to the other.
type ExchangeMove struct {
	Day      Date
	From, To FamilyID
}

// Moves lists the days that change household, the nearest first.
func (e *Exchange) Moves() []ExchangeMove {
	giver, taker := e.From, e.To
	if e.Takes {
		giver, taker = e.To, e.From
	}
	list := []ExchangeMove{{e.Day, giver, taker}}
	if e.Back != 0 {
		list = append(list, ExchangeMove{e.Back, taker, giver})
	}
	slices.SortFunc(list, func(a, b ExchangeMove) int { return int(a.Day - b.Day) })
	return list
}

// StateAt is where the proposal stands at a moment: one that nobody answered in time is over, written or not.
func (e *Exchange) StateAt(now time.Time) ExchangeState {
	if e.State == ExchangeOpen && now.After(e.Until) {
		return ExchangeExpired
	}
	return e.State
}

// Held says whether each day is still of whom the proposal says.
func (e *Exchange) Held(c *Custody, cal *Calendar) bool {
	return !slices.ContainsFunc(e.Moves(), func(m ExchangeMove) bool { return c.Owner(m.Day, cal) != m.From })
}

// Settle writes the exchange into the rule.
func (e *Exchange) Settle(c *Custody, now time.Time) {
	for _, m := range e.Moves() {
		c.Give(m.Day, m.To, ExchangeWhy(now), true, DateOf(now))
	}
}

// ExchangeWhy is why a day that was exchanged is whose it is: « échange convenu le 24 novembre 2026 ».
func ExchangeWhy(now time.Time) string { return "échange convenu le " + DateOf(now).LongYear() }

// How long a proposal waits for its answer.
const (
	exchangeDays = 7
	exchangeRest = TimeOfDay(20 * 60) // it never ends at night
	exchangeLast = time.Hour          // less would leave nobody the time to answer
	exchangeSoon = 24 * time.Hour     // a limit that is nearer than that hurries nobody
)

// ExchangeUntil says until when a proposal can be answered: a week later at eight in the evening, but not after the first limit
// of its days that is more than a day away, and never after the eve of the first day. It is not possible when less than an
// hour would be left.
func ExchangeUntil(now time.Time, first Date, limits []Limit) (until time.Time, possible bool) {
	until = (DateOf(now) + exchangeDays).At(exchangeRest)
	if eve := (first - 1).At(exchangeRest); eve.Before(until) {
		until = eve
	}
	for _, l := range limits {
		if l.Possible && l.At.After(now.Add(exchangeSoon)) && l.At.Before(until) {
			until = l.At
		}
	}
	return until, until.Sub(now) >= exchangeLast
}

// exchangeAhead is how far ahead a day can be exchanged.
const exchangeAhead = 366

// ExchangeWordMost is how long the word for the other parent may be.
const ExchangeWordMost = 200

// CheckExchange refuses what the household mine cannot propose, with a sentence beside each field.
func (c *Custody) CheckExchange(ask ExchangeAsk, mine FamilyID, child string, cal *Calendar, today Date) error {
	e := Invalid("Cet échange ne peut pas être proposé tel quel.")
	check := func(field string, day Date, takes bool) {
		if why := c.refuseExchange(day, takes, mine, child, cal, today); why != "" {
			e.Fields = append(e.Fields, FieldError{field, why})
		}
	}
	if ask.Day == 0 {
		e.Fields = append(e.Fields, FieldError{"jour", "Choisissez le jour à échanger."})
	} else {
		check("jour", ask.Day, ask.Takes)
	}
	switch {
	case ask.Back == 0:
	case ask.Back == ask.Day:
		e.Fields = append(e.Fields, FieldError{"contre", "Choisissez un autre jour que le premier, ou laissez vide."})
	default:
		check("contre", ask.Back, !ask.Takes)
	}
	if n := len([]rune(ask.Word)); n > ExchangeWordMost {
		e.Fields = append(e.Fields, FieldError{"mot", Invalid("Le mot a %d caractères : il en faut %d au plus.", n, ExchangeWordMost).Message})
	}
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

// refuseExchange says why a day cannot come to a household, or go to the other one; nothing when it can.
func (c *Custody) refuseExchange(day Date, takes bool, mine FamilyID, child string, cal *Calendar, today Date) string {
	owner := c.Owner(day, cal)
	switch {
	case day < today:
		return "Le " + day.LongYear() + " est passé. Choisissez un jour à venir."
	case day == today:
		return "C’est aujourd’hui : il est trop tard pour l’échanger ici. Voyez avec l’autre parent, puis appelez la mairie."
	case day > today+exchangeAhead:
		return "Le " + day.LongYear() + " est trop loin. Choisissez un jour dans l’année qui vient."
	case owner == 0:
		return "La garde alternée " + Of(child) + " commence le " + c.Start.LongYear() + ". Choisissez un jour à partir de cette date."
	case takes && owner == mine:
		return Capital(day.LongYear()) + " : c’est déjà un de vos jours. Choisissez un jour de l’autre parent."
	case !takes && owner != mine:
		return Capital(day.LongYear()) + " : c’est déjà un jour de l’autre parent. Choisissez un de vos jours."
	}
	return ""
}

// ExchangeSheet is a proposal as one of the two households reads it.
type ExchangeSheet struct {
	Exchange
	Mine     FamilyID
	Own      bool   // the account itself proposed it
	MayBook  bool   // it may answer, or withdraw
	Held     bool   // each day is still of whom the proposal says
	Seen     []Date // the days whose bookings the household may see
	Bookings []ExchangeBooking
}

// ExchangeBooking is something saved on a day of a proposal, that goes with the day.
type ExchangeBooking struct {
	Day      Date
	Activity string
	Waiting  bool
	Asked    bool
}

// ExchangeNews is what a household is to be told of a proposal.
type ExchangeNews struct {
	Exchange  Exchange
	Structure Structure
	State     ExchangeState // what happened
	To        Person
	Emails    []string
	Mine      FamilyID  // the household of whom it is for
	Now       time.Time // when it happened
}

// Proposer says whether it is for the household that proposed.
func (n *ExchangeNews) Proposer() bool { return n.Mine == n.Exchange.From }
