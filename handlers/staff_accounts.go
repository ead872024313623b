package handlers

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// accounts lists the guardians, all or those that a search finds.
func (r *request) accounts() error {
	search, from := portal.Clip(r.Query("q"), 100), r.from()
	list, total, err := r.site.store.Accounts(r.ctx(), r.structure(), search, from, linesPerPage)
	if err != nil {
		return err
	}
	unwritten := 0
	if search == "" && from == 0 { // whoever searches looks for somebody else
		if unwritten, err = r.site.store.Unwritten(r.ctx(), r.structure()); err != nil {
			return err
		}
	}
	page := views.Accounts{Frame: r.frame("Comptes des parents", settingsPath), Search: search, Total: portal.Count(total, "compte")}
	if search != "" {
		page.Title = "Comptes : « " + search + " »"
	}
	switch {
	case unwritten == 1:
		page.Unread = "1 compte attend une lettre de premier accès."
	case unwritten > 1:
		page.Unread = fmt.Sprintf("%d comptes attendent une lettre de premier accès.", unwritten)
	}
	for _, a := range list {
		page.Rows = append(page.Rows, r.accountRow(a))
	}
	query := url.Values{}
	if search != "" {
		query.Set("q", search)
	}
	page.Pager = pager("/gestion/comptes", query, from, total)
	return r.render(page)
}

func (r *request) accountRow(a db.AccountLine) views.AccountRow {
	row := views.AccountRow{
		Name: a.Title(), Login: a.Login, Families: strings.Join(a.Families, ", "), Children: a.Children, NoEmail: a.Emails == 0, Agent: a.Agent,
		Seen: milliseconds(a.Letter), CSRF: r.session.CSRF,
	}
	if a.UsedName != "" {
		row.Name += " (" + a.UsedName + ")"
	}
	row.SetState(a.Letter, a.Until, a.FirstSeen, r.now)
	if r.mayWriteTo(a) {
		row.LetterURL = fmt.Sprintf("/gestion/comptes/%d/lettre", a.ID)
	}
	return row
}

// mayWriteTo says whether the agent may give a person a new password: another agent's is the administrator's affair,
// because whoever prints the letter could sign in with it.
func (r *request) mayWriteTo(a db.AccountLine) bool {
	return !a.Agent || r.session.Desk().Role == portal.Administrator
}

// milliseconds is how a form remembers the letter that it was drawn upon.
func milliseconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// lettersSeen is the instant of the last letter that the page showed.
func (r *request) lettersSeen() time.Time {
	ms, err := strconv.ParseInt(r.FormValue("vu"), 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// writeLetter makes a new letter for one account.
func (r *request) writeLetter() error {
	id, err := number[portal.AccountID](r.Params("account"))
	if err != nil {
		return err
	}
	a, err := r.site.store.Account(r.ctx(), r.structure(), id)
	if err != nil {
		return err
	}
	if !r.mayWriteTo(*a) {
		return portal.Forbidden("%s est aussi un agent : seul un administrateur peut lui donner un nouveau mot de passe.", a.Title())
	}
	letters, err := r.site.store.IssueLetters(r.ctx(), r.structure(), r.account(), []portal.AccountID{id}, r.lettersSeen())
	if err != nil {
		return err
	}
	return r.printLetters(letters, "/gestion/comptes", "Revenir aux comptes")
}

func (r *request) letterChoice() (views.LetterChoice, *db.Desk, error) {
	d, err := r.site.store.Desk(r.ctx(), r.structure())
	if err != nil {
		return views.LetterChoice{}, nil, err
	}
	return views.LetterChoice{
		Frame: r.frame("Lettres de premier accès", settingsPath), Never: d.Newcomers, Missing: d.Unwritten, Seen: milliseconds(d.LetterAt),
		Days: int(portal.TemporaryLife.Hours() / 24),
	}, d, nil
}

// lettersPage asks for whom letters are made.
func (r *request) lettersPage() error {
	page, _, err := r.letterChoice()
	if err != nil {
		return err
	}
	return r.render(page)
}

// writeLetters makes the letters of those who never signed in, to print or as a file.
func (r *request) writeLetters() error {
	page, d, err := r.letterChoice()
	if err != nil {
		return err
	}
	who := r.FormValue("qui")
	switch {
	case who != "sans" && who != "tous":
		page.Fault = "Dites pour qui éditer les lettres, puis recommencez."
		return r.renderInvalid(page)
	}
	letters, err := r.site.store.IssueFamilyLetters(r.ctx(), r.structure(), r.account(), who == "tous", r.lettersSeen())
	if errors.Is(err, db.ErrLettersMade) || err == nil && len(letters) == 0 && d.LetterAt.After(r.lettersSeen()) {
		page.Fault = db.ErrLettersMade.Message
		r.Status(int(db.ErrLettersMade.Kind))
		return r.render(page)
	}
	if err != nil {
		return err
	}
	if len(letters) == 0 {
		page.Fault = "Aucun compte n’attend de lettre."
		r.Status(int(portal.KindConflict))
		return r.render(page)
	}
	if r.FormValue("forme") == "csv" {
		r.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
		r.Set(fiber.HeaderContentDisposition, `attachment; filename="lettres-`+portal.DateOf(r.now).String()+`.csv"`)
		return r.Send(views.LettersCSV(letters, r.site.base.String()))
	}
	return r.printLetters(letters, "/gestion/comptes", "Revenir aux comptes")
}

// printLetters answers with the sheets, and the way back; nothing else will ever hold these passwords.
func (r *request) printLetters(letters []portal.Letter, back, label string) error {
	setup, err := r.site.store.Setup(r.ctx(), r.structure())
	if err != nil {
		return err
	}
	page := views.Letters{Total: portal.Count(len(letters), "lettre") + " à imprimer", Back: back, BackLabel: label}
	page.Frame = r.frame(page.Total, settingsPath)
	for _, l := range letters {
		page.Sheets = append(page.Sheets, views.NewLetterSheet(l, setup.Structure, r.site.base.String(), r.now))
	}
	return r.render(page)
}
