package main

import (
	"bytes"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestSickInOneTap: one tap, what was told, and back, without JavaScript; the town hall reads it at once.
func TestSickInOneTap(t *testing.T) {
	d := startDemo(t)
	v := d.visit(t, 390, 844)
	v.withoutScripts()
	v.signIn(d.login(t, "parent", "RIEU Jérôme"))
	v.open("/absences")
	name := v.text(".tableau-bord section:first-child h2")
	v.clickTo(".malade form button")
	v.wantText(".malade .note", "La mairie est prévenue : "+name+", malade, ne vient pas aujourd’hui")
	v.open("/suivi")
	v.wantText("main", "Absence signalée")
	v.wantText("main", "Non transmise")

	clerk := d.family(t, d.login(t, "agent", ""))
	if text := clerk.get(t, "/gestion/absences").Find("main").Text(); !strings.Contains(text, "RIEU "+name) {
		t.Errorf("staff do not read it:\n%s", text)
	}

	v.open("/absences")
	v.clickTo(".malade form button") // « Finalement présent »
	v.wantText("main", "La mairie est prévenue : votre enfant est attendu.")
	v.wantText(".malade", "Malade aujourd’hui")

	// A week, chosen day by day.
	v.click(`input[type="radio"][name="enfant"]`)
	v.do(chromedp.SetValue(chromedp.CSS("#du"), "2026-12-03"), chromedp.SetValue(chromedp.CSS("#au"), "2026-12-04"))
	v.clickTo(`form[method="get"] button`)
	v.wantText("main", name+", du jeudi 3 décembre au vendredi 4 décembre")
	v.clickTo(`form[method="post"][action="/absences"] button`)
	v.wantText("main .note", "La mairie est prévenue.")
	v.wantText("main", "De retour le")
}

// TestSendADocument: a real photo chosen in a real browser, one of the wrong kind before it, and its way to the manager.
func TestSendADocument(t *testing.T) {
	d := startDemo(t)
	v := d.visit(t, 390, 844)
	v.signIn(d.login(t, "parent", "AUBERT Stéphane"))
	v.open(ownAbsence(t, d, "AUBERT Stéphane"))
	v.wantText("#justificatif", "Un justificatif est demandé dans les 3 jours, au plus tard le vendredi 27 novembre.")

	dir := t.TempDir()
	wrong, huge, right := filepath.Join(dir, "certificat.jpg"), filepath.Join(dir, "gros.jpg"), filepath.Join(dir, "Certificat médical.jpg")
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 60, 80)), nil); err != nil {
		t.Fatal(err)
	}
	for path, content := range map[string][]byte{wrong: []byte("<html>pas une photo</html>"), huge: make([]byte, 20<<20), right: photo.Bytes()} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	v.do(chromedp.SetUploadFiles(chromedp.CSS("#fichier"), []string{wrong}))
	v.clickTo("#justificatif form.formulaire button")
	v.wantText("main .erreurs", "ni un PDF, ni une photo JPEG ou PNG")
	v.do(chromedp.SetUploadFiles(chromedp.CSS("#fichier"), []string{huge}))
	v.clickTo("#justificatif form.formulaire button")
	v.wantText("main", "Envoyez un fichier plus petit.")
	v.open(ownAbsence(t, d, "AUBERT Stéphane"))
	v.do(chromedp.SetUploadFiles(chromedp.CSS("#fichier"), []string{right}))
	v.clickTo("#justificatif form.formulaire button")
	v.wantText("main .note", "La mairie a reçu votre fichier.")
	v.wantText("#justificatif", "Certificat médical.jpg")

	manager := d.family(t, d.login(t, "gestionnaire", ""))
	link := ""
	for _, a := range manager.get(t, "/gestion/absences").Find("main a").EachIter() {
		if a.Text() == "Certificat médical.jpg" {
			link, _ = a.Attr("href")
		}
	}
	res, err := manager.client.Get(d.url + link)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusOK || !bytes.Equal(body, photo.Bytes()) || res.Header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("the manager gets %s, %d bytes, %v", res.Status, len(body), err)
	}

	v.clickTo("#justificatif .fiche button") // « Retirer »
	v.wantText("main .note", "Le fichier est retiré")
	v.wantText("#justificatif", "Justificatif attendu")
}
