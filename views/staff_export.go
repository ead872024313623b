package views

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"marelle/portal"
)

var _ = register(StaffExport{})

// StaffExport says what the export of a structure holds.
type StaffExport struct {
	Frame
	Files []ExportFile
}

// Template names the page.
func (StaffExport) Template() string { return "staff/export" }

// ExportFile is a file of the archive.
type ExportFile struct{ Name, Detail string }

// ExportFiles lists the files of the archive in their order.
var ExportFiles = []ExportFile{
	{"familles.csv", "Les familles, les responsables et les enfants. Ce fichier s’importe de nouveau."},
	{"structure.csv", "Le nom, l’adresse et les heures de la structure."},
	{"calendrier.csv", "Les années scolaires, les vacances et les fermetures."},
	{"classes.csv", "Les écoles et leurs classes, année par année."},
	{"activites.csv", "Les activités, leurs jours et leurs délais."},
	{"compteurs.csv", "Les places, par jour de la semaine et par date."},
	{"reservations.csv", "Chaque jour réservé ou en attente d’une place."},
	{"mouvements.csv", "Chaque demande, ce qu’elle a donné, et la nuit qui l’a transmise."},
}

// ExportBook writes the files of the archive.
type ExportBook struct {
	setup *portal.Setup
	open  func(name string) (io.Writer, error)
}

// NewExportBook writes each file into what open gives for its name.
func NewExportBook(setup *portal.Setup, open func(name string) (io.Writer, error)) *ExportBook {
	return &ExportBook{setup, open}
}

// sheet begins a file with its headers.
func (b *ExportBook) sheet(name string, head ...string) (*exportSheet, error) {
	w, err := b.open(name)
	if err != nil {
		return nil, err
	}
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, err
	}
	s := &exportSheet{csv.NewWriter(w)}
	s.csv.Comma, s.csv.UseCRLF = ';', true
	return s, s.row(head...)
}

type exportSheet struct{ csv *csv.Writer }

// row writes a line, no cell of which a spreadsheet runs.
func (s *exportSheet) row(cells ...string) error {
	for i, c := range cells {
		cells[i] = neutral(c)
	}
	return s.csv.Write(cells)
}

func (s *exportSheet) end() error {
	s.csv.Flush()
	return s.csv.Error()
}

func (b *ExportBook) table(name string, head []string, rows [][]string) error {
	s, err := b.sheet(name, head...)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if err := s.row(r...); err != nil {
			return err
		}
	}
	return s.end()
}

// Families writes familles.csv, which can be imported again.
func (b *ExportBook) Families(f *portal.FamilyFile) error {
	head, rows := f.Rows()
	return b.table("familles.csv", head, rows)
}

// Settings writes what the structure has decided.
func (b *ExportBook) Settings(setup *portal.Setup, classes []portal.ClassRef, counters []portal.Counter) error {
	st := setup.Structure
	err := b.table("structure.csv", []string{"Réglage", "Valeur"}, [][]string{
		{"Nom", st.Name}, {"Adresse", st.Street}, {"Code postal", st.Postcode}, {"Commune", st.Town}, {"Téléphone", st.Phone}, {"Courriel", st.Email},
		{"Zone de vacances", st.Zone}, {"Territoire", string(st.Territory)}, {"Heure de la transmission", st.NightAt.String()}, {"Heure des comptes rendus", st.ReportAt.String()},
	})
	if err != nil {
		return err
	}
	if err := b.table("calendrier.csv", []string{"Genre", "Nom", "Premier jour", "Dernier jour"}, calendarRows(setup)); err != nil {
		return err
	}
	var rows [][]string
	for _, c := range classes {
		rows = append(rows, []string{c.School, c.Year, c.Name, fmt.Sprint(c.Children)})
	}
	if err := b.table("classes.csv", []string{"École", "Année scolaire", "Classe", "Enfants"}, rows); err != nil {
		return err
	}
	if err := b.activities(setup); err != nil {
		return err
	}
	return b.table("compteurs.csv", []string{"Compteur", "Quand", "Places"}, counterRows(counters))
}

func calendarRows(setup *portal.Setup) (rows [][]string) {
	for _, y := range setup.Years {
		rows = append(rows, []string{"année scolaire", y.Label, y.First.String(), y.Last.String()})
	}
	for _, p := range setup.Calendar.Holidays {
		rows = append(rows, []string{"vacances", p.Name, p.From.String(), p.To.String()})
	}
	for _, p := range setup.Calendar.Closures {
		rows = append(rows, []string{"fermeture", p.Name, p.From.String(), p.To.String()})
	}
	return rows
}

func counterRows(counters []portal.Counter) (rows [][]string) {
	places := func(n int, limited bool) string {
		if !limited {
			return "sans limite"
		}
		return fmt.Sprint(n)
	}
	for _, c := range counters {
		rows = append(rows, []string{c.Name, "chaque jour", places(c.Capacity, c.Limited)})
		for _, s := range c.Special {
			when := s.Day.String()
			if s.Day == 0 {
				when = s.Weekday.String()
			}
			rows = append(rows, []string{c.Name, when, places(s.Places, s.Limited)})
		}
	}
	return rows
}

func (b *ExportBook) activities(setup *portal.Setup) error {
	head := []string{"Nom", "Nom court", "Genre", "De", "À", "Jours de classe", "Jours de vacances", "Du", "Au", "Réserver", "Annuler", "Changer d’horaires", "Annoncer une absence",
		"Liste d’attente", "Inscription à l’année", "Compteurs"}
	var rows [][]string
	for i := range setup.Activities {
		a := &setup.Activities[i]
		var counters []string
		for _, c := range a.Counters {
			counters = append(counters, c.Name)
		}
		rows = append(rows, []string{a.Name, a.Short, string(a.Kind), a.Starts.String(), a.Ends.String(), a.Opening.School.String(), a.Opening.Holidays.String(), a.Opening.First.String(), a.Opening.Last.String(),
			a.Book.Sentence(), a.Cancel.Sentence(), cmp.Or(sentenceOf(a.Change), a.Cancel.Sentence()), a.AbsenceCutoff().Sentence(), yesNo(a.Waitlist), yesNo(a.Annual), strings.Join(counters, ", ")})
	}
	return b.table("activites.csv", head, rows)
}

// sentenceOf says a limit; nothing when the town hall chose none.
func sentenceOf(c portal.Cutoff) string {
	if c.IsZero() {
		return ""
	}
	return c.Sentence()
}

func yesNo(b bool) string {
	if b {
		return "oui"
	}
	return "non"
}

// stamp gives an instant as spreadsheets sort it, in French time.
func stamp(t time.Time) string { return t.In(portal.Paris).Format("2006-01-02 15:04:05") }

func hourOf(h portal.TimeOfDay) string {
	if h == 0 {
		return ""
	}
	return h.String()
}

// Bookings writes reservations.csv.
func (b *ExportBook) Bookings(list iter.Seq2[portal.ExportedBooking, error]) error {
	s, err := b.sheet("reservations.csv", "Enfant : numéro", "Enfant : nom", "Enfant : prénom", "Activité", "Jour", "État", "Arrivée", "Départ", "Réservé le", "Par l’identifiant")
	if err != nil {
		return err
	}
	for k, err := range list {
		if err != nil {
			return err
		}
		state := "réservé"
		if k.Waiting {
			state = "en attente"
		}
		if err := s.row(fmt.Sprint(k.Child), k.LastName, k.FirstName, k.Activity, k.Day.String(), state, hourOf(k.Hours.Arrival), hourOf(k.Hours.Departure), stamp(k.Since), k.Login); err != nil {
			return err
		}
	}
	return s.end()
}

// exportedActions and exportedOutcomes say in French what a movement holds.
var (
	exportedActions = map[string]string{"add": "ajout", "remove": "annulation", "change": "changement d’horaires", "promote": "place obtenue", "absent": "absence annoncée",
		"present": "finalement présent", "decide": "décision de la mairie"}
	exportedOutcomes = map[portal.Outcome]string{"booked": "réservé", "waiting": "en attente", "cancelled": "annulé", "refused": "refusé", "absent": "absent", "asked": "demandé"}
)

// Movements writes mouvements.csv.
func (b *ExportBook) Movements(list iter.Seq2[portal.ExportedMovement, error]) error {
	s, err := b.sheet("mouvements.csv", "Numéro", "Demandé le", "Par l’identifiant", "Enfant : numéro", "Enfant : nom", "Enfant : prénom", "Activité", "Jour", "Demande", "Arrivée", "Départ",
		"Réponse", "Rang", "Motif", "Nuit", "Décision de la nuit", "Rang après la nuit", "Reçu")
	if err != nil {
		return err
	}
	rank := func(n int) string {
		if n == 0 {
			return ""
		}
		return fmt.Sprint(n)
	}
	for m, err := range list {
		if err != nil {
			return err
		}
		if err := s.row(fmt.Sprint(m.ID), stamp(m.At), m.Login, fmt.Sprint(m.Child), m.LastName, m.FirstName, m.Activity, m.Day.String(), exportedActions[m.Action], hourOf(m.Hours.Arrival), hourOf(m.Hours.Departure),
			exportedOutcomes[m.Outcome], rank(m.Rank), m.Reason, m.Night.String(), exportedOutcomes[m.Final], rank(m.FinalRank), m.Receipt); err != nil {
			return err
		}
	}
	return s.end()
}
