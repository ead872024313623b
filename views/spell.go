package views

import (
	"fmt"
	"slices"
	"time"

	"marelle/portal"
)

var (
	_ = register(SpellPage{})
	_ = part("family/absence#days", []SpellDay{})
	_ = part("family/absence#document", SpellDocument{})
)

// SpellCard is an announced absence in the list.
type SpellCard struct {
	URL       string
	ID        portal.SpellID
	Name      string
	Days      string
	Reason    string // « malade »
	Document  string // where its document stands
	Badge     string
	BadgeIcon string
	Lines     []SpellDay
	Longer    string // said instead of many lines
}

// spellLinesMost is how many days a card lists; the page of the absence lists them all.
const spellLinesMost = 5

// NewSpellCard draws an announced absence.
func NewSpellCard(s *portal.Spell, now time.Time, csrf string) SpellCard {
	c := SpellCard{URL: SpellPath(s.ID), ID: s.ID, Name: s.Child.FirstName, Days: runWords(s.First, s.Last), Reason: string(s.Reason)}
	c.Document, c.Badge, c.BadgeIcon = documentLook(s, now)
	for _, l := range spellDays(s, now, AbsencesPath, csrf) {
		if l.coming {
			c.Lines = append(c.Lines, l)
		}
	}
	if len(c.Lines) > spellLinesMost {
		c.Longer, c.Lines = "Voir les "+portal.Count(len(c.Lines), "jour"), nil
	}
	return c
}

// documentLook says where the document of an absence stands; nothing when none is asked.
func documentLook(s *portal.Spell, now time.Time) (words, badge, icon string) {
	by := s.Asked()
	switch {
	case by == 0:
		return "", "", ""
	case s.Document == portal.DocumentReceived && len(s.Documents) > 0 && s.Documents[0].Late:
		return "Justificatif reçu en retard", "ajout", "fichier"
	case s.Document == portal.DocumentReceived:
		return "Justificatif reçu", "fait", "fichier"
	case s.Document == portal.DocumentAccepted:
		return "Justificatif accepté", "fait", "coche"
	case s.Document == portal.DocumentRefused:
		return "Justificatif refusé", "complet", "croix"
	case portal.DateOf(now) > by:
		return "Justificatif en retard, attendu le " + by.Short(), "complet", "alerte"
	}
	return "Justificatif attendu jusqu’au " + by.Short(), "ajout", "horloge"
}

// SpellDay is a day of an announced absence, with the button that ends it.
type SpellDay struct {
	Day, What string
	Words     string   // until when it can be taken back
	Notes     []string // what no longer can
	Undo      bool
	Child     portal.ChildID
	Value     string // « 2026-11-23 »
	From      string // the page that shows it
	CSRF      string

	coming bool
}

// spellDays groups an announced absence by day.
func spellDays(s *portal.Spell, now time.Time, from, csrf string) []SpellDay {
	var list []SpellDay
	for i := 0; i < len(s.Days); {
		day := s.Days[i].Day
		l := SpellDay{Day: portal.Capital(day.Long()), Child: s.Child.ID, Value: day.String(), From: from, CSRF: csrf, coming: day >= portal.DateOf(now)}
		var same []portal.AbsenceDay
		var open []portal.AbsenceDay
		for ; i < len(s.Days) && s.Days[i].Day == day; i++ {
			d := s.Days[i]
			same = append(same, d)
			if !l.coming {
				continue
			}
			if why := d.RefusePresent(now); why != nil {
				l.Notes = append(l.Notes, activityWord(d.Activity)+" : "+lowerFirst(why.Message))
			} else {
				open = append(open, d)
			}
		}
		l.What = portal.Capital(activityWords(same))
		l.Undo = len(open) > 0
		l.setLimits(open, now)
		list = append(list, l)
	}
	return list
}

// setLimits says until when the absence can be taken back: once when it is the same for all, else for each activity.
func (l *SpellDay) setLimits(open []portal.AbsenceDay, now time.Time) {
	different := slices.ContainsFunc(open, func(d portal.AbsenceDay) bool { return !d.Limit.At.Equal(open[0].Limit.At) })
	for _, d := range open {
		until := "odifiable " + portal.Until(d.Limit.At, now) + "."
		if !different {
			l.Words = "M" + until
			return
		}
		l.Notes = append(l.Notes, activityWord(d.Activity)+" : m"+until)
	}
}

// SpellPage is one announced absence: what was recorded, what was left out, its documents.
type SpellPage struct {
	Frame
	Heading  string
	Done     string // said just after it was announced
	Notice   string // said after a file was sent or taken back
	Days     string
	Reason   string
	At       string
	Back     string
	Lines    []SpellDay
	Left     []AbsenceRow
	Document SpellDocument
}

// Template names the page.
func (SpellPage) Template() string { return "family/absence" }

// SpellDocument is the part of an absence about its document; Asked is empty when none is.
type SpellDocument struct {
	Asked            string
	State            string
	Badge, BadgeIcon string
	Files            []DocumentLine
	Action           string // where a file is sent; nothing when none can be
	Why              string // why not
	Faults           Faults
	Most             string // « 5 Mo »
	CSRF             string
}

// DocumentLine is a file that was sent.
type DocumentLine struct {
	Name, Detail string
	URL          string
	Drop         string // where it is taken back; nothing when it cannot be
}

// SetSpell fills the page.
func (v *SpellPage) SetSpell(s *portal.Spell, sheet *portal.AbsenceSheet, now time.Time) {
	v.Days, v.Reason, v.At, v.Back = runWords(s.First, s.Last), string(s.Reason), portal.Instant(s.At), backWords(sheet)
	v.Lines = spellDays(s, now, SpellPath(s.ID), v.CSRF)
	for i := range sheet.Days {
		d := &sheet.Days[i]
		if d.Absence != nil {
			continue
		}
		l := newAbsenceLine(d, now)
		if d.State(now) == portal.AbsencePossible {
			l.Badge, l.BadgeIcon, l.State, l.Detail = "", "rond", "Pas signalée", "Cette réservation n’est pas dans cette absence. Pour la signaler aussi, recommencez."
		}
		if day := portal.Capital(d.Day.Long()); len(v.Left) == 0 || v.Left[len(v.Left)-1].Day != day {
			v.Left = append(v.Left, AbsenceRow{Day: day})
		}
		row := &v.Left[len(v.Left)-1]
		row.Lines = append(row.Lines, l)
	}
	v.Document = newSpellDocument(s, now, v.CSRF)
}

func newSpellDocument(s *portal.Spell, now time.Time, csrf string) SpellDocument {
	d := SpellDocument{CSRF: csrf, Most: portal.Megabytes(portal.DocumentBytesMost)}
	if s.Asked() == 0 {
		return d
	}
	d.Asked = documentAsked(s.AskedWithin(), s.Asked())
	d.State, d.Badge, d.BadgeIcon = documentLook(s, now)
	for _, f := range s.Documents {
		l := NewDocumentLine(f, absenceDocument)
		if s.RefuseDrop() == nil {
			l.Drop = l.URL + "/retirer"
		}
		d.Files = append(d.Files, l)
	}
	if why := s.RefuseDocument(); why != nil {
		d.Why = why.Message
	} else {
		d.Action = SpellPath(s.ID) + "/justificatif"
	}
	return d
}

// NewDocumentLine draws a file; path is where files are opened.
func NewDocumentLine(f portal.Document, path string) DocumentLine {
	detail := fmt.Sprintf("%s, %s, reçu le %s", f.Type.Word(), portal.Megabytes(f.Size), portal.Instant(f.At))
	if f.Late {
		detail += ", en retard"
	}
	return DocumentLine{Name: f.Name, Detail: detail, URL: path + f.ID}
}
