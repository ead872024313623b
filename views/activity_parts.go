package views

import (
	"fmt"

	"marelle/portal"
)

// ActivitiesPath is where staff find the activities.
const ActivitiesPath = "/gestion/reglages/activites"

// ActivityPath is the page of an activity, or of one of its parts.
func ActivityPath(id portal.ActivityID, part string) string {
	path := fmt.Sprintf("%s/%d", ActivitiesPath, id)
	if part != "" {
		path += "/" + part
	}
	return path
}

// PlacesPath is where staff find the counters of places.
const PlacesPath = "/gestion/reglages/places"

// CounterPath is the page of a counter; zero is a new one.
func CounterPath(id portal.CounterID) string {
	if id == 0 {
		return PlacesPath + "/nouveau"
	}
	return fmt.Sprintf("%s/%d", PlacesPath, id)
}

// GroupChoices are the schools, classes and levels that an audience is made of.
type GroupChoices struct {
	Schools []NamedGroup
	Classes []NamedGroup
	Grades  []string
}

// NamedGroup is a school or a class.
type NamedGroup struct {
	ID    int64
	Label string
	Over  bool // of a past year: shown only where it is chosen
}

// SetIdentity asks how an activity is called.
func (v *ActivityForm) SetIdentity(a *portal.Activity) {
	kinds := make([][2]string, 0, len(portal.ActivityKinds))
	for _, k := range portal.ActivityKinds {
		kinds = append(kinds, [2]string{string(k), k.Label()})
	}
	v.Sections = append(v.Sections, Section{Legend: "Comment s’appelle-t-elle\u00a0?", Inputs: []Input{
		textInput("nom", "Nom", "Comme dans le règlement intérieur et sur les factures.", a.Name, portal.ActivityNameMost),
		textInput("court", "Nom court", "Sur les boutons du calendrier : « Cantine ». 12 lettres au plus.", a.Short, portal.ActivityShortMost),
		textInput("parle", "Dans une phrase, avec son article", "« la cantine », « l’accueil du soir ». Laissez vide : un nom vous est proposé.", a.Spoken, portal.ActivitySpokenMost),
		choose("select", "sorte", "Sorte d’activité", string(a.Kind), kinds...),
	}})
}

// SetHours asks when it takes place, and which hours families give.
func (v *ActivityForm) SetHours(a *portal.Activity) {
	v.Sections = append(v.Sections, hoursSection(a), Section{Legend: "Demande-t-on des heures aux familles\u00a0?", Inputs: []Input{
		boxes("demandes", "", FormChoice{Name: "demande_arrivee", Label: "L’heure d’arrivée", Checked: a.AsksArrival}, FormChoice{Name: "demande_depart", Label: "L’heure de départ", Checked: a.AsksDeparture}),
		numberInput("pas", "De combien en combien de minutes ?", "Les heures proposées vont de 15 en 15 minutes, de 30 en 30 minutes…", a.HourStep, 1, 120),
	}})
}

func hoursSection(a *portal.Activity) Section {
	return Section{Pair: true, Legend: "À quelles heures\u00a0?", Inputs: []Input{timeInput("debut", "Début", a.Starts), timeInput("fin", "Fin", a.Ends)}}
}

// SetAudience asks which children may come, and whether the town hall enrols them first.
func (v *ActivityForm) SetAudience(a *portal.Activity, groups GroupChoices) {
	v.Sections = append(v.Sections, audienceSections(a.Audience, groups)...)
	v.Sections = append(v.Sections, Section{Legend: "La mairie inscrit-elle d’abord l’enfant\u00a0?", Inputs: []Input{choose("radio", "inscription", "", answered(a.Enrolment),
		[2]string{"non", "Non : tous ces enfants peuvent réserver"}, [2]string{"oui", "Oui : seuls les enfants que la mairie a inscrits peuvent réserver"})}})
}

// audienceSections ask for a group of children; nothing ticked is everybody.
func audienceSections(a portal.Audience, groups GroupChoices) []Section {
	group := Section{Legend: "Pour quels enfants\u00a0?", Hint: "Rien de coché : pour tous. Plusieurs réponses d’une même liste s’ajoutent, deux listes se combinent."}
	pick := func(id, label, prefix string, list []NamedGroup, chosen func(int64) bool) {
		var answers []FormChoice
		for _, g := range list {
			if on := chosen(g.ID); on || !g.Over {
				answers = append(answers, FormChoice{Name: fmt.Sprintf("%s%d", prefix, g.ID), Label: g.Label, Checked: on})
			}
		}
		if len(answers) > 0 {
			in := boxes(id, label, answers...)
			in.Long = true
			group.Inputs = append(group.Inputs, in)
		}
	}
	pick("ecoles", "Écoles", "ecole-", groups.Schools, func(id int64) bool { return contains(a.Schools, portal.SchoolID(id)) })
	var grades []FormChoice
	for _, g := range groups.Grades {
		grades = append(grades, FormChoice{Name: "niveau-" + g, Label: g, Checked: contains(a.Grades, g)})
	}
	group.Inputs = append(group.Inputs, boxes("niveaux", "Niveaux", grades...))
	pick("classes", "Classes", "classe-", groups.Classes, func(id int64) bool { return contains(a.Classes, portal.ClassID(id)) })
	age := Section{Pair: true, Legend: "De quel âge\u00a0?", Hint: "En années entières, les deux âges compris. Vide : sans limite.", Inputs: []Input{
		numberInput("age_min", "À partir de (ans)", "", a.AgeFrom, 0, 25), numberInput("age_max", "Jusqu’à (ans)", "", a.AgeTo, 0, 25),
		choose("select", "age_le", "L’âge compte…", string(a.AgeOn), ageDay(portal.AgeOnDay), ageDay(portal.AgeOnReturn), ageDay(portal.AgeOnYear)),
	}}
	return []Section{group, age}
}

func ageDay(d portal.AgeDay) [2]string { return [2]string{string(d), d.Words()} }

func contains[T comparable](list []T, x T) bool {
	for _, y := range list {
		if x == y {
			return true
		}
	}
	return false
}

// RunRow is a line of exceptional days as it is typed.
type RunRow struct{ First, Last, State, Why string }

// NewRunRow shows exceptional days that are saved.
func NewRunRow(r portal.Run) RunRow {
	row := RunRow{First: r.First.String(), State: "ferme", Why: r.Why}
	if r.Last != r.First {
		row.Last = r.Last.String()
	}
	if r.Open {
		row.State = "ouvert"
	}
	return row
}

// SetOpening asks on which days it opens.
func (v *ActivityForm) SetOpening(o *portal.Opening, rows []RunRow) {
	v.Sections = append(v.Sections, weekSections(o)...)
	v.Sections = append(v.Sections, Section{Pair: true, Legend: "De quand à quand\u00a0?", Hint: "Vide : sans limite, d’une année scolaire à l’autre.", Inputs: []Input{
		dateInput("du", "Premier jour", "", o.First.String()), dateInput("au", "Dernier jour", "", o.Last.String())}})
	exceptions := Section{ID: "exceptions", Legend: "Des jours exceptionnels\u00a0?", Hint: "Une grève, un pont, un samedi de fête : ces jours-là passent avant tout le reste, même un jour férié. Les familles lisent le motif."}
	for i, r := range rows {
		exceptions.addRow(i, r == RunRow{}, "Jour exceptionnel", []Input{
			choose("select", fmt.Sprintf("etat-%d", i), "Ce jour-là", r.State, [2]string{"ferme", "fermé"}, [2]string{"ouvert", "ouvert"}),
			dateInput(fmt.Sprintf("jour-%d", i), "Le, ou du", "", r.First), dateInput(fmt.Sprintf("jusque-%d", i), "Au (facultatif)", "", r.Last),
			textInput(fmt.Sprintf("motif-%d", i), "Motif", "", r.Why, 60),
		})
	}
	v.Sections = append(v.Sections, exceptions)
	v.Buttons = append(v.Buttons, FormChoice{Value: "ligne", Label: "Ajouter une ligne"}, FormChoice{Value: "apercu", Label: "Voir les 20 prochains jours"})
}

func weekSections(o *portal.Opening) []Section {
	return []Section{{Legend: "Quels jours ouvre-t-elle\u00a0?", Inputs: []Input{
		weekdayBoxes("jours_ecole", "Pendant les semaines d’école", "ecole-", o.School), weekdayBoxes("jours_vacances", "Pendant les vacances scolaires", "vacances-", o.Holidays),
		boxes("feries", "Jours fériés", FormChoice{Name: "feries", Label: "Ouverte aussi les jours fériés", Checked: o.OnPublicHolidays}),
	}}}
}

// addRow adds a line, with a box that takes it off unless it is the empty one at the end.
func (s *Section) addRow(i int, empty bool, what string, inputs []Input) {
	if empty {
		s.Rows = append(s.Rows, Row{what + " à ajouter", inputs})
		return
	}
	name := fmt.Sprintf("retirer-%d", i)
	s.Rows = append(s.Rows, Row{fmt.Sprintf("%s %d", what, i+1), append(inputs, boxes(name, "", FormChoice{Name: name, Label: "Retirer cette ligne"}))})
}

// SetOpenDays shows the next open days.
func (v *ActivityForm) SetOpenDays(days []portal.Date) {
	v.PreviewHead = fmt.Sprintf("Les %d prochains jours d’ouverture", len(days))
	switch len(days) {
	case 0:
		v.PreviewHead = "Aucun jour d’ouverture ne vient : les familles ne peuvent rien réserver"
	case 1:
		v.PreviewHead = "Le prochain jour d’ouverture"
	}
	for _, d := range days {
		v.Preview = append(v.Preview, portal.Capital(d.LongYear()))
	}
}

// SetBooking asks how it is booked.
func (v *ActivityForm) SetBooking(a *portal.Activity) {
	v.Sections = append(v.Sections,
		Section{Legend: "Qui dit oui\u00a0?", Inputs: []Input{choose("radio", "decision", "", answered(a.Decided),
			[2]string{"non", "Le portail, dans l’ordre des demandes"}, [2]string{"oui", "La mairie, demande par demande"})}},
		Section{Legend: "Que réserve-t-on\u00a0?", Inputs: []Input{choose("radio", "semaine", "", answered(a.WholeWeek),
			[2]string{"non", "Jour par jour"}, [2]string{"oui", "La semaine entière"})}},
		Section{Pair: true, Legend: "Combien de jours par enfant\u00a0?", Hint: "Vide : sans limite. Une période, ce sont des vacances, ou les semaines d’école entre deux vacances.", Inputs: []Input{
			numberInput("jours_min", "Au moins (jours)", "", a.LeastDays, 0, 366), numberInput("jours_max", "Au plus (jours)", "", a.MostDays, 0, 366),
			choose("select", "par", "Par", string(a.DaysPer), [2]string{string(portal.PerWeek), "semaine"}, [2]string{string(portal.PerPeriod), "période"})}},
		Section{Legend: "Jusqu’où peut-on réserver à l’avance\u00a0?", Inputs: []Input{
			choose("radio", "horizon", "", string(a.Horizon), [2]string{string(portal.HorizonYears), "Toute l’année scolaire"},
				[2]string{string(portal.HorizonHolidays), "Jusqu’à la fin des prochaines vacances scolaires"}, [2]string{string(portal.HorizonOfDays), "Un nombre de jours à l’avance :"}),
			numberInput("horizon_jours", "Nombre de jours à l’avance", "", a.HorizonDays, 0, 800)}},
		Section{Legend: "Peut-on s’inscrire pour l’année\u00a0?", Inputs: []Input{
			boxes("annuel", "", FormChoice{Name: "annuel", Label: "Oui, les familles peuvent inscrire leur enfant à l’année", Checked: a.Annual}),
			{ID: "mise_en_place", Label: "Délai de mise en place (jours)", Hint: "Entre la demande et le premier jour. 0 : dès le lendemain.", Type: "number", Min: "0", Max: "366", Value: fmt.Sprint(a.NoticeDays)}}},
		Section{Legend: "Une absence demande-t-elle un justificatif\u00a0?", Inputs: []Input{
			numberInput("justificatif", "À fournir dans les (jours)", "Vide : aucun justificatif n’est demandé.", a.DocumentDays, 0, 60)}})
}

// WindowRow is a booking period as it is typed.
type WindowRow struct{ Name, First, Last, Opens, Outside, Closes string }

// NewWindowRow shows a period that is saved, or proposed.
func NewWindowRow(w portal.Window) WindowRow {
	return WindowRow{w.Name, w.First.String(), w.Last.String(), portal.FormMoment(w.Opens), portal.FormMoment(w.OutsideOpens), portal.FormLimit(w.Closes)}
}

// SetWindows asks for the booking periods; proposed are holidays to come that have none.
func (v *ActivityForm) SetWindows(rows []WindowRow, proposed []portal.Window) {
	v.Lead = "Sans période, les familles réservent quand elles veulent, dans les délais. Dès qu’il y en a une, seuls les jours d’une période ouverte se réservent."
	list := Section{ID: "periodes", Legend: "Quand réserve-t-on\u00a0?"}
	for i, r := range rows {
		field := func(name string) string { return fmt.Sprintf("%s-%d", name, i) }
		moment := func(name, label, hint, value string) Input {
			return Input{ID: field(name), Label: label, Hint: hint, Type: "datetime-local", Value: value}
		}
		list.addRow(i, r == WindowRow{}, "Période", []Input{
			textInput(field("nom"), "Nom, comme dans une phrase", "« vacances de Noël »", r.Name, 60),
			dateInput(field("du"), "Premier jour", "", r.First), dateInput(field("au"), "Dernier jour", "", r.Last),
			moment("ouverture", "Les réservations ouvrent le", "", r.Opens), moment("exterieurs", "Pour les familles d’ailleurs (facultatif)", "Vide : le même jour que les autres.", r.Outside),
			moment("fermeture", "Elles ferment le (facultatif)", "23:59 : jusqu’à minuit. Vide : seuls les délais les ferment.", r.Closes),
		})
	}
	v.Sections = append(v.Sections, list)
	for _, w := range proposed {
		v.Buttons = append(v.Buttons, FormChoice{Value: "proposer-" + w.First.String(), Label: fmt.Sprintf("Proposer : %s %d", w.Name, w.First.Month().Year)})
	}
	v.Buttons = append(v.Buttons, FormChoice{Value: "ligne", Label: "Ajouter une période"})
}

// SetPlaces asks where the places are counted, and what happens when there are none.
func (v *ActivityForm) SetPlaces(a *portal.Activity, counters []portal.Counter) {
	places := Section{Legend: "Combien de places\u00a0?", Hint: "Un compteur peut servir à plusieurs activités : un enfant y prend une place chaque jour. Rien de coché : places illimitées.", Links: []Link{{CounterPath(0), "Créer un compteur de places"}, {PlacesPath, "Voir tous les compteurs"}}}
	var list []FormChoice
	for i := range counters {
		c := &counters[i]
		used := false
		for _, own := range a.Counters {
			used = used || own.ID == c.ID
		}
		list = append(list, FormChoice{Name: fmt.Sprintf("compteur-%d", c.ID), Label: c.Name + " : " + c.PlacesWords(), Checked: used})
	}
	if len(list) > 0 {
		in := boxes("compteurs", "", list...)
		in.Long = true
		places.Inputs = append(places.Inputs, in)
	}
	v.Sections = append(v.Sections, places, Section{Legend: "Et quand c’est complet\u00a0?", Inputs: []Input{
		boxes("attente", "", FormChoice{Name: "attente", Label: "Les familles peuvent attendre une place", Checked: a.Waitlist}),
		choose("radio", "mode", "Une place qui se libère…", string(a.WaitMode),
			[2]string{string(portal.WaitNight), "est donnée la nuit au premier de la liste"}, [2]string{string(portal.WaitNow), "est donnée aussitôt au premier de la liste"},
			[2]string{string(portal.WaitOffer), "est proposée au premier, qui doit répondre à temps :"}),
		numberInput("delai_offre", "Pour répondre (heures)", "", a.OfferHours, 1, 240)}})
}

// SetLinks asks how the activity goes with each of the others; needing are those that need this one.
func (v *ActivityForm) SetLinks(a *portal.Activity, others []portal.Activity, needing []*portal.Activity) {
	kinds := map[portal.ActivityID]portal.LinkKind{}
	for _, l := range a.Links {
		kinds[l.Other] = l.Kind
	}
	required := map[portal.ActivityID]bool{}
	for _, n := range needing {
		required[n.ID] = true
	}
	list := Section{ID: "liens", Legend: "Le même enfant, le même jour", Hint: "« Obligatoire » : qui réserve " + a.Spoken + " réserve aussi l’autre, un centre et son repas par exemple."}
	for i := range others {
		other := &others[i]
		switch {
		case other.ID == a.ID:
		case required[other.ID]:
			list.Links = append(list.Links, Link{ActivityPath(other.ID, string(portal.PartLinks)), other.Name + " exige cette activité. Changer ce lien"})
		default:
			list.Inputs = append(list.Inputs, choose("select", portal.LinkField(other.ID), "Avec « "+other.Name+" »", string(kinds[other.ID]),
				[2]string{"", "les deux, sauf si les heures se croisent"}, [2]string{string(portal.Incompatible), "jamais les deux"},
				[2]string{string(portal.Compatible), "les deux, même si les heures se croisent"}, [2]string{string(portal.Requires), "obligatoire avec celle-ci"}))
		}
	}
	if len(list.Inputs)+len(list.Links) == 0 {
		list.Hint = "Il n’y a pas d’autre activité."
	}
	v.Sections = append(v.Sections, list)
}

// SetNew asks for the little that an activity needs to begin with.
func (v *ActivityForm) SetNew(a *portal.Activity, places string) {
	v.SetIdentity(a)
	v.Sections = append(v.Sections, hoursSection(a))
	v.Sections = append(v.Sections, weekSections(&a.Opening)...)
	v.Sections = append(v.Sections, Section{Legend: "Combien de places par jour\u00a0?", Inputs: []Input{
		{ID: "places", Label: "Places", Hint: "Vide : illimité. 0 : aucune place.", Type: "number", Min: "0", Max: fmt.Sprint(portal.CounterMost), Value: places}}})
}

// DateRow is a date with its places as it is typed.
type DateRow struct {
	Day, Places string
	Unlimited   bool
}

// CounterPlaces are the places of a counter as they are typed: every day, empty is unlimited; on a date, a box says so. A weekday that is empty is as every day.
type CounterPlaces struct {
	Every    string
	Weekdays [7]string
	Dates    []DateRow
}

// SetCounter asks what a counter counts.
func (v *ActivityForm) SetCounter(c *portal.Counter, uses []portal.ActivityID, activities []portal.Activity, places CounterPlaces, groups GroupChoices) {
	const hint = "Vide : illimité. 0 : aucune place."
	field := func(id, label, hint, value string) Input {
		return Input{ID: id, Label: label, Hint: hint, Type: "number", Min: "0", Max: fmt.Sprint(portal.CounterMost), Value: value}
	}
	v.Sections = append(v.Sections, Section{Legend: "Combien de places\u00a0?", Inputs: []Input{
		textInput("nom", "Nom du compteur", "« Centre de loisirs », « 3 à 5 ans ».", c.Name, 60), field("places", "Places par jour", hint, places.Every)}})
	var list []FormChoice
	for _, a := range activities {
		list = append(list, FormChoice{Name: fmt.Sprintf("activite-%d", a.ID), Label: a.Name, Checked: contains(uses, a.ID)})
	}
	if len(list) > 0 {
		in := boxes("activites", "", list...)
		in.Long = true
		v.Sections = append(v.Sections, Section{Legend: "Pour quelles activités\u00a0?", Hint: "Plusieurs activités cochées se partagent ces places : un enfant qui vient prend une place dans chaque activité réservée.", Inputs: []Input{in}})
	}
	week := Section{Pair: true, Legend: "D’autres places certains jours de la semaine\u00a0?", Hint: "Vide : comme tous les jours. « x » : illimité ce jour-là."}
	for w := portal.Monday; w <= portal.Sunday; w++ {
		in := field("places-"+w.String(), portal.Capital(w.String()), "", places.Weekdays[w])
		in.Type, in.Min, in.Max = "text", "", ""
		week.Inputs = append(week.Inputs, in)
	}
	dates := Section{ID: "dates", Legend: "D’autres places à certaines dates\u00a0?", Hint: "Une date passe avant le jour de la semaine."}
	for i, r := range places.Dates {
		dates.addRow(i, r == DateRow{}, "Date", []Input{
			dateInput(fmt.Sprintf("jour-%d", i), "Le", "", r.Day), field(fmt.Sprintf("places-%d", i), "Places ce jour-là", "0 : aucune place.", r.Places),
			boxes(fmt.Sprintf("illimite-%d", i), "", FormChoice{Name: fmt.Sprintf("illimite-%d", i), Label: "Sans limite ce jour-là", Checked: r.Unlimited})})
	}
	v.Sections = append(v.Sections, week, dates)
	v.Sections = append(v.Sections, audienceSections(c.Audience, groups)...)
	v.Buttons = append(v.Buttons, FormChoice{Value: "ligne", Label: "Ajouter une date"})
}
