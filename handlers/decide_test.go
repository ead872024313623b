package handlers

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"marelle/portal"
	"marelle/views"
)

// clerk is an agent of the household's structure, signed in.
func (h *busyHousehold) clerk(name string, role portal.Role) *browser {
	h.t.Helper()
	return h.browser().signIn(h.settle(h.agent(name, role)).Login, goodPassword).want(303)
}

// formOf gives what the page's forms send by themselves.
func (b *browser) formOf(selector string) url.Values {
	form := url.Values{}
	b.page.Find(selector).Find("input[name], select[name]").Each(func(_ int, field *goquery.Selection) {
		name, kind := field.AttrOr("name", ""), field.AttrOr("type", "")
		switch {
		case goquery.NodeName(field) == "select":
			form.Set(name, field.Find("option[selected]").AttrOr("value", field.Find("option").First().AttrOr("value", "")))
		case kind != "radio" && kind != "checkbox" || field.Is("[checked]"):
			form.Set(name, field.AttrOr("value", ""))
		}
	})
	return form
}

// TestDecideMany: the dashboard leads to the requests; a proposal records nothing; a refusal needs its reason; what cannot be
// done stays with its reason; agents and other structures find nothing.
func TestDecideMany(t *testing.T) {
	h := newBusyHousehold(t)
	h.change(t, h.study, func(a *portal.Activity) { a.Decided = true })
	day := "2026-12-03"
	h.validated(h.accountOf("DUPONT"), h.amalia, h.study, true, day)
	h.validated(h.accountOf("DUPONT"), h.paolo, h.study, true, day, "2026-12-04")
	b := h.clerk("GESTION", portal.Manager)
	b.get("/gestion").want(200).wantText("3 demandes attendent votre décision")
	b.get("/gestion/mouvements").want(200).wantText("Demandes à décider")
	b.get(views.DecidePath).want(200).wantText("3 demandes").wantText("la dernière place").wantText("plus de place").wantText("Aucune réponse n’est choisie.")
	b.get(views.DecidePath + "?enfant=amalia").want(200).wantText("1 demande").get(views.DecidePath + "?semaine=2026-12-08").want(200).wantText("Aucune demande ne correspond")
	b.get(views.DecidePath + "?semaine=demain").want(200).wantText("Cette date ne se lit pas")
	b.get(fmt.Sprintf("%s?activite=%d", views.DecidePath, h.alsh)).want(200).wantText("Aucune demande ne correspond")

	name := func(child portal.ChildID, day string) string { return fmt.Sprintf("%d-%d-%s", child, h.study, day) }
	form := b.get(views.DecidePath).formOf(`form[method=post][data-une-fois]`)
	form.Set("faire", "proposer")
	b.post(views.DecidePath, form).want(200).wantText("Ce n’est qu’une proposition : rien n’est encore enregistré.").wantText("2 acceptées, 1 en liste d’attente, 0 refusée")
	if n := h.scalar("SELECT count(*) FROM request"); n != "3" {
		t.Errorf("a proposal answered: %s left", n)
	}
	b.htmx(true).post(views.DecidePath, form).want(200).wantBody(`hx-target="#p-` + name(h.amalia, day))
	b.htmx(false)

	form = url.Values{"v-" + name(h.amalia, day): {"accepter"}, "v-" + name(h.paolo, day): {"accepter"}, "v-" + name(h.paolo, "2026-12-04"): {"refuser"}}
	form.Set("faire", "compter")
	b.post(views.DecidePath, form).want(200).wantText("2 acceptées, 0 en liste d’attente, 1 refusée")
	form.Del("faire")
	b.post(views.DecidePath, form).want(422).wantText("donnez la raison du refus")
	form.Set("m-"+name(h.paolo, "2026-12-04"), "Ce jour est réservé aux grands.")
	b.post(views.DecidePath, form).want(409).wantText("2 réponses sont enregistrées.").wantText("1 réponse n’a pas pu être enregistrée").wantText("Plus de place le jeudi 3 décembre pour l’étude surveillée : 1 place, 1 prise.")
	b.post(views.DecidePath, form).want(409).wantText("n’attend plus de réponse")
	b.post(views.DecidePath, url.Values{}).want(422).wantText("Choisissez une réponse au moins")
	// Which of the two came first depends on the order of the form.
	left := h.scalar("SELECT child_id FROM request")
	b.post(views.DecidePath, url.Values{"v-" + left + fmt.Sprintf("-%d-%s", h.study, day): {"attente"}}).wantTo(views.DecidePath + "?fait=1")
	b.follow().wantText("1 réponse est enregistrée. Les familles le lisent par courriel.").wantText("Aucune demande n’attend")
	h.father.get("/suivi").want(200).wantText("Ce jour est réservé aux grands.")

	agent := h.clerk("GUICHET", portal.Agent)
	missing := agent.get("/gestion/nulle-part").want(404).text()
	for _, path := range []string{views.DecidePath, views.WaitingPath, views.PrioritiesPath, views.WaitListPath(h.study, portal.MustDate(day)), fmt.Sprintf("%s/%d", views.PrioritiesPath, h.study), fmt.Sprintf("/gestion/enfants/%d/priorites", h.amalia)} {
		if got := agent.get(path).want(404).text(); got != missing {
			t.Errorf("%s: an agent reads another page than for what does not exist\n%s", path, got)
		}
	}
	if other := agent.get("/gestion/mouvements").want(200); strings.Contains(other.text(), "Demandes à décider") {
		t.Error("an agent is led to what it may not open")
	}
	w := h.scalar("SELECT count(*) FROM structure")
	elsewhere, err := h.store.CreateStructure(context.Background(), portal.Structure{Name: "SIVOM", Zone: "C"})
	if err != nil {
		t.Fatal(w, err)
	}
	letter, err := h.store.CreateStaff(context.Background(), elsewhere, portal.Identity{LastName: "AILLEURS", FirstName: "Ève"}, portal.Manager)
	if err != nil {
		t.Fatal(err)
	}
	stranger := h.browser().signIn(h.settle(letter).Login, goodPassword).want(303)
	stranger.get(views.DecidePath).want(200).wantText("0 demande")
	stranger.get(views.WaitListPath(h.study, portal.MustDate(day))).want(404)
	stranger.get(fmt.Sprintf("%s/%d", views.PrioritiesPath, h.study)).want(404)
	stranger.get(fmt.Sprintf("/gestion/enfants/%d/priorites", h.amalia)).want(404)
	stranger.get(views.DecidePath)
	stranger.post(views.DecidePath, url.Values{"v-" + name(h.amalia, day): {"refuser"}, "m-" + name(h.amalia, day): {"non"}}).want(404)
}

// TestPrioritiesArePublished: the secretary makes a criterion, publishes an order, ticks a child, and families read it; a
// canteen says why it has none.
func TestPrioritiesArePublished(t *testing.T) {
	h := newBusyHousehold(t)
	b := h.clerk("GESTION", portal.Manager)
	b.get(settingsPath).want(200).wantText("Qui passe d’abord")
	b.get(views.PrioritiesPath).want(200).wantText("article L131-13 du Code de l’éducation")
	b.post(views.PrioritiesPath+"/criteres", url.Values{"nom": {" "}}).want(422).wantText("Donnez le critère comme les familles le liront")
	b.post(views.PrioritiesPath+"/criteres", url.Values{"nom": {"les deux parents travaillent"}, "document": {"attestation"}}).follow().wantText("Le critère est enregistré.")
	label := h.scalar("SELECT id FROM priority_label")
	b.post(views.PrioritiesPath+"/criteres", url.Values{"nom": {"Les deux parents travaillent"}}).want(422).wantText("Un autre critère s’appelle déjà « les deux parents travaillent ». Choisissez un autre nom.")
	b.post(views.PrioritiesPath+"/criteres/"+label, url.Values{"nom": {""}}).want(422).wantText("Donnez le critère")
	if b.page.Find("details[open] #faute-nom-"+label).Text() == "" || b.page.Find(`.erreurs a[href="#nom-`+label+`"]`).Length() != 1 {
		t.Error("the fault of a criterion is not beside its field")
	}
	b.post(views.PrioritiesPath+"/criteres/"+label, url.Values{"nom": {"les deux parents travaillent"}, "document": {"attestation de l’employeur"}}).want(303)

	path := fmt.Sprintf("%s/%d", views.PrioritiesPath, h.study)
	form := b.get(path).want(200).wantText("Critère 1").formOf("form.formulaire")
	form.Set("critere-1", "mairie-"+label)
	form.Set("critere-2", "mairie-"+label)
	b.post(path, form).want(422).wantText("Ce critère est déjà plus haut.")
	form.Set("critere-2", "commune")
	b.post(path, form).follow().wantText("Les priorités sont publiées")
	form.Set("critere-2", "")
	b.post(path, form).want(409).wantText("a enregistré un changement")
	b.get(fmt.Sprintf("%s/%d", views.PrioritiesPath, h.canteen)).want(403).wantText("la loi l’interdit")
	b.get(views.PrioritiesPath)
	b.post(fmt.Sprintf("%s/%d", views.PrioritiesPath, h.canteen), url.Values{"critere-1": {"commune"}}).want(403)
	b.post(views.PrioritiesPath+"/criteres/"+label, url.Values{"faire": {"retirer"}}).want(409).wantText("fait partie des priorités publiées")

	child := fmt.Sprintf("/gestion/enfants/%d", h.amalia)
	b.get(child).want(200).wantText("Priorités")
	form = b.get(child + "/priorites").want(200).wantText("À présenter : attestation de l’employeur.").formOf("form.formulaire")
	form.Set("critere-"+label, "1")
	b.post(child+"/priorites", form).want(422).wantText("Donnez la date du document")
	form.Set("date-"+label, "2026-09-03")
	form.Set("fin-"+label, "2026-09-01")
	b.post(child+"/priorites", form).want(422).wantText("La fin vient avant la date du document.")
	form.Set("fin-"+label, "2027-08-31")
	b.post(child+"/priorites", form).follow().wantText("Les priorités sont enregistrées.")
	b.post(child+"/priorites", form).want(409)

	const rule = "1. les deux parents travaillent ; 2. habite la commune"
	calendar := fmt.Sprintf("/reservations/%d/%d", h.amalia, h.study)
	h.father.get(calendar + "?mois=2026-12").want(200).wantText(rule)
	h.father.get(calendar + "?jour=2026-12-03").want(200)
}

// TestWaitingListOfStaff: a list is read, a child moved, served by hand and taken off, each with a reason.
func TestWaitingListOfStaff(t *testing.T) {
	h := newBusyHousehold(t)
	day := portal.MustDate("2026-12-03")
	ambre := portal.ChildID(h.id("SELECT id FROM child WHERE first_name = 'Ambre'"))
	h.validated(h.accountOf("DUPONT"), h.amalia, h.study, true, day.String())
	h.validated(h.accountOf("DUPONT"), h.paolo, h.study, true, day.String())
	h.validated(h.accountOf("ORTET"), ambre, h.study, true, day.String())
	b := h.clerk("GESTION", portal.Manager)
	list := views.WaitListPath(h.study, day)
	b.get(views.WaitingPath).want(200).wantText("1 liste").wantText("2 enfants")
	b.get(list).want(200).wantText("2 enfants en attente, places : aucune").wantText("ORTET Ambre")
	act := fmt.Sprintf("%s/%d", list, ambre)
	form := b.get(act).want(200).wantText("aucune place n’est libre.").formOf("form.formulaire")
	b.post(act, form).want(422).wantText("Choisissez ce qu’il faut faire.")
	form.Set("faire", "monter")
	b.post(act, form).want(422).wantText("Donnez la raison en une phrase")
	form.Set("motif", "Décision de la commission")
	b.post(act, form).follow().wantText("Le rang est changé.")
	b.post(act, form).want(409).wantText("La liste a changé pendant que vous la lisiez.")
	b.get(views.StaffJournalPath).wantText("Décision de la commission")
	form = b.get(act).formOf("form.formulaire")
	form.Set("motif", "Urgence familiale")
	form.Set("faire", "place")
	b.post(act, form).want(409).wantText("Aucune place n’est libre")
	form.Set("faire", "rang")
	form.Set("rang", "2")
	b.post(act, form).follow().want(200)

	h.raw("UPDATE activity SET priorities = '[\"fratrie\"]' WHERE id = ?", h.study)
	h.change(t, h.study, func(a *portal.Activity) { a.Counters[0].Capacity = 2; a.WaitMode = portal.WaitNight }) // forgets what is in memory
	b.get(list).wantText("1. a un frère ou une sœur qui a une place ce jour-là").wantText("La liste est dans cet ordre.")
	form = b.get(act).wantText("1 place est libre.").formOf("form.formulaire")
	form.Set("motif", "Urgence familiale")
	form.Set("faire", "monter")
	b.post(act, form).follow().wantText("La liste n’est pas dans cet ordre.")
	b.post(list+"/ordonner", url.Values{"vu": {"autre"}}).want(409).wantText("La liste a changé")
	b.post(list+"/ordonner", b.get(list).formOf(`form[action$="/ordonner"]`)).follow().wantText("La liste est dans l’ordre des priorités publiées.")
	form = b.get(act).formOf("form.formulaire")
	form.Set("motif", "Urgence familiale")
	form.Set("faire", "place")
	b.post(act, form).follow().wantText("La place est donnée.")
	b.get(act).want(404)
	paolo := fmt.Sprintf("%s/%d", list, h.paolo)
	h.father.get(fmt.Sprintf("/reservations/%d/%d?jour=%s", h.paolo, h.study, day)).want(200).wantText("Priorités, dans cet ordre")
	form = b.get(paolo).formOf("form.formulaire")
	form.Set("motif", "Dossier incomplet")
	form.Set("faire", "retirer")
	b.post(paolo, form).follow().wantText("L’enfant a quitté la liste.").wantText("Personne n’attend plus de place")
	h.father.get("/suivi").want(200).wantText("Dossier incomplet")
	b.get(views.WaitListPath(h.canteen, day)).want(200)
	b.get(views.WaitingPath + "/1/demain").want(404)
}
