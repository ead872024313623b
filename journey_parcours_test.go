package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"marelle/db/demo"
	"marelle/portal"
)

// send presses a button that sends a form, and counts it.
func (s *secretary) send(button, selector, want string) {
	s.t.Helper()
	s.forms++
	s.clickTo(button)
	s.wantText(selector, want)
}

// publishLimit changes until when an activity is booked: the rule, then its publication.
func (s *secretary) publishLimit(activity string, fill func()) {
	s.t.Helper()
	s.open("/gestion/reglages")
	s.clickTo(`main a[href="/gestion/reglages/delais"]`)
	s.open(read(s.visitor, chromedp.Evaluate[string](fmt.Sprintf(`[...document.querySelectorAll("main h2 a")].find(a => a.textContent.trim() === %q).getAttribute("href")`, activity))))
	s.clickTo(`main dl a[href*="cas=reserver-internet-0"]`)
	fill()
	s.send(`form.regle button.principal`, "main", "Brouillon : rien n’est encore publié.")
	s.send(`#publier button.principal`, "main", "publié")
}

// movedClock is a clock that a test moves on while a site runs by it.
type movedClock struct {
	mu    sync.Mutex
	begin time.Time
	start time.Time
}

func (c *movedClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.start.Add(time.Since(c.begin))
}

func (c *movedClock) moveTo(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.start, c.begin = at, time.Now()
}

// formsOfACommune is the most forms that a whole commune may take, the first parent's included.
const formsOfACommune = 60

// TestACommuneFromNothing: a secretary sets a whole commune up from an empty base, in the browser alone, and the first parent
// books with the letter; a night passes and the report is written. Every form sent is counted. Then the same by plain forms,
// all of it on a telephone.
func TestACommuneFromNothing(t *testing.T) {
	t.Run("avec JavaScript", func(t *testing.T) { communeFromNothing(t, 1280, 900, true) })
	t.Run("sans JavaScript, sur un téléphone", func(t *testing.T) { communeFromNothing(t, 390, 844, false) })
}

func communeFromNothing(t *testing.T, width, height int64, scripts bool) {
	clock := &movedClock{begin: time.Now(), start: portal.MustDate("2026-11-23").At(portal.Clock(9, 0))}
	d, code, runner := startEmptyAt(t, clock.now)
	s := &secretary{visitor: d.visit(t, width, height)}
	if !scripts {
		s.withoutScripts()
	}

	// The first installation, by the code of the terminal.
	s.open("/")
	s.set("code", code, "nom", "Mairie de CarteVille", "commune", "CarteVille", "zone", "C", "votre_nom", "DURAND", "votre_prenom", "Anne",
		"mdp", "girafe tournevis brouillard", "mdp2", "girafe tournevis brouillard")
	s.send(`main form button.principal`, "main", "Votre identifiant")
	administrator := read(s.visitor, chromedp.Evaluate[string](`document.querySelector("main").innerText.match(/[A-Z0-9]{4}-[A-Z0-9]{4}/)[0]`))
	s.clickTo(`main a.principal`)
	s.click(`input[name="rgpd"]`)
	s.click(`input[name="cgu"]`)
	s.send(`main button[type="submit"]`, "header", "Mairie de CarteVille")

	// The first page says what is to be done, and leads to the first steps.
	s.wantText("main", "Aucun enfant")
	s.clickTo(`main a[href="/gestion/reglages"]`)
	s.wantText("main", "Encore 4 étapes avant la première réservation.")

	// The structure: address, hours of the night and of the morning, colour.
	s.clickTo(`main ol a[href="/gestion/reglages/structure"]`)
	s.set("rue", "1 place de la Mairie", "code_postal", "09140", "telephone", "05 61 00 00 00", "courriel", "mairie@exemple.fr", "nuit", "01:30", "matin", "06:45")
	s.save("La structure est enregistrée.")
	s.clickTo(`main form a.discret`)
	s.clickTo(`main a[href="/gestion/reglages/apparence"]`)
	s.set("couleur", "#7a1f5c")
	s.save("La couleur est enregistrée.")

	// The calendar: the zone came with the installation, a bridge day.
	s.open("/gestion/reglages")
	s.clickTo(`main a[href="/gestion/reglages/calendrier"]`)
	s.wantText("main", "Vacances de Noël")
	s.clickTo(`main a[href$="/fermetures"]`)
	s.do(chromedp.SetValue(chromedp.CSS(`select[name="quoi-0"]`), "pont"))
	s.set("nom-0", "pont de l’Ascension", "du-0", "2027-05-07")
	s.save("Pont de l’Ascension")

	// The school roll: both files, tried, then imported.
	s.open("/gestion/reglages")
	s.clickTo(`main ol a[href="/gestion/import"]`)
	for field, file := range map[string]string{"#eleves": "onde-eleves.csv", "#responsables": "onde-responsables.csv"} {
		path, err := filepath.Abs(filepath.Join("db", "demo", file))
		if err != nil {
			t.Fatal(err)
		}
		s.do(chromedp.SetUploadFiles(chromedp.CSS(field), []string{path}))
	}
	s.set("ecole", "École Jean-Jaurès")
	s.save("Essai : rien n’a été changé")
	s.save("L’import est fait.")

	// The canteen, of 120 places, and until when it is booked and cancelled.
	s.model("cantine")
	s.set("places", "120")
	s.save("L’activité est créée.")
	s.publishLimit("Restauration scolaire", func() {
		s.set("heure", "10 h")
	})

	// Morning and evening, with their hours.
	s.model("matin")
	s.save("L’activité est créée.")
	s.part("horaires")
	s.click(`[name="demande_arrivee"]`)
	s.set("debut", "07:15", "pas", "15")
	s.save("l’arrivée")
	s.model("soir")
	s.save("L’activité est créée.")
	s.part("horaires")
	s.click(`[name="demande_depart"]`)
	s.set("pas", "30")
	s.save("le départ, de 30 en 30 minutes")

	// The Wednesday camp with its meal.
	s.model("cantine")
	s.set("nom", "Repas du mercredi", "court", "Repas", "parle", "le repas du mercredi")
	for _, day := range []string{"lundi", "mardi", "jeudi", "vendredi", "mercredi"} {
		s.click(`[name="ecole-` + day + `"]`)
	}
	s.save("L’activité est créée.")
	s.model("mercredi")
	s.set("places", "40")
	s.save("L’activité est créée.")
	s.part("liens")
	s.do(chromedp.SetValue(chromedp.CSS(read(s.visitor, chromedp.Evaluate[string](
		`"#" + [...document.querySelectorAll("main form .champ")].find(c => c.textContent.includes("repas du mercredi") || c.textContent.includes("Repas du mercredi")).querySelector("select").id`))), "exige"))
	s.save("obligatoire : elle est réservée avec celle-ci")

	// The holidays, with a booking window.
	s.model("vacances")
	s.set("places", "40")
	s.save("L’activité est créée.")
	s.part("periodes")
	s.send(`button[value^="proposer-"]`, "main", "Rien n’est encore enregistré")
	s.save("Vacances de Noël")

	// A new agent, with a letter.
	s.open("/gestion/reglages")
	s.clickTo(`main a[href="/gestion/equipe"]`)
	s.clickTo(`main a[href="/gestion/equipe/nouveau"]`)
	s.set("nom", "SERRES", "prenom", "Nadia", "actuel", "girafe tournevis brouillard")
	s.click(`input[name="role"][value="agent"]`)
	s.save("Mot de passe provisoire")

	// The letters of the parents are the last step, and the list of steps goes.
	s.open("/gestion/reglages")
	s.wantText("main", "Encore 1 étape avant la première réservation.")
	s.clickTo(`main ol a[href="/gestion/lettres"]`)
	s.send(`button[value="page"]`, ".lettre", "Votre accès au portail famille")
	codes := read(s.visitor, chromedp.Evaluate[[]string](`[...document.querySelectorAll(".lettre")].find(l => l.getAttribute("aria-label").includes("DUPONT Jean-Paul")).innerText.match(/[A-Z0-9]{4}(-[A-Z0-9]{4})+/g)`))
	if len(codes) < 2 {
		t.Fatalf("the letter gives %v", codes)
	}
	setUp := s.forms
	s.open("/gestion/reglages")
	if strings.Contains(s.text("main"), "Mise en place") {
		t.Error("the first steps stay when they are done")
	}

	// The first parent comes with the letter, accepts the texts and books.
	p := &secretary{visitor: d.visit(t, 390, 844)}
	ask := p.click
	if !scripts {
		p.withoutScripts()
		ask = p.clickTo
	}
	p.open("/")
	firstSignIn(p.visitor, demo.Login{Login: codes[0], Password: codes[1]}, "le chat dort sous 3 tilleuls")
	p.forms += 5 // the sign-in, the password refused and chosen, the texts without their boxes and with them
	amalia(p.visitor, "2026-12")
	for _, day := range []string{"2026-12-04", "2026-12-07"} {
		p.forms++
		ask("#j-" + day)
		p.wantDay(day, "ajout")
	}
	p.clickTo("#vers-recap")
	p.wantText("main", "Rien n’est encore enregistré")
	p.send("#valider button.principal", "h1", "2 demandes enregistrées")

	// The night, then the morning.
	clock.moveTo(portal.MustDate("2026-11-24").At(portal.Clock(7, 0)))
	if err := runner.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Everybody signs in again in the morning.
	s.clearCookies()
	s.signIn(demo.Login{Login: administrator, Password: "girafe tournevis brouillard"})
	setUp++
	if width < 900 {
		s.click("details.menu:not(.compte) > summary")
		s.clickTo(`details.menu[open] a[href="/gestion/nuits"]`)
	} else {
		s.clickTo(`nav a[href="/gestion/nuits"]`)
	}
	s.clickTo(`main a[href="/gestion/nuits/2026-11-24"]`)
	s.wantText("main", "Amalia")
	s.open("/gestion/reglages")
	s.clickTo(`main a[href="/gestion/courriels"]`)
	s.wantText("main", "jean.paul.dupont34@exemple.fr")
	p.clearCookies()
	p.signIn(demo.Login{Login: codes[0], Password: "le chat dort sous 3 tilleuls"})
	p.forms++
	p.open("/suivi")
	p.wantText("main", "Transmise")
	total := setUp + p.forms
	t.Logf("%d forms: %d to set the commune up, %d of the first parent", total, setUp, p.forms)
	if total >= formsOfACommune {
		t.Errorf("%d forms, want fewer than %d", total, formsOfACommune)
	}
}
