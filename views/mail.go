package views

import (
	"embed"
	"fmt"
	htmltemplate "html/template"
	"strings"
	texttemplate "text/template"

	"marelle/portal"
)

//go:embed mail/*
var mailFiles embed.FS

// Mails have both parts from one struct: the text by text/template, the HTML by html/template.
var (
	mailTexts = texttemplate.Must(texttemplate.ParseFS(mailFiles, "mail/*.txt"))
	mailHTML  = htmltemplate.Must(htmltemplate.ParseFS(mailFiles, "mail/*.html"))
)

// ReportMail is the report of the morning after: what was received, by activity and child, and what came of it.
type ReportMail struct {
	Words         portal.MailWords
	To            string
	Count         string // « 14 mouvements sur vos demandes de réservations ont été reçus »
	Adds, Removes string // « 11 nouvelles demandes de réservation », or nothing
	Requests      []portal.ReportGroup
	Cancellations []portal.ReportGroup
	Answers       []portal.ReportGroup // what staff decided, or left without an answer
	Promotions    []portal.ReportGroup // places that the night gave to children who waited
	Others        []portal.ReportGroup // what was not simply accepted
	Absences      []portal.ReportGroup
	Presents      []portal.ReportGroup // absences taken back
	URL           string               // « Suivi réservations »
}

// NewReportMail fills a report; text is the structure's, url the address of the site, without a slash at the end.
func NewReportMail(r *portal.Report, text portal.MailText, url string) ReportMail {
	adds, removes := r.Asked()
	m := ReportMail{
		Words: text.Words([]portal.MailValue{{Name: "nuit", Value: r.Night.Date.LongYear()}}, portal.PersonValues(r.To), portal.StructureValues(r.Structure)),
		To:    r.To.Title(), URL: url + "/suivi",
		Requests: r.Groups("add"), Cancellations: r.Groups("remove"), Promotions: r.Groups("promote"), Answers: r.Answers(), Others: r.Others(),
	}
	m.Absences, m.Presents = r.Absences()
	switch n := adds + removes; n {
	case 0:
	case 1:
		m.Count = "1 mouvement sur vos demandes de réservations a été reçu"
	default:
		m.Count = fmt.Sprintf("%d mouvements sur vos demandes de réservations ont été reçus", n)
	}
	if adds > 0 {
		m.Adds = portal.Count(adds, "nouvelle demande de réservation", "nouvelles demandes de réservation")
	}
	if removes > 0 {
		m.Removes = portal.Count(removes, "demande d'annulation", "demandes d'annulation")
	}
	return m
}

// Subject gives the subject of the mail.
func (m ReportMail) Subject() string { return m.Words.Subject }

// Render writes both parts of the mail.
func (m ReportMail) Render() (text, html string, err error) { return renderMail("report", m) }

// renderMail writes the two parts of a mail; the text has lines as people expect them: no trailing space, no run of blank lines.
func renderMail(name string, data any) (text, html string, err error) {
	var t, h strings.Builder
	if err := mailTexts.ExecuteTemplate(&t, name+".txt", data); err != nil {
		return "", "", err
	}
	if err := mailHTML.ExecuteTemplate(&h, name+".html", data); err != nil {
		return "", "", err
	}
	return strings.TrimSpace(t.String()) + "\n", h.String(), nil
}
