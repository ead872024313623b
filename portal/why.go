package portal

import (
	"fmt"
	"time"
)

// Why explains a day that is locked, refused or waiting: the rule that decides, its figures at this instant, and what can
// be done instead.
type Why struct {
	Answer string   // « Le délai est dépassé. »
	Facts  []string // the rule and its figures
	Do     string   // what can be done
}

// Explain says why a day is as it is; every day has an answer.
func (s *Slot) Explain(now time.Time) Why {
	var w Why
	state := s.State(now)
	call := "Appelez la mairie pour un cas exceptionnel."
	switch {
	case state == StateClosed:
		w.Answer, w.Do = s.Closed.Why, "Choisissez un autre jour."
		return w
	case !s.Open:
		w.Answer, w.Do = s.Closed.Why+" La réservation était enregistrée avant.", "Appelez la mairie : elle seule peut la changer."
		return w
	case state == StateTooLate && s.Barred(now) != nil:
		bar := s.Barred(now)
		w.Answer, w.Do = bar.Why, bar.Do
		return w
	case s.Book.Unannounced && s.Status == NotBooked:
		w.Answer, w.Do = "Cette période n’est pas encore ouverte aux réservations, et son ouverture n’est pas annoncée.", "La date sera donnée ici et sur la page d’accueil."
		return w
	case s.Book.Early(now) && s.Status == NotBooked:
		w.Answer, w.Do = "Cette période n’est pas encore ouverte aux réservations.", "Revenez à l’ouverture ; les places vont aux premiers qui valident."
		w.Facts = append(w.Facts, s.openingFacts()...)
		w.Facts = append(w.Facts, "Ouverture : "+Instant(s.Book.From)+".", s.nowFact(now))
		return w
	case state == StateTooLate:
		w.Answer, w.Do = "Le délai pour réserver ce jour est dépassé.", call
		if !s.Book.Possible {
			w.Answer = "Ce jour ne se réserve pas en ligne."
		}
	case state == StateLocked:
		w.Answer, w.Do = "Le délai pour annuler ce jour est dépassé : la réservation reste.", "Si l’enfant est malade ou absent, signalez-le ; pour le reste, appelez la mairie."
		if s.Status == Waiting {
			w.Answer, w.Do = "Le délai est dépassé et aucune place ne s’est libérée à temps.", call
		}
		if !s.Cancel.Possible {
			w.Answer = "Cette réservation ne s’annule pas en ligne."
		}
	case state == StateRequest:
		w.Answer, w.Do = "La demande est chez la mairie, qui répond par courriel. Aucune place n’est encore prise.", "Vous pouvez retirer la demande d’ici là : touchez le jour, puis validez."
		w.Facts = append(w.Facts, "Demandé le "+Instant(s.Since)+".")
	case state == StateFull:
		w.Answer, w.Do = "Toutes les places sont prises, et cette activité n’a pas de liste d’attente.", "Choisissez un autre jour, ou revenez voir : une place peut se libérer jusqu’au délai."
	case state == StateOffer:
		w.Answer, w.Do = "Toutes les places sont prises ou attendues.", "Vous pouvez demander la liste d’attente : touchez le jour, puis validez. "+s.waitWords()
	case state == StateWaiting:
		w.Answer, w.Do = fmt.Sprintf("%s attend une place, en %s position.", "Votre enfant", Ordinal(s.Rank)), s.waitWords()
	default:
		if why := s.refuseMost(0); why != nil && s.Status == NotBooked && state == StateFree {
			w.Answer, w.Do = why.Message, ""
			return w
		}
		if with, _ := s.Clash(s.ExpectedHours()); with != nil && s.Status == NotBooked {
			w.Answer, w.Do = s.refuseClash(s.ExpectedHours()).Message, "Retirez l’autre activité de ce jour, puis recommencez."
			return w
		}
		w.Answer = s.LimitWords(now)
	}
	w.Facts = append(w.Facts, s.ruleFacts(now)...)
	return w
}

// waitWords says how a freed place is given.
func (s *Slot) waitWords() string {
	switch s.Activity.WaitMode {
	case WaitNow:
		return "Une place qui se libère va aussitôt au premier qui attend ; un message vous le dit."
	case WaitOffer:
		return fmt.Sprintf("Une place qui se libère est proposée au premier qui attend, qui a %s pour répondre.", Count(s.Activity.OfferHours, "heure"))
	}
	return "Une place qui se libère va, dans la nuit, au premier qui attend ; le compte rendu du matin vous le dit."
}

// ruleFacts gives the rule that applies to the next thing that can be done, and the figures it is decided with.
func (s *Slot) ruleFacts(now time.Time) []string {
	facts := []string{"Règle de la mairie : " + s.ruleWords() + "."}
	if s.InLateLane(now) {
		facts = append(facts, s.LateWords(now))
	}
	if s.Status == Requested {
		facts = nil
	}
	if rule := s.Activity.QuotaWords(); rule != "" {
		facts = append(facts, "Règle de la mairie : "+lowerFirst(rule))
	}
	if s.Activity.Decided && s.Status != Booked {
		facts = append(facts, "Règle de la mairie : elle accepte ou refuse chaque demande.")
	}
	if rule := s.Activity.PriorityWords(); rule != "" && s.Status != Booked {
		facts = append(facts, rule)
	}
	if l := s.Limit(); l.Possible {
		day, at := limitDay(l.At)
		facts = append(facts, fmt.Sprintf("Pour le %s : jusqu’au %s à %s.", s.Day.Long(), day.LongYear(), at.Word()), s.nowFact(now))
	}
	if s.Limited {
		p := s.Places
		places := fmt.Sprintf("%s, %s", Count(p.Capacity, "place"), Count(p.Taken, "prise"))
		if p.Waiting > 0 {
			places += fmt.Sprintf(", %s", Count(p.Waiting, "enfant en attente", "enfants en attente"))
		}
		facts = append(facts, "En ce moment : "+places+".")
		if p.Taken > p.Capacity {
			facts = append(facts, "Le nombre de places a baissé : ce qui était réservé le reste.")
		}
	}
	return facts
}

// openingFacts gives the rules that open a day to bookings later than others.
func (s *Slot) openingFacts() []string {
	var facts []string
	if rule := s.Activity.HorizonWords(); rule != "" {
		facts = append(facts, "Règle de la mairie : "+lowerFirst(rule))
	}
	if s.Outside {
		facts = append(facts, "Les familles de la commune réservent d’abord ; les autres, à partir de cette ouverture.")
	}
	return facts
}

// ruleWords says the rule of the next thing that can be done: « réserver jusqu’à la veille à 18 h ».
func (s *Slot) ruleWords() string {
	verb, plain, rule := "réserver ", s.Activity.Book, s.bookRule
	if s.Status != NotBooked {
		verb, plain, rule = "annuler ", s.Activity.Cancel, s.cancelRule
	}
	if rule == nil {
		return verb + plain.Sentence()
	}
	return verb + rule.Sentence()
}

func (s *Slot) nowFact(now time.Time) string { return "Il est maintenant : " + Instant(now) + "." }

func lowerFirst(s string) string {
	first := firstLetter(s)
	if len(s) < len(first) {
		return s
	}
	return lower(first) + s[len(first):]
}
