package portal

import (
	"fmt"
	"strings"
)

// PlacesWords gives « 60 places », « aucune place » or « places illimitées ».
func (c *Counter) PlacesWords() string { return placesWords(c.Capacity, c.Limited) }

func placesWords(places int, limited bool) string {
	switch {
	case !limited:
		return "places illimitées"
	case places == 0:
		return "aucune place"
	}
	return Count(places, "place")
}

// CounterMost is the most places that a counter may have.
const CounterMost = 10_000

// Check refuses a counter that could not be; the fields of its dates are those of the form.
func (c *Counter) Check() error {
	faults := newForm("Ce compteur ne peut pas être enregistré tel quel.")
	faults.name("nom", c.Name, 60, "Donnez un nom au compteur : « Centre de loisirs », « 3 à 5 ans ».")
	const bounds = "Un nombre de places va de %d à %d. Laissez vide pour un nombre illimité."
	if c.Limited {
		faults.between("places", c.Capacity, 0, CounterMost, bounds)
	}
	c.Audience.check(faults)
	seen := map[Capacity]bool{}
	dates := 0
	for _, s := range c.Special {
		field := "places-" + s.Weekday.String()
		if s.Day != 0 {
			field = fmt.Sprintf("places-%d", dates)
			dates++
		}
		if s.Limited {
			faults.between(field, s.Places, 0, CounterMost, bounds)
		}
		key := Capacity{Weekday: s.Weekday, Day: s.Day}
		if s.Day != 0 {
			key.Weekday = 0
		}
		if s.Day != 0 && seen[key] {
			faults.fault(fmt.Sprintf("jour-%d", dates-1), "Le %s est déjà écrit plus haut.", s.Day.LongYear())
		}
		seen[key] = true
	}
	return faults.err()
}

// Version is a word that changes when the counter does.
func (c *Counter) Version(activities []ActivityID) string {
	return fingerprint(fmt.Sprintf("%+v %v", *c, activities))
}

// Facts tells what a counter counts, as a person reads it.
func (c *Counter) Facts(activities []ActivityID, n Names) []Fact {
	list := []Fact{{"Nom du compteur", c.Name}, {"Nombre de places", c.PlacesWords()}, {"Pour quels enfants", c.Audience.Told(n)}}
	uses := "aucune"
	if len(activities) > 0 {
		uses = strings.Join(named(n.Activities, activities), ", ")
	}
	list = append(list, Fact{"Activités", uses})
	for _, s := range c.Special {
		list = append(list, Fact{s.Words(), placesWords(s.Places, s.Limited)})
	}
	return list
}

// Words says when these places hold: « Le lundi », « Le vendredi 18 décembre 2026 ».
func (s Capacity) Words() string {
	if s.Day != 0 {
		return "Le " + s.Day.LongYear()
	}
	return "Le " + s.Weekday.String()
}
