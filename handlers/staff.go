package handlers

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"marelle/db"
	"marelle/portal"
	"marelle/views"
)

// managers set up, import and write to families; the other agents see the day.
var managers = staffWith(portal.Manager, portal.Administrator)

// administrators keep the site itself: its structures, its team.
var administrators = staffWith(portal.Administrator)

// linesPerPage is how many lines of a long list stand on one page.
const linesPerPage = 100

// from reads the rank of the first line of a page.
func (r *request) from() int {
	n, err := strconv.Atoi(r.Query("a_partir"))
	if err != nil || n < 1 {
		return 0
	}
	return n
}

// pageOf gives where the page of a list begins that holds a line, or its last page when the list has grown shorter.
func pageOf(from, total int) int {
	if from < total {
		return from
	}
	return max(0, total-1) / linesPerPage * linesPerPage
}

// pager gives the way to the neighbours of a page of a list; the query is kept.
func pager(path string, query url.Values, from, total int) views.Pager {
	return views.NewPager(from, linesPerPage, total, func(from int) string {
		q := url.Values{}
		for name, values := range query {
			q[name] = values
		}
		if from > 0 {
			q.Set("a_partir", strconv.Itoa(from))
		}
		if len(q) == 0 {
			return path
		}
		return path + "?" + q.Encode()
	})
}

// nextNight says when the next transmission is.
func (r *request) nextNight() (string, error) {
	setup, err := r.site.store.Setup(r.ctx(), r.structure())
	if err != nil {
		return "", err
	}
	return "cette nuit à " + setup.Structure.NightAt.Word(), nil
}

// mayManage says whether the agent may open more than the day's pages.
func (r *request) mayManage() bool { return managers.admit(r.session) }

// decidePath is where staff decide what families asked.
const decidePath = views.DecidePath

// desk is the first page of staff: what needs someone now.
func (r *request) desk() error {
	facts, err := r.site.store.DeskFacts(r.ctx(), r.structure())
	if err != nil {
		return err
	}
	d, err := r.site.store.Desk(r.ctx(), r.structure())
	if err != nil {
		return err
	}
	facts.NoMailServer, facts.Unwritten = !r.site.mailing, d.Unwritten
	page := views.Desk{Frame: r.frame("Espace agents, "+portal.DateOf(r.now).Long(), "/gestion"), Today: portal.Capital(portal.DateOf(r.now).Long())}
	if page.Night, err = r.nextNight(); err != nil {
		return err
	}
	list, _, err := r.site.store.PendingAsked(r.ctx(), r.structure(), d.Pending-5, 5)
	if err != nil {
		return err
	}
	for i := len(list) - 1; i >= 0; i-- {
		page.Asked = append(page.Asked, views.NewAskedLine(list[i].Movement, list[i].By, r.now))
	}
	page.AskedAll = "Voir les " + portal.Count(d.Pending, "demande")
	if d.Pending < 2 {
		page.AskedAll = "Voir la demande"
	}
	page.Tonight = r.tonight(d.Registrations)
	page.SetDays(facts)
	for _, t := range facts.Tasks(r.mayManage(), administrators.admit(r.session)) {
		task := views.NewTask(t, decidePath, r.now)
		if !r.site.opens(task.URL, r.session) {
			task.URL = ""
		}
		page.Tasks = append(page.Tasks, task)
	}
	page.Tiles = deskTiles(d, page.Night, page.Tonight, r.mayManage())
	return r.render(page)
}

// tonight says what the next night does beside the requests that wait, with the way to its trial for who may open it.
func (r *request) tonight(registrations int) views.Tonight {
	url := nightTrialPath
	if !r.site.opens(url, r.session) {
		url = ""
	}
	return views.NewTonight(registrations, url)
}

func deskTiles(d *db.Desk, next string, tonight views.Tonight, manager bool) []views.Tile {
	asked := views.Tile{URL: "/gestion/mouvements", Icon: "suivi", Label: "Demandes", Number: fmt.Sprint(d.Pending), Unit: "à transmettre", Detail: portal.Capital(next)}
	if tonight.Words != "" {
		asked.Detail = tonight.Words
	}
	tiles := []views.Tile{asked}
	night := views.Tile{Icon: "lune", Long: "Dernière", Label: "nuit", Number: "–", Detail: "Aucune nuit n’a encore été transmise"}
	if d.Night != nil {
		night.Number, night.Unit = fmt.Sprint(d.Night.Movements), strings.TrimPrefix(portal.Count(d.Night.Movements, "transmise"), fmt.Sprint(d.Night.Movements)+" ")
		night.Detail = portal.Capital(portal.Instant(d.Night.Done))
	}
	if !manager {
		return append(tiles, night)
	}
	night.URL = nightsPath
	waiting := d.Mails[db.MailPending] + d.Mails[db.MailSending]
	mails := views.Tile{URL: mailsPath, Icon: "mail", Label: "Courriels", Number: fmt.Sprint(waiting), Unit: "en attente", Detail: "Aucun n’est abandonné"}
	if dead := d.Mails[db.MailDead]; dead > 0 {
		mails.Detail = portal.Count(dead, "abandonné")
	}
	access := views.Tile{URL: "/gestion/comptes", Icon: "cle", Long: "Premiers", Label: "accès", Number: fmt.Sprint(d.Newcomers), Unit: "à venir", Detail: "Tous ont une lettre"}
	if d.Unwritten > 0 {
		access.Detail = portal.Count(d.Unwritten, "compte") + " sans lettre utilisable"
	}
	return append(tiles, night, mails, access)
}

// movements lists what the next night will transmit.
func (r *request) movements() error {
	from := r.from()
	list, total, err := r.site.store.PendingAsked(r.ctx(), r.structure(), from, linesPerPage)
	if err != nil {
		return err
	}
	page := views.Movements{Frame: r.frame("Demandes à transmettre", "/gestion/mouvements"), Manager: r.mayManage(), Total: portal.Count(total, "demande"), Lines: r.askedLines(list)}
	page.Pager = pager("/gestion/mouvements", nil, from, total)
	registrations, err := r.site.store.PendingRegistrations(r.ctx(), r.structure())
	if err != nil {
		return err
	}
	page.Tonight = r.tonight(registrations)
	page.Night, err = r.nextNight()
	if err != nil {
		return err
	}
	return r.render(page)
}

func (r *request) askedLines(list []db.Asked) []views.AskedLine {
	var lines []views.AskedLine
	for _, a := range list {
		lines = append(lines, views.NewAskedLine(a.Movement, a.By, r.now))
	}
	return lines
}
