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
