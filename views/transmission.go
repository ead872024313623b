package views

import (
	"encoding/json"
	"fmt"
	"time"

	"marelle/portal"
)

// TransmissionVersion is the number of the form of the files of a night (docs/transmission.md). It grows when a program that
// reads them would have to change; a column or a name that is only added leaves it as it is.
const TransmissionVersion = 1

// Transmission is a night as a file for other programs.
type Transmission struct {
	Format    string             `json:"format"`
	Version   int                `json:"version"`
	Structure TransmissionPlace  `json:"structure"`
	Night     TransmissionNight  `json:"nuit"`
	Lines     []TransmissionLine `json:"lignes"`
}

// TransmissionPlace is the structure of a transmission.
type TransmissionPlace struct {
	ID   portal.StructureID `json:"numero"`
	Name string             `json:"nom"`
}

// TransmissionNight is when a transmission was due and done.
type TransmissionNight struct {
	Date       portal.Date `json:"date"`
	Due        string      `json:"prevue"`
	Done       string      `json:"terminee"`
	Movements  int         `json:"demandes"`
	Promotions int         `json:"places_donnees"`
}

// TransmissionLine is one day of one child and one activity.
type TransmissionLine struct {
	ID        portal.MovementID   `json:"ligne"`
	Receipt   string              `json:"recu"`
	At        string              `json:"demande_le"`
	Account   portal.AccountID    `json:"compte"`
	By        string              `json:"demandeur"`
	Child     portal.ChildID      `json:"enfant"`
	LastName  string              `json:"nom"`
	FirstName string              `json:"prenom"`
	Activity  portal.ActivityID   `json:"activite"`
	Name      string              `json:"nom_activite"`
	Kind      portal.ActivityKind `json:"genre"`
	Day       portal.Date         `json:"jour"`
	Asked     string              `json:"demande"`
	Arrival   string              `json:"arrivee"`
	Departure string              `json:"depart"`
	Result    string              `json:"resultat"`
	Rank      int                 `json:"rang"`
	Reason    string              `json:"motif"`
}

// NewTransmission begins the file of a night.
func NewTransmission(st portal.Structure, n portal.Night) *Transmission {
	return &Transmission{Format: "marelle.transmission", Version: TransmissionVersion, Structure: TransmissionPlace{st.ID, st.Name}, Lines: []TransmissionLine{},
		Night: TransmissionNight{Date: n.Date, Due: fileInstant(n.Due), Done: fileInstant(n.Done), Movements: n.Movements, Promotions: n.Promotions}}
}

// fileInstant writes an instant as programs read it, in the hour of France.
func fileInstant(t time.Time) string { return t.In(portal.Paris).Format(time.RFC3339) }

// Add adds a line.
func (t *Transmission) Add(m *portal.Movement, by portal.Person) {
	_, rank := m.Result()
	t.Lines = append(t.Lines, TransmissionLine{
		ID: m.ID, Receipt: m.Receipt, At: fileInstant(m.At), Account: m.Account, By: by.Title(), Child: m.Child.ID, LastName: m.Child.LastName, FirstName: m.Child.FirstName,
		Activity: m.ActID, Name: m.Activity, Kind: m.Icon, Day: m.Day, Asked: m.AskedCode(), Arrival: fileHour(m.Hours.Arrival), Departure: fileHour(m.Hours.Departure),
		Result: m.ResultCode(), Rank: rank, Reason: m.Reason,
	})
}

// fileHour writes an hour, or nothing when none was given.
func fileHour(h portal.TimeOfDay) string {
	if h == 0 {
		return ""
	}
	return h.String()
}

// JSON writes the file with names.
func (t *Transmission) JSON() ([]byte, error) { return json.MarshalIndent(t, "", "  ") }

// CSV writes the file as a table; the night stands on each line, so that files can be put one after the other.
func (t *Transmission) CSV() []byte {
	rows := make([][]string, len(t.Lines))
	for i, l := range t.Lines {
		rows[i] = []string{t.Night.Date.String(), fmt.Sprint(t.Structure.ID), fmt.Sprint(l.ID), l.Receipt, l.At, fmt.Sprint(l.Account), l.By, fmt.Sprint(l.Child), l.LastName, l.FirstName,
			fmt.Sprint(l.Activity), l.Name, string(l.Kind), l.Day.String(), l.Asked, l.Arrival, l.Departure, l.Result, fmt.Sprint(l.Rank), l.Reason}
	}
	return CSV([]string{"nuit", "structure", "ligne", "recu", "demande_le", "compte", "demandeur", "enfant", "nom", "prenom",
		"activite", "nom_activite", "genre", "jour", "demande", "arrivee", "depart", "resultat", "rang", "motif"}, rows)
}
