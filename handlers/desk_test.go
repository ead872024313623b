package handlers

import (
	"context"
	"testing"

	"marelle/portal"
	"marelle/views"
)

// TestEveryTaskLeadsSomewhere: whatever the first page of staff asks an administrator to do has an address, and it is a route.
func TestEveryTaskLeadsSomewhere(t *testing.T) {
	w := newWorld(t)
	b := w.staffed("ROUCH", portal.Administrator)
	admin, err := w.store.Session(context.Background(), b.token())
	if err != nil {
		t.Fatal(err)
	}
	tasks := []portal.DeskTask{{Kind: portal.TaskYear}, {Kind: portal.TaskYear, Year: "2027-2028"}, {Kind: portal.TaskTerms, Terms: portal.Conditions}, {Kind: portal.TaskTerms, Terms: portal.Privacy}}
	for _, kind := range []portal.TaskKind{portal.TaskEmpty, portal.TaskNight, portal.TaskDecide, portal.TaskAbsent, portal.TaskFull, portal.TaskMails, portal.TaskNoServer, portal.TaskAddresses,
		portal.TaskDocuments, portal.TaskOpening, portal.TaskLetters} {
		tasks = append(tasks, portal.DeskTask{Kind: kind})
	}
	for _, task := range tasks {
		task.Day, task.N, task.Figure = portal.DateOf(w.clock.Now()), 2, portal.DayFigure{Activity: &portal.Activity{Spoken: "la cantine"}}
		if url := views.NewTask(task, decidePath, w.clock.Now()).URL; !w.site.opens(url, admin) {
			t.Errorf("« %s » leads to %q, which is no route of an administrator", task.Kind, url)
		}
	}
}

// TestRegistrationsOfTonight: the first page and the requests say how many registrations for the year the night changes, and
// lead to its trial, which lists their days; the night done, nothing is said any more.
func TestRegistrationsOfTonight(t *testing.T) {
	h := annual(t)
	manager, agent := h.manager(), h.staffed("PUJOL", portal.Agent)
	const words, way = "+ 1 changement d’inscription à l’année cette nuit", `main a[href="/gestion/nuits/essai"]`
	for _, path := range []string{"/gestion", "/gestion/mouvements"} {
		manager.get(path).want(200).wantNoText("inscription à l’année")
	}
	form := views.NewRegistrationPath(h.amalia, h.canteen)
	h.father.get(form).want(200)
	asked := h.father.typed("debut", "2026-11-30", "jour-lundi", "1", "jour-jeudi", "1")
	h.father.post(form, asked).want(303)
	for _, path := range []string{"/gestion", "/gestion/mouvements"} {
		if manager.get(path).want(200).wantText(words); manager.page.Find(way).Length() != 1 {
			t.Errorf("no way from %s to the trial", path)
		}
		if agent.get(path).want(200).wantText(words); agent.page.Find(way).Length() != 0 {
			t.Errorf("%s sends an agent where it may not go", path)
		}
	}
	manager.get("/gestion").wantText("0 à transmettre + 1 changement d’inscription à l’année")
	manager.get("/gestion/nuits/essai").want(200).wantText("1 changement d’inscription à l’année, dont les jours sont dans ces demandes").
		wantText("DUPONT Amalia").wantText("lun. 30 nov.").wantText("Inscription à l’année.")
	h.tonight("2026-11-24")
	manager.signIn(h.scalar("SELECT login FROM account WHERE last_name = 'ROUCH'"), goodPassword)
	manager.get("/gestion").want(200).wantNoText("inscription à l’année")
}

// TestSearchOfMessagesIsBounded: a search that means more people than are looked for says so, and asks for more letters.
func TestSearchOfMessagesIsBounded(t *testing.T) {
	w := newWorld(t)
	b := w.staffed("ROUCH", portal.Manager)
	const wide = "Plus de 200 personnes correspondent : tous leurs messages ne sont pas dans cette liste."
	w.raw("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) INSERT INTO account (login, last_name, first_name, created_at) SELECT 'Z' || i, 'MARTIN' || i, 'Zoé', 0 FROM n")
	b.get("/gestion/courriels?q=martin").want(200).wantNoText(wide).wantText("Aucun message ne correspond.")
	w.raw("INSERT INTO account (login, last_name, first_name, created_at) VALUES ('Z0', 'MARTINEAU', 'Zoé', 0)")
	b.get("/gestion/courriels?q=martin").want(200).wantText(wide)
	b.get("/gestion/courriels?q=martineau").want(200).wantNoText(wide)
}
