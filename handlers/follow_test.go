package handlers

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/xuri/excelize/v2"

	"marelle/db"
	"marelle/portal"
)

// validated books days for a child of the account, as the family does, and gives the receipt's number.
func (h *household) validated(account portal.AccountID, child portal.ChildID, a portal.ActivityID, present bool, days ...string) string {
	h.t.Helper()
	for _, d := range days {
		if _, err := h.store.Ask(context.Background(), account, db.Want{Child: child, Activity: a, Day: portal.MustDate(d), Present: present}); err != nil {
			h.t.Fatal(err)
		}
	}
	key, err := h.store.NewFormKey()
	if err != nil {
		h.t.Fatal(err)
	}
	receipt, err := h.store.Confirm(context.Background(), account, key, db.AnyVersion)
	if err != nil {
		h.t.Fatal(err)
	}
	return receipt.Number
}

// rows reads the lines of the lists of a page, spaces made plain.
func (b *browser) rows() []string {
	var rows []string
	b.page.Find("main table tbody tr:not(.titre-groupe)").Each(func(_ int, tr *goquery.Selection) {
		rows = append(rows, strings.Join(strings.Fields(tr.Find("th,.badge").Text()), " "))
	})
	return rows
}

func TestFollow(t *testing.T) {
	h := newHousehold(t)
	father := h.accountOf("DUPONT")
	first := h.validated(father, h.amalia, h.canteen, true, "2026-11-30", "2026-12-01", "2026-12-03")
	h.clock.Set(time.Date(2026, 11, 24, 2, 0, 0, 0, portal.Paris))
	if _, err := h.store.Transmit(context.Background(), h.structure, portal.MustDate("2026-11-24")); err != nil {
		t.Fatal(err)
	}
	h.clock.Set(time.Date(2026, 11, 24, 9, 0, 0, 0, portal.Paris))
	h.father = h.browser().signIn(h.scalar("SELECT login FROM account WHERE id = ?", father), goodPassword)
	second := h.validated(father, h.amalia, h.canteen, false, "2026-12-03")
	b := h.father

	b.get("/suivi").want(200).wantText("4 demandes").wantText("DUPONT Amalia").wantText("Novembre 2026").wantText("Décembre 2026").wantText("hier à 9 h 05, par vous")
	b.wantText("Non transmise (sera transmise cette nuit)").wantText("Annulée").wantText("Acceptée").wantText("reçu " + first)
	if len(b.rows()) != 3 || b.page.Find(`a[href="/recus/`+second+`"]`).Length() == 0 || b.page.Find("#transmise[checked]").Length() != 1 {
		t.Errorf("rows %q", b.rows())
	}
	// « Pour ne voir que les réservations / annulations que vous venez de faire, décocher la case Transmise »
	b.get("/suivi?filtre=1").want(200).wantText("1 demande").wantNoText("Acceptée reçu")
	if rows := b.rows(); len(rows) != 1 || !strings.Contains(rows[0], "3") || !strings.Contains(rows[0], "Annulée") || b.page.Find("#transmise[checked]").Length() != 0 {
		t.Errorf("rows %q", rows)
	}
	b.get("/suivi?filtre=1&transmise=1").want(200).wantText("4 demandes")

	paolo := h.id("SELECT id FROM child WHERE first_name = 'Paolo'")
	for path, want := range map[string]string{
		fmt.Sprintf("/suivi?enfant=%d", paolo): "0 demande", fmt.Sprintf("/suivi?enfant=%d", h.amalia): "4 demandes",
		fmt.Sprintf("/suivi?activite=%d", h.alsh): "Aucune demande pour ce choix", "/suivi?du=2026-12-01": "3 demandes", "/suivi?du=2026-12-01&au=2026-12-01": "1 demande",
		"/suivi?a_partir=300": "4 demandes",
	} {
		b.get(path).want(200).wantText(want)
	}
	b.get("/suivi?du=2026-12-01&au=2026-12-02")
	if link := b.page.Find(`nav[aria-label="Enfant"] a`).Last().AttrOr("href", ""); !strings.Contains(link, "du=2026-12-01") || !strings.Contains(link, "enfant=") {
		t.Errorf("another child keeps the period no longer: %s", link)
	}
	b.get("/suivi?du=2026-12-02&au=2026-12-01").want(422).wantText("Il y a 1 point à corriger").wantText("La date de fin doit être la même")
	if got := b.page.Find("#au").AttrOr("value", "") + b.page.Find("#au").AttrOr("aria-invalid", ""); got != "2026-12-01true" {
		t.Errorf("what was typed is lost: %s", got)
	}
	b.get("/suivi?du=2026-02-30").want(422).wantText("Le 30 février 2026 n’existe pas.").get("/suivi/demandes.csv?du=2026-02-30").want(422)
	b.get("/suivi/reservations?du=demain").want(422).wantText("n’est pas une date")
	foreign := h.id("SELECT id FROM child WHERE last_name = 'ORTET'")
	for _, page := range []string{"/suivi", "/suivi/demandes.csv", "/suivi/reservations", "/suivi/reservations.csv", "/suivi/reservations.ics"} {
		for _, filter := range []string{fmt.Sprintf("enfant=%d", foreign), "enfant=424242", "enfant=x", "activite=424242", "activite=-1"} {
			b.get(page + "?" + filter).want(404).wantNoText("Ambre")
		}
	}

	b.get("/suivi/demandes.csv").want(200)
	rows, err := readCSV(b.body)
	if err != nil || len(rows) != 5 || !strings.HasPrefix(b.body, "\ufeff") || b.res.Header.Get("Content-Disposition") != `attachment; filename="suivi-2026-11-24.csv"` {
		t.Fatalf("%q %v", rows, err)
	}
	if got := strings.Join(rows[1], "|"); got != "DUPONT Amalia|RESTAURATION|03/12/2026|||Annulation|Non transmise (sera transmise cette nuit)|Annulée||24/11/2026|09:00|vous|"+second {
		t.Error(got)
	}
	if b.get("/suivi/demandes.csv?filtre=1"); strings.Count(b.body, "\r\n") != 2 {
		t.Errorf("the file does not follow the box:\n%s", b.body)
	}

	// The other parent sees what was asked, by whom, and no receipt that is not hers.
	mother := h.parent("D'HAUTPOUL")
	mother.get("/suivi").want(200).wantText("par M. DUPONT Jean-Paul").wantNoText(first)
	mother.get("/suivi/journal").want(200).wantText("Aujourd’hui, mardi 24 novembre").wantText("Annulation : Cantine, Amalia").wantText("Par M. DUPONT Jean-Paul").wantNoText("reçu")
	b.get("/suivi/journal").want(200).wantText("Hier, lundi 23 novembre").wantText("Par vous · reçu " + first)
	h.parent("ORTET").get("/suivi").want(200).wantText("Aucune demande pour le moment").get("/suivi/journal").want(200).wantText("Textes du portail acceptés")
}

// TestFollowWords: the states that no operation of today makes are read from what the schema keeps.
func TestFollowWords(t *testing.T) {
	h := newHousehold(t)
	father, agent := h.accountOf("DUPONT"), h.settle(h.agent("PUJOL", portal.Manager)).Person.ID
	at := h.clock.Now().UnixMilli()
	add := func(account portal.AccountID, day, action, outcome, reason string, rank int, hours ...any) {
		h.raw(`INSERT INTO movement (structure_id, account_id, child_id, activity_id, day, action, at, outcome, reason, rank, arrival, departure)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, append([]any{h.structure, account, h.amalia, h.canteen, day, action, at, outcome, reason, rank}, hours...)...)
	}
	add(father, "2026-11-30", "add", "refused", "Il n’y a plus de place.", 0, nil, nil)
	add(father, "2026-12-01", "add", "waiting", "", 2, nil, nil)
	add(father, "2026-12-03", "change", "booked", "", 0, "08:30", "17:00")
	add(father, "2026-12-04", "absent", "absent", "", 0, nil, nil)
	add(father, "2026-12-07", "present", "booked", "", 0, nil, nil)
	add(agent, "2026-12-08", "remove", "cancelled", "", 0, nil, nil)
	h.raw("INSERT INTO night (id, structure_id, date, due_at, started_at, done_at) VALUES (9, ?, '2026-11-23', 1, 1, 1)", h.structure)
	add(father, "2026-12-10", "promote", "booked", "", 0, nil, nil)
	h.raw("UPDATE movement SET night_id = 9, final = 'booked' WHERE action = 'promote'")

	b := h.father
	b.get("/suivi").want(200)
	for _, words := range []string{"RefuséeIl n’y a plus de place.Non enregistrée", "En liste d’attente, 2e", "8 h 30 – 17 h", "Changement d’horaires", "Absence signalée", "Absence retirée",
		"Place obtenueTransmise", "dans la nuit du 22 au 23 novembre", "par la mairie"} {
		b.wantText(words)
	}
	b.get("/suivi/journal").want(200).wantText("Par la liste d’attente").wantText("Par la mairie").wantText("lun. 30 novembre. Il n’y a plus de place.").wantText("jeu. 3 décembre (8 h 30 – 17 h)")
}

// TestFollowPages: past 300 lines the older ones are on the next page.
func TestFollowPages(t *testing.T) {
	h := newHousehold(t)
	father := h.accountOf("DUPONT")
	h.raw(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 302)
		INSERT INTO movement (structure_id, account_id, child_id, activity_id, day, action, at, outcome)
		SELECT ?, ?, ?, ?, date('2026-09-01', '+' || i || ' days'), 'add', 1000000 * i, 'booked' FROM n`, h.structure, father, h.amalia, h.canteen)
	for _, path := range []string{"/suivi", "/suivi/journal"} {
		b := h.father.get(path).want(200).wantText("1 à 300 sur 302").wantText("Suivants")
		b.get(b.page.Find(".pages a[rel=next]").AttrOr("href", "")).want(200).wantText("301 à 302 sur 302").wantText("Précédents")
		if got := b.page.Find(".pages a[rel=prev]").AttrOr("href", ""); got != path {
			t.Errorf("back to %s", got)
		}
	}
	h.father.get("/suivi/demandes.csv").want(200)
	if rows, err := readCSV(h.father.body); err != nil || len(rows) != 303 {
		t.Errorf("%d lines, %v", len(rows), err)
	}
}

func TestBookings(t *testing.T) {
	h := newHousehold(t)
	father := h.accountOf("DUPONT")
	h.validated(father, h.amalia, h.canteen, true, "2026-11-30", "2026-12-01", "2026-12-07")
	h.raw("INSERT INTO booking (child_id, activity_id, day, status, queue, account_id, since) VALUES (?, ?, '2026-12-02', 'waiting', 1, ?, 0)", h.amalia, h.alsh, father)
	h.raw("INSERT INTO booking (child_id, activity_id, day, status, account_id, since, arrival, departure) VALUES (?, ?, '2026-11-24', 'booked', ?, 0, '12:00', '13:00')", h.amalia, h.canteen, father)
	b := h.father.get("/suivi/reservations").want(200).wantText("5 réservations").wantText("Cantine").wantText("4 jours").wantText("plus modifiable").wantText("12 h – 13 h")
	b.wantText("lun. 30 novembre ; mar. 1er décembre").wantText("jusqu’au jeu. 26, 9 h").wantText("En liste d’attente, 1re").wantText("jusqu’au jeu. 3, 9 h")
	b.get("/suivi/reservations?du=2026-12-05").want(200).wantText("1 réservation")
	b.get(fmt.Sprintf("/suivi/reservations?activite=%d", h.alsh)).want(200).wantText("1 réservation").wantNoText("lun. 30")
	b.get("/suivi/reservations?du=2027-06-01").want(200).wantText("Aucune réservation pour cette période.")
	b.get("/suivi/reservations?du=2026-12-02&au=2026-12-01").want(422).wantText("Corrigez les dates")

	b.get("/suivi/reservations.csv").want(200)
	rows, err := readCSV(b.body)
	if err != nil || len(rows) != 6 || strings.Join(rows[2], "|") != "DUPONT Amalia|RESTAURATION|30/11/2026|11:45|13:30|Réservé||26/11/2026|09:00" || rows[5][6] != "1" {
		t.Errorf("%q %v", rows, err)
	}
	b.get("/suivi/reservations.ics?du=2026-12-01").want(200)
	if got := b.res.Header.Get("Content-Type"); got != "text/calendar; charset=utf-8" {
		t.Error(got)
	}
	if n := strings.Count(b.body, "BEGIN:VEVENT"); n != 3 || !strings.Contains(b.body, "SUMMARY:Cantine – Amalia\r\n") || !strings.Contains(b.body, "STATUS:TENTATIVE") {
		t.Errorf("%d events:\n%s", n, b.body)
	}
	uid := fmt.Sprintf("UID:reservation-%d-%d-2026-12-07@famille.carteville.example", h.amalia, h.canteen)
	if !strings.Contains(b.body, uid) {
		t.Errorf("no %s in\n%s", uid, b.body)
	}
}

func TestHistories(t *testing.T) {
	h := newHousehold(t)
	father := h.accountOf("DUPONT")
	for day, status := range map[string]string{"2026-10-05": "booked", "2026-10-06": "booked", "2026-09-07": "booked", "2026-11-23": "booked"} {
		h.raw("INSERT INTO booking (child_id, activity_id, day, status, account_id, since) VALUES (?, ?, ?, ?, ?, 0)", h.amalia, h.canteen, day, status, father)
	}
	h.raw("INSERT INTO booking (child_id, activity_id, day, status, queue, account_id, since) VALUES (?, ?, '2026-10-07', 'waiting', 1, ?, 0)", h.amalia, h.alsh, father)
	b := h.father.get("/accueil").wantText("Consommations et règlements")
	b.get("/historique/consommations").want(200).wantText("Novembre 2026").wantText("Aucune consommation en novembre.").wantText("L’historique s’arrête en novembre 2026.")
	b.get(b.page.Find("a[rel=prev]").AttrOr("href", "")).want(200).wantText("Octobre 2026").wantText("2 jours").wantText("lun. 5, mar. 6").wantText("En liste d’attente, sans place").wantText("n’enregistre pas encore les présences")
	b.wantNoText("s’arrête")
	b.get(b.page.Find("a[rel=prev]").AttrOr("href", "")).want(200).wantText("Septembre 2026").wantText("L’historique s’arrête en septembre 2026.")
	if b.page.Find("a[rel=prev]").Length() != 0 || b.page.Find("a[rel=next]").Length() != 1 {
		t.Error("the arrows lead past the limit")
	}
	h.parent("ORTET").get("/historique/consommations?mois=2026-10").want(200).wantText("Aucune consommation en octobre.").wantText("L’historique s’arrête en octobre 2026.")
	b.get("/historique/reglements?mois=2026-10").want(200).wantText("Aucun règlement : le paiement n’est pas encore ouvert sur ce portail.").wantText("Octobre 2026")
	for _, page := range []string{"/historique/consommations", "/historique/reglements"} {
		for _, suffix := range []string{"", ".csv", ".xlsx"} {
			b.get(page + suffix + "?mois=2026-08").want(404).get(page + suffix + "?mois=2026-12").want(404).get(page + suffix + "?mois=octobre").want(422)
		}
	}

	b.get("/historique/consommations.csv?mois=2026-10").want(200)
	rows, err := readCSV(b.body)
	if err != nil || len(rows) != 4 || strings.Join(rows[1], "|") != "DUPONT Amalia|RESTAURATION|05/10/2026|11:45|13:30|Réservé" {
		t.Errorf("%q %v", rows, err)
	}
	if got := h.book("/historique/consommations.xlsx?mois=2026-10", "Consommations"); len(got) != 4 || strings.Join(got[1], "|") != "DUPONT Amalia|RESTAURATION|05/10/2026|11:45|13:30|Réservé" {
		t.Errorf("%q", got)
	}
	if got := h.book("/historique/consommations.xlsx?mois=2026-10", "Totaux"); len(got) != 3 || strings.Join(got[1], "|") != "DUPONT Amalia|RESTAURATION|2|0|0" {
		t.Errorf("%q", got)
	}
	if got := h.book("/historique/consommations.xlsx", "Consommations"); len(got) != 1 || got[0][0] != "Enfant" {
		t.Errorf("an empty month: %q", got)
	}
	if got := h.book("/historique/reglements.xlsx", "Règlements"); len(got) != 1 || got[0][0] != "Date" {
		t.Errorf("no payment: %q", got)
	}
	b.get("/historique/reglements.csv").want(200).wantBody("Date;Référence;Moyen de paiement;Montant\r\n")
}

// book reads a sheet of a workbook that the father downloads.
func (h *household) book(path, sheet string) [][]string {
	h.t.Helper()
	b := h.father.get(path).want(200)
	f, err := excelize.OpenReader(bytes.NewReader([]byte(b.body)))
	if err != nil {
		h.t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(sheet)
	if err != nil {
		h.t.Fatal(err)
	}
	return rows
}

// TestHostileFiles: names from a school file run nowhere, whatever opens the file.
func TestHostileFiles(t *testing.T) {
	h := newHousehold(t)
	const first = `=cmd|' /C calc'!A0` + "\r\nEND:VCALENDAR"
	h.raw("UPDATE child SET first_name = ?, last_name = '@DUPONT' WHERE id = ?", first, h.amalia)
	father := h.accountOf("DUPONT")
	h.validated(father, h.amalia, h.canteen, true, "2026-12-07")
	h.raw("INSERT INTO booking (child_id, activity_id, day, status, account_id, since) VALUES (?, ?, '2026-10-05', 'booked', ?, 0)", h.amalia, h.canteen, father)
	for _, path := range []string{"/suivi/demandes.csv", "/suivi/reservations.csv", "/historique/consommations.csv?mois=2026-10"} {
		rows, err := readCSV(h.father.get(path).want(200).body)
		if err != nil || len(rows) != 2 || !strings.HasPrefix(rows[1][0], "'@DUPONT =cmd") {
			t.Errorf("%s: %q %v", path, rows, err)
		}
	}
	if n := strings.Count(h.father.get("/suivi/reservations.ics").want(200).body, "\r\nEND:VCALENDAR"); n != 1 {
		t.Errorf("the agenda ends %d times", n)
	}
	if rows := h.book("/historique/consommations.xlsx?mois=2026-10", "Consommations"); !strings.HasPrefix(rows[1][0], "@DUPONT =cmd") {
		t.Errorf("%q", rows)
	}
	for _, path := range []string{"/suivi", "/suivi/reservations", "/suivi/journal", "/historique/consommations?mois=2026-10"} {
		h.father.get(path).want(200).wantText("=cmd|' /C calc'!A0")
	}
}

func TestCheckReceipt(t *testing.T) {
	h := newHousehold(t)
	father := h.accountOf("DUPONT")
	first := h.validated(father, h.amalia, h.canteen, true, "2026-12-07")
	second := h.validated(father, h.amalia, h.canteen, true, "2026-12-08", "2026-12-10")
	b := h.staffed("PUJOL", portal.Manager)
	b.get("/gestion/reglages").want(200).wantText("Vérifier un reçu")
	b.get("/gestion/recus").want(200).wantText("Vérifier un reçu").wantText("La vérification recalcule son empreinte")
	b.get("/gestion/recus?numero=2026-2").want(200).wantText("Ce reçu est authentique : son empreinte et celle du reçu précédent sont justes.").wantText("n° " + second).wantText("Compte de M. DUPONT Jean-Paul").wantText("mardi 8 décembre 2026")
	b.get("/gestion/recus?numero=2026-0099").want(404).wantText("Ce reçu n’existe pas, ou ne concerne pas votre structure.")
	b.get("/gestion/recus?numero=quarante").want(422).wantText("Écrivez le numéro comme sur le reçu")
	if got := b.page.Find("#numero").AttrOr("value", ""); got != "quarante" {
		t.Errorf("what was typed is lost: %q", got)
	}
	h.raw("UPDATE movement SET day = '2026-12-11' WHERE day = '2026-12-07'")
	b.get("/gestion/recus?numero=" + first).want(200).wantText("Ce reçu n’est pas sûr.").wantText("L’empreinte ne correspond pas au contenu").wantNoText("authentique")
	b.get("/gestion/recus?numero=" + second).want(200).wantText("Le reçu précédent n’est plus celui qui avait été donné").wantNoText("authentique")

	// A receipt that holds lines of two structures shows each one its own.
	h.raw("UPDATE movement SET day = '2026-12-07' WHERE day = '2026-12-11'")
	other, err := h.store.CreateStructure(context.Background(), portal.Structure{Name: "Syndicat", Zone: "C", NightAt: portal.Clock(1, 15), ReportAt: portal.Clock(7, 0)})
	if err != nil {
		t.Fatal(err)
	}
	h.raw("UPDATE child SET structure_id = ? WHERE first_name = 'Paolo'", other)
	h.raw("UPDATE movement SET child_id = (SELECT id FROM child WHERE first_name = 'Paolo') WHERE day = '2026-12-10'")
	b.get("/gestion/recus?numero=" + second).want(200).wantText("Ce reçu porte aussi 1 ligne d’une autre structure.").wantNoText("jeudi 10 décembre")
	if roles := h.staffed("SERRES", portal.Agent).get("/gestion/recus"); roles.res.StatusCode != 404 || slices.Contains(roles.rows(), second) {
		t.Errorf("an agent verifies receipts: %d", roles.res.StatusCode)
	}
}
