package handlers

import (
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"marelle/portal"
	"marelle/views"
)

// gestures do once what a route of staff changes; the agent is an administrator, who signed in a moment ago. A route that staff
// post to and that no test of this package saw written in the audit log fails the whole run (TestMain), unless it is silent.
var gestures = map[string]func(w *world, b *browser){
	"/gestion/import": func(w *world, b *browser) {
		b.get(importPath).upload(map[string]string{"ecole": "École Jean-Jaurès", "annee": "2026-2027", "faire": "importer"}, rollFiles(twoPupils, twoGuardians)).want(303)
	},
	"/gestion/comptes/:account/lettre": func(w *world, b *browser) {
		l := w.guardian(w.structure, "DUPONT")
		b.get("/gestion/comptes")
		b.post(fmt.Sprintf("/gestion/comptes/%d/lettre", l.Person.ID), url.Values{"vu": {seenIn(b)}}).want(200).wantText("Mot de passe provisoire")
	},
	"/gestion/lettres": func(w *world, b *browser) {
		w.roll(twoPupils, twoGuardians)
		b.get("/gestion/lettres")
		b.post("/gestion/lettres", url.Values{"vu": {seenIn(b)}, "qui": {"tous"}, "forme": {"page"}}).want(200)
	},
	views.AnnouncementsPath: func(w *world, b *browser) { w.announced(b) },
	views.AnnouncementsPath + "/:message": func(w *world, b *browser) {
		path := w.announced(b)
		b.post(path, url.Values{"titre": {"Fermeture"}, "texte": {"Un autre texte."}, "du": {"2026-11-23"}, "au": {"2026-11-30"}, "pour": {"tous"}}).want(303)
	},
	views.AnnouncementsPath + "/:message/retirer": func(w *world, b *browser) {
		b.post(w.announced(b)+"/retirer", url.Values{}).want(303)
	},
	views.AnnouncementsPath + "/:message/remettre": func(w *world, b *browser) {
		path := w.announced(b)
		b.post(path+"/retirer", url.Values{}).want(303)
		b.post(path+"/remettre", url.Values{}).want(303)
	},
	"/gestion/courriels/:mail/renvoyer": func(w *world, b *browser) {
		w.raw(`INSERT INTO outbox (id, structure_id, key, kind, address, subject, body_text, body_html, message_id, state, created_at, next_at)
			VALUES (77, ?, 'essai', 'rapport', 'a@exemple.fr', 'Compte rendu', 'texte', '', 'x', 'dead', 0, 0)`, w.structure)
		b.get("/gestion")
		b.post("/gestion/courriels/77/renvoyer", url.Values{}).want(303)
	},
	views.TeamPath + "/exigence": func(w *world, b *browser) {
		b.get(views.TeamPath)
		b.post(views.TeamPath+"/exigence", url.Values{"exige": {"oui"}, "actuel": {goodPassword}}).wantTo(views.TeamPath + "?fait=exige")
	},
	views.TeamPath + "/nouveau": func(w *world, b *browser) {
		b.get(views.TeamPath + "/nouveau")
		b.post(views.TeamPath+"/nouveau", url.Values{"cle": {b.page.Find("input[name=cle]").AttrOr("value", "")}, "nom": {"Serres"}, "prenom": {"Nadia"}, "role": {"agent"}, "actuel": {goodPassword}}).want(200).wantText("Mot de passe provisoire")
	},
	views.TeamPath + "/:agent": func(w *world, b *browser) {
		path := views.AgentPath(w.agent("SERRES", portal.Agent).Person.ID)
		b.get(path)
		b.post(path, url.Values{"faire": {"role"}, "montre": {"agent"}, "role": {"regisseur"}, "actuel": {goodPassword}}).wantTo(path + "?fait=role")
	},
}

// silent are the routes that staff post to and that leave no line in the audit log, each with its reason.
var silent = map[string]string{
	"/gestion/*":                           "an address that leads nowhere",
	"/gestion/textes/courriels/:kind/html": "an example of the mail, nothing is saved",
	"/gestion/reglages/activites/:activity/delais/modifier":   "it changes a draft, which nobody sees before it is published, and noted",
	"/gestion/reglages/activites/:activity/delais/retirer":    "as modifier",
	"/gestion/reglages/activites/:activity/delais/abandonner": "as modifier",
	"/gestion/reglages/calendrier/:year/import":               "the file only fills the form, which is saved, and noted, afterwards",
}

// noted are the routes of staff whose line in the audit log some test of this package saw being written (browser.do).
var noted sync.Map

// unnoted lists the routes that staff post to, that no test saw leave a line in the audit log and that are not silent.
func unnoted() []string {
	var list []string
	for _, r := range seenTable {
		_, seen := noted.Load(r.path)
		if _, quiet := silent[r.path]; r.method == post && r.policy.area == staffArea && !seen && !quiet {
			list = append(list, r.path)
		}
	}
	return list
}

// seenTable is the table of routes of the last site that a test made.
var seenTable []route

// announced writes a message to families and gives its page.
func (w *world) announced(b *browser) string {
	b.get(views.AnnouncementsPath + "/nouveau")
	key := b.page.Find("input[name=cle]").AttrOr("value", "")
	b.post(views.AnnouncementsPath, url.Values{"cle": {key}, "titre": {"Fermeture"}, "texte": {"Le portail ferme."}, "du": {"2026-11-23"}, "au": {"2026-11-30"}, "pour": {"tous"}}).want(303)
	return views.AnnouncementsPath + "/" + w.scalar("SELECT max(id) FROM announcement")
}

// seenIn reads which letter a page was drawn upon.
func seenIn(b *browser) string { return b.page.Find("input[name=vu]").Last().AttrOr("value", "") }

// TestEveryGestureIsNoted: whatever agents change, the audit log says who did it, and where.
func TestEveryGestureIsNoted(t *testing.T) {
	table := newWorld(t).site.table
	known := map[string]bool{}
	for _, r := range table {
		if r.method != post || r.policy.area != staffArea {
			continue
		}
		known[r.path] = true
		do, written := gestures[r.path]
		reason, quiet := silent[r.path]
		switch {
		case written && quiet:
			t.Errorf("%s is both noted and silent", r.path)
		case quiet && len(reason) < 10:
			t.Errorf("%s: why is it silent?", r.path)
		}
		if do == nil {
			continue
		}
		t.Run(strings.ReplaceAll(strings.Trim(r.path, "/"), "/", "-"), func(t *testing.T) {
			w := newWorld(t)
			letter := w.settle(w.agent("ROUCH", portal.Administrator))
			b := w.browser().signIn(letter.Login, goodPassword).want(303)
			do(w, b)
			if n := w.scalar("SELECT count(*) FROM staff_event WHERE account_id = ? AND structure_id = ?", letter.Person.ID, w.structure); n == "0" {
				t.Errorf("%s leaves no line in the audit log", r.path)
			}
		})
	}
	for path := range gestures {
		if !known[path] {
			t.Errorf("%s is not a route", path)
		}
	}
	for path := range silent {
		if !known[path] {
			t.Errorf("%s is silent and not a route", path)
		}
	}
}
