package views

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"slices"
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
	{"droits.csv", "Ce que chaque responsable peut faire : voir, réserver, venir chercher."},
	{"personnes.csv", "Qui peut venir chercher chaque enfant, et qui ne le doit pas."},
	{"garde.csv", "La garde alternée, jour par jour."},
	{"documents.csv", "Les documents de chaque enfant et leur échéance, sans les fichiers eux-mêmes."},
	{"notes.csv", "Les notes de la mairie sur les familles."},
	{"inscriptions.csv", "Les enfants inscrits aux activités qui le demandent."},
	{"inscriptions-annee.csv", "Les inscriptions à l’année et leurs changements."},
	{"demandes.csv", "Les demandes que la mairie doit encore décider."},
	{"mouvements.csv", "Chaque demande, ce qu’elle a donné, et la nuit qui l’a transmise."},
}

// The kinds of columns of a table whose cells are not written as they are stored.
const (
	exportBox = iota + 1
	exportInstant
	exportWeekdays
)

// exportHead is a column of a table.
type exportHead struct {
	name string
	kind int
}

var (
	exportChild    = []exportHead{{name: "Enfant"}, {name: "Nom"}, {name: "Prénom"}}
	exportActivity = exportHead{name: "Activité"}
)

func heads(first []exportHead, more ...exportHead) []exportHead {
	return append(slices.Clip(first), more...)
}

// exportTables are the columns of each table, in the order of db's queries.
var exportTables = map[portal.ExportedTable][]exportHead{
	portal.ExportedRights: {{name: "Famille"}, {name: "Nom de la famille"}, {name: "Identifiant"}, {name: "Nom"}, {name: "Prénom"}, {"Responsable légal", exportBox}, {"Voit", exportBox}, {"Réserve", exportBox},
		{"Vient chercher", exportBox}, {"Archivée le", exportInstant}},
	portal.ExportedPeople: heads(exportChild, exportHead{name: "Personne"}, exportHead{name: "Téléphone"}, exportHead{name: "Lien"}, exportHead{"Ne doit pas venir", exportBox}, exportHead{name: "Du"}, exportHead{name: "Au"},
		exportHead{name: "Note"}, exportHead{name: "Jugement du"}, exportHead{name: "Tribunal"}),
	portal.ExportedCustody:    heads(exportChild, exportHead{name: "Jour"}, exportHead{name: "Famille"}),
	portal.ExportedPapers:     heads(exportChild, exportHead{name: "Document"}, exportHead{name: "Échéance"}, exportHead{name: "Fichier"}, exportHead{"Reçu le", exportInstant}),
	portal.ExportedNotes:      {{name: "Famille"}, {name: "Nom de la famille"}, {"Écrite le", exportInstant}, {name: "Nom"}, {name: "Prénom"}, {name: "Note"}},
	portal.ExportedEnrolments: heads(exportChild, exportActivity, exportHead{name: "Du"}, exportHead{name: "Au"}),
	portal.ExportedRegistrations: heads(exportChild, exportActivity, exportHead{name: "Du"}, exportHead{name: "Au"}, exportHead{"Une semaine sur deux", exportBox}, exportHead{name: "À compter de"}, exportHead{"Jours", exportWeekdays},
		exportHead{name: "Arrivée"}, exportHead{name: "Départ"}, exportHead{name: "Identifiant"}, exportHead{"Demandée le", exportInstant}),
	portal.ExportedRequests: heads(exportChild, exportActivity, exportHead{name: "Jour"}, exportHead{"Hors délai", exportBox}, exportHead{name: "Identifiant"}, exportHead{"Demandée le", exportInstant}),
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

// Table writes one of the tables; a row has a cell for each column.
func (b *ExportBook) Table(table portal.ExportedTable, rows iter.Seq2[[]any, error]) error {
	columns := exportTables[table]
	var names []string
	for _, c := range columns {
		names = append(names, c.name)
	}
	s, err := b.sheet(string(table)+".csv", names...)
	if err != nil {
		return err
	}
	for row, err := range rows {
		if err != nil {
			return err
		}
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = exportCell(v, columns[i].kind)
		}
		if err := s.row(cells...); err != nil {
			return err
		}
	}
	return s.end()
}

func exportCell(v any, kind int) string {
	n, _ := v.(int64)
	switch {
	case v == nil:
		return ""
	case kind == exportBox:
		return yesNo(n != 0)
	case kind == exportInstant:
		return stamp(time.UnixMilli(n))
	case kind == exportWeekdays:
		return portal.WeekdaySet(n).String()
	}
	return fmt.Sprint(v)
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
