package portal

import "time"

// ExportedTable is a table of the export of a structure.
type ExportedTable string

// The tables, in the order of their files.
const (
	ExportedRights        ExportedTable = "droits"
	ExportedPeople        ExportedTable = "personnes"
	ExportedCustody       ExportedTable = "garde"
	ExportedPapers        ExportedTable = "documents"
	ExportedNotes         ExportedTable = "notes"
	ExportedEnrolments    ExportedTable = "inscriptions"
	ExportedRegistrations ExportedTable = "inscriptions-annee"
	ExportedRequests      ExportedTable = "demandes"
)

// ExportedTables lists them.
var ExportedTables = []ExportedTable{ExportedRights, ExportedPeople, ExportedCustody, ExportedPapers, ExportedNotes, ExportedEnrolments, ExportedRegistrations, ExportedRequests}

// ExportedBooking is a booking as the export of a structure gives it.
type ExportedBooking struct {
	Child               ChildID
	LastName, FirstName string
	Activity            string
	Day                 Date
	Waiting             bool // for a place
	Hours               Hours
	Since               time.Time
	Login               string // of whoever booked
}

// ExportedMovement is one thing asked and what came of it, as the export of a structure gives it.
type ExportedMovement struct {
	ID                  MovementID
	At                  time.Time
	Login               string // of the family's account
	Child               ChildID
	LastName, FirstName string
	Activity            string
	Day                 Date
	Action              string
	Hours               Hours
	Outcome             Outcome
	Rank                int
	Reason              string
	Night               Date
	Final               Outcome
	FinalRank           int
	Receipt             string
}

// ClassRef is a class of a school in a school year.
type ClassRef struct {
	School, Year, Name string
	Children           int
}
