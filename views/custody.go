package views

import (
	"fmt"
	"time"

	"marelle/portal"
)

var _ = register(CustodyPage{})

// CustodyPage is the shared custody of a child as staff read it.
type CustodyPage struct {
	Frame
	Heading       string
	Child         string // where « Revenir » leads
	URL           string
	Done          string
	Families      int
	Rule          []string // empty: there is none
	Written       string   // who wrote it and when
	Warnings      []string
	Spans         []SpanLine
	Taken         []string   // bookings to come of each family
	Exchanges     []SpanLine // what the parents proposed to each other
	Version, CSRF string
}

// Template names the page.
func (CustodyPage) Template() string { return "staff/custody" }

// SpanLine is a run of days of one family.
type SpanLine struct{ Days, Whose, Why string }

// CustodyWeeks is how far ahead a preview looks.
const CustodyWeeks = 8

// SpanLines draws the next weeks of shared custody.
func SpanLines(c *portal.Custody, cal *portal.Calendar, names map[portal.FamilyID]string, now time.Time) (list []SpanLine) {
	from := max(portal.DateOf(now), c.Start)
	for _, s := range c.Spans(from, from+CustodyWeeks*7-1, cal) {
		days := "Du " + s.First.Long() + " au " + s.Last.Long()
		if s.First == s.Last {
			days = "Le " + s.First.Long()
		}
		list = append(list, SpanLine{Days: days, Whose: names[s.Family], Why: portal.Capital(s.Why)})
	}
	return list
}

// TwiceWords says when the numbers of the weeks give the child to one family twice running.
func TwiceWords(c *portal.Custody, names map[portal.FamilyID]string, now time.Time) (list []string) {
	today := portal.DateOf(now)
	for _, day := range c.TwiceRunning(today, today+550) {
		_, week := (day - 7).ISOWeek()
		owner := c.B
		if week%2 == 0 {
			owner = c.A
		}
		list = append(list, fmt.Sprintf("À partir du %s, %s a l’enfant deux semaines de suite : la semaine %d et la suivante sont toutes deux impaires. Si le jugement ne le veut pas, choisissez de compter les semaines à partir de la première, ou ajoutez une exception.",
			day.LongYear(), names[owner], week))
	}
	return list
}

// OwnCustody is the shared custody of a child as one of its parents reads it.
type OwnCustody struct {
	Rule     []string
	Spans    []SpanLine
	Exchange string // where a day is exchanged
}

// NewOwnCustody draws it for one of the two families.
func NewOwnCustody(c *portal.Custody, mine portal.FamilyID, cal *portal.Calendar, now time.Time) *OwnCustody {
	whose := map[portal.FamilyID]string{mine: "vos jours", c.Other(mine): "jours de l’autre parent"}
	in := map[portal.FamilyID]string{mine: "chez vous", c.Other(mine): "chez l’autre parent"}
	return &OwnCustody{Rule: c.Words(in), Spans: SpanLines(c, cal, whose, now)}
}
