package portal

import (
	"fmt"
	"slices"
)

// Lengths of the names of an activity, in characters.
const (
	ActivityNameMost   = 60
	ActivityShortMost  = 12 // what a chip of a telephone holds
	ActivitySpokenMost = 60
)

// Check refuses an activity that could not work, with a sentence per field.
func (a *Activity) Check() error {
	c := newForm("L’activité « %s » ne peut pas être enregistrée telle quelle.", Clip(a.Name, ActivityNameMost))
	a.checkIdentity(c)
	a.checkHours(c)
	a.Audience.check(c)
	a.Opening.check(c)
	a.checkBooking(c)
	a.checkLinks(c)
	a.checkWindows(c)
	if a.WholeWeek && a.Waitlist && a.WaitMode == WaitOffer {
		c.fault("mode", "Une semaine entière ne se propose pas jour par jour : donnez les places sans demander de réponse.")
	}
	if a.Annual && a.Decided {
		c.fault("annuel", "Une activité que la mairie décide jour par jour ne se réserve pas à l’année.")
	}
	if a.WaitMode == WaitOffer {
		c.between("delai_offre", a.OfferHours, 1, 240, "Une place proposée se garde de %d à %d heures.")
	}
	a.checkCutoffs(c)
	return c.err()
}

func (a *Activity) checkIdentity(c *form) {
	c.name("nom", a.Name, ActivityNameMost, "Donnez un nom à l’activité.")
	c.name("court", a.Short, ActivityShortMost, "Donnez un nom court, celui des boutons du calendrier.")
	c.name("parle", a.Spoken, ActivitySpokenMost, "Dites comment l’activité s’appelle dans une phrase, avec son article : « la cantine ».")
	if !slices.Contains(ActivityKinds, a.Kind) {
		c.fault("sorte", "Choisissez une sorte d’activité.")
	}
}

func (a *Activity) checkHours(c *form) {
	if a.Starts < 0 || a.Starts >= EndOfDay {
		c.fault("debut", "L’heure de début doit aller de 00:00 à 23:59.")
	}
	if a.Ends <= a.Starts || a.Ends > EndOfDay {
		c.fault("fin", "L’heure de fin doit être après l’heure de début.")
	}
	if a.AsksHours() {
		c.between("pas", a.HourStep, 1, 120, "Le pas des heures doit aller de %d à %d minutes.")
	}
}

func (a Audience) check(c *form) {
	const most = 25
	c.between("age_min", a.AgeFrom, 0, most, "L’âge doit aller de %d à %d ans.")
	c.between("age_max", a.AgeTo, 0, most, "L’âge doit aller de %d à %d ans.")
	if a.AgeTo != 0 && a.AgeFrom > a.AgeTo {
		c.fault("age_max", "L’âge le plus grand doit être au moins l’âge le plus petit.")
	}
}

func (o *Opening) check(c *form) {
	if o.First != 0 && o.Last != 0 && o.Last < o.First {
		c.fault("au", "Le dernier jour doit être après le premier.")
	}
	seen := map[Date]bool{}
	for _, e := range o.Exceptions {
		if seen[e.Day] {
			c.fault("exceptions", "Le %s a deux décisions : gardez-en une.", e.Day.LongYear())
			return
		}
		seen[e.Day] = true
	}
	if len(o.Exceptions) > exceptionDaysMost {
		c.fault("exceptions", "Il y a trop de jours exceptionnels (%d au plus). Changez plutôt les jours de la semaine, ou retirez les jours passés.", exceptionDaysMost)
	}
}

// exceptionDaysMost bounds the days that do not follow the week: three years of them.
const exceptionDaysMost = 1100

func (a *Activity) checkBooking(c *form) {
	most, over := 366, "période"
	if a.DaysPer == PerWeek {
		most, over = 7, "semaine"
	}
	c.between("jours_min", a.LeastDays, 0, most, "Le nombre de jours par "+over+" doit aller de %d à %d.")
	c.between("jours_max", a.MostDays, 0, most, "Le nombre de jours par "+over+" doit aller de %d à %d.")
	if a.MostDays != 0 && a.LeastDays > a.MostDays {
		c.fault("jours_max", "Le plus grand nombre de jours doit être au moins le plus petit.")
	}
	if a.WholeWeek && a.DaysPer == PerWeek && a.LeastDays+a.MostDays > 0 {
		c.fault("jours_min", "Une semaine réservée entière n’a pas de nombre de jours par semaine. Laissez vide, ou comptez par période.")
	}
	if a.Horizon == HorizonOfDays {
		c.between("horizon_jours", a.HorizonDays, 1, 800, "On réserve de %d à %d jours à l’avance.")
	}
	c.between("mise_en_place", a.NoticeDays, 0, 366, "Le délai de mise en place doit aller de %d à %d jours.")
	if a.DocumentDays < 0 || a.DocumentDays > 60 {
		c.fault("justificatif", "Un justificatif se demande dans les 60 jours au plus.")
	}
}

func (a *Activity) checkLinks(c *form) {
	seen := map[ActivityID]bool{}
	for _, l := range a.Links {
		if l.Other == a.ID && a.ID != 0 || seen[l.Other] {
			c.fault(LinkField(l.Other), "Une activité a un seul lien avec chaque autre, et aucun avec elle-même.")
		}
		seen[l.Other] = true
	}
}

// LinkField names the field of the form that ties an activity to another one.
func LinkField(other ActivityID) string { return fmt.Sprintf("lien-%d", other) }

func (a *Activity) checkWindows(c *form) {
	for i, w := range a.Windows {
		field := func(name string) string { return fmt.Sprintf("%s-%d", name, i) }
		c.name(field("nom"), w.Name, 60, "Donnez un nom à la période, comme dans une phrase : « vacances de Noël ».")
		switch {
		case w.First == 0:
			c.fault(field("du"), "Donnez le premier jour de la période.")
		case w.Last == 0:
			c.fault(field("au"), "Donnez le dernier jour de la période.")
		case w.Last < w.First:
			c.fault(field("au"), "Le dernier jour doit être après le premier.")
		}
		switch {
		case w.Opens.IsZero():
			c.fault(field("ouverture"), "Dites quand les réservations de la période ouvrent.")
		case !w.OutsideOpens.IsZero() && w.OutsideOpens.Before(w.Opens):
			c.fault(field("exterieurs"), "Les familles d’ailleurs ne réservent pas avant celles de la commune.")
		}
		if !w.Closes.IsZero() && (!w.Closes.After(w.Opens) || !w.Closes.After(w.OutsideOpens)) {
			c.fault(field("fermeture"), "La fermeture doit être après l’ouverture.")
		}
		for _, before := range a.Windows[:i] {
			if w.First != 0 && w.First <= before.Last && before.First <= w.Last {
				c.fault(field("du"), "Ces jours sont déjà dans la période « %s ».", before.Name)
				break
			}
		}
	}
}

// checkCutoffs refuses limits that leave no day to count; they are changed on a page of their own.
func (a *Activity) checkCutoffs(c *form) {
	for _, rule := range []struct {
		field string
		Cutoff
	}{{"delai_reserver", a.Book}, {"delai_annuler", a.Cancel}, {"delai_changer", a.Change}, {"delai_absence", a.Absence}} {
		if (rule.field == "delai_changer" || rule.field == "delai_absence") && rule.IsZero() {
			continue // as cancelling; until the end of the day
		}
		if err := rule.CheckFor(&a.Opening); err != nil {
			c.fault(rule.field, "%s", err.Error())
		}
	}
}
