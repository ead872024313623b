package handlers

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"marelle/portal"
)

// TestWhatTheNightWillDo: the trial shows the lines of the night and writes nothing; the night then does the same.
func TestWhatTheNightWillDo(t *testing.T) {
	w := newWorld(t)
	w.roll(twoPupils, twoGuardians)
	b := w.staffed("PUJOL", portal.Manager)
	b.get("/gestion/nuits/essai").want(200).wantText("Rien n’attend pour le moment").wantText("dans la nuit du 23 au 24 novembre, à 1 h 15")
	w.asks(portal.NewDate(2026, 11, 30), portal.NewDate(2026, 12, 1))
	before := w.scalar("SELECT count(*) || ' ' || (SELECT count(*) FROM night) || ' ' || (SELECT total(night_id) FROM movement) FROM movement")
	b.get("/gestion/nuits/essai").want(200).wantText("C’est un essai : rien n’est changé.").wantText("2 demandes transmises").wantText("Ligne par ligne : 2 lignes").wantText("lun. 30 nov.")
	b.get("/gestion/nuits/essai?issue=attente").wantText("Aucune ligne de cette nuit ne correspond.")
	if after := w.scalar("SELECT count(*) || ' ' || (SELECT count(*) FROM night) || ' ' || (SELECT total(night_id) FROM movement) FROM movement"); after != before {
		t.Errorf("the trial changed %s into %s", before, after)
	}
	b.get("/gestion/mouvements").wantText("2 demandes")
}

// TestNightFiltersAndFiles: lines by activity, result and child; the files hold them all.
func TestNightFiltersAndFiles(t *testing.T) {
	w := newWorld(t)
	w.roll(twoPupils, twoGuardians)
	w.asks(portal.NewDate(2026, 11, 30), portal.NewDate(2026, 12, 1))
	w.staffed("PUJOL", portal.Manager)
	w.clock.Set(time.Date(2026, 11, 24, 1, 16, 0, 0, portal.Paris))
	if _, err := w.store.Transmit(context.Background(), w.structure, portal.NewDate(2026, 11, 24)); err != nil {
		t.Fatal(err)
	}
	b := w.browser().signIn(w.scalar("SELECT login FROM account WHERE last_name = 'PUJOL'"), goodPassword)
	const night = "/gestion/nuits/2026-11-24"
	activity := w.scalar("SELECT id FROM activity")
	for query, want := range map[string]string{
		"": "réception : 2 lignes", "?q=paolo": "réception : 2 lignes", "?q=DUPONT+Paolo&issue=acceptee&activite=" + activity: "réception : 2 lignes",
		"?q=amalia": "Aucune ligne", "?issue=annulee": "Aucune ligne", "?activite=999": "Aucune ligne", "?issue=nimporte": "réception : 2 lignes",
	} {
		b.get(night + query).want(200).wantText(want)
	}
	b.get(night + "?activite=x").want(404)
	rows, err := readCSV(b.get(night + "/transmission.csv").want(200).body)
	if err != nil || len(rows) != 3 || strings.Join(rows[1][:3], " ") != "2026-11-24 1 1" || rows[1][8] != "DUPONT" || rows[1][14] != "reserver" || rows[1][17] != "acceptee" {
		t.Errorf("%q %v", rows, err)
	}
	var file struct {
		Format  string
		Version int
		Nuit    struct{ Date, Prevue, Terminee string }
		Lignes  []map[string]any
	}
	if err := json.Unmarshal([]byte(b.get(night+"/transmission.json").want(200).body), &file); err != nil {
		t.Fatal(err)
	}
	if file.Format != "marelle.transmission" || file.Version != 1 || file.Nuit.Prevue != "2026-11-24T01:15:00+01:00" || len(file.Lignes) != 2 || file.Lignes[0]["jour"] != "2026-11-30" {
		t.Errorf("%+v", file)
	}
	if got := b.res.Header.Get("Content-Disposition"); got != `attachment; filename="transmission-1-2026-11-24.json"` {
		t.Errorf("%s", got)
	}
	b.get("/gestion/nuits/2026-11-25/transmission.csv").want(404)
	agent := w.staffed("SERRES", portal.Agent)
	agent.get(night).want(404)
	agent.get(night + "/transmission.csv").want(404)
}

// TestRerunOfANight: a night that failed says so and is run again once; who asked is kept.
func TestRerunOfANight(t *testing.T) {
	w := newWorld(t)
	w.roll(twoPupils, twoGuardians)
	w.asks(portal.NewDate(2026, 11, 30))
	w.staffed("PUJOL", portal.Manager)
	w.clock.Set(time.Date(2026, 11, 24, 9, 0, 0, 0, portal.Paris))
	b := w.browser().signIn(w.scalar("SELECT login FROM account WHERE last_name = 'PUJOL'"), goodPassword)
	b.get("/gestion/nuits").wantText("Mardi 24 novembre 2026").wantText("n’a pas eu lieu")
	w.raw("CREATE TRIGGER casse BEFORE UPDATE OF night_id ON movement BEGIN SELECT RAISE(ABORT, 'disque en panne'); END")
	b.get("/gestion/nuits/2026-11-24").want(200).wantText("Cette nuit n’a pas eu lieu.").wantText("Rien n’a encore été transmis.")
	b.post("/gestion/nuits/2026-11-24/relancer", url.Values{}).want(500)
	b.get("/gestion/nuits/2026-11-24").wantText("Cette nuit a été arrêtée par une erreur.").wantText("disque en panne")
	b.get("/gestion/nuits/2026-11-24/transmission.csv").want(409)
	b.get("/gestion/nuits").wantText("arrêtée par une erreur")
	w.raw("DROP TRIGGER casse")
	b.get("/gestion/nuits/2026-11-24").post("/gestion/nuits/2026-11-24/relancer", url.Values{}).follow().want(200).wantText("La nuit est transmise.").wantText("Comptes rendus")
	b.post("/gestion/nuits/2026-11-24/relancer", url.Values{}).follow().want(200).wantText("La nuit est transmise.") // twice is harmless
	b.post("/gestion/nuits/2026-11-22/relancer", url.Values{}).want(404)
	if got := w.scalar("SELECT count(*) || ' ' || group_concat(DISTINCT subject) || ' ' || max(words) FROM staff_event WHERE subject = 'nuit'"); got != "2 nuit Nuit du mardi 24 novembre 2026 : relancée" {
		t.Errorf("the journal keeps %s", got)
	}
	if got := w.scalar("SELECT count(*) FROM movement WHERE night_id IS NOT NULL"); got != "1" {
		t.Errorf("%s movements transmitted", got)
	}
}
