package main

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func init() { moreScreens = append(moreScreens, importScreens) }

// newFamilies is a file of one household, in the columns of the model.
const newFamilies = "Famille;Adresse;Code postal;Commune;Résident;Responsable 1 : civilité;Responsable 1 : nom;Responsable 1 : prénom;Responsable 1 : courriels;" +
	"Enfant : nom;Enfant : prénom;Enfant : naissance;Enfant : école;Enfant : niveau;Enfant : classe\n" +
	"1;4 rue du Pont;09140;CARTEVILLE;oui;Mme;ZANETTI;Olga;olga@exemple.fr;ZANETTI;Mila;03/02/2020;École Jean-Jaurès;CP;CP Mme IZARD\n"

// importScreens are the import of families by a manager, tried with a column to look at, the export and the year to come.
func importScreens(t testing.TB, d *demonstration) []screen {
	t.Helper()
	clerk := d.family(t, d.login(t, "gestionnaire", ""))
	cookie := clerk.cookieOf()
	tried := clerk.sendFamilies(t, strings.NewReplacer("Enfant : niveau", "Couleur").Replace(newFamilies), "essayer")
	return []screen{{"gestion-import-familles", "/gestion/import/familles", cookie}, {"gestion-import-familles-essai", tried, cookie},
		{"gestion-export", "/gestion/export", cookie}, {"gestion-annee-suivante", "/gestion/reglages/annee-suivante", cookie}}
}

var trialKey = regexp.MustCompile(`name="cle" value="([^"]+)"`)

// sendFamilies sends a families' file, and gives the page on which its trial is shown.
func (f *family) sendFamilies(t testing.TB, text, what string) string {
	t.Helper()
	const path = "/gestion/import/familles"
	f.get(t, path)
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	m.WriteField("_csrf", f.csrf)
	m.WriteField("faire", what)
	w, err := m.CreateFormFile("familles", "familles.csv")
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, text)
	m.Close()
	res, err := f.client.Post(f.base+path, m.FormDataContentType(), &body)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if key := trialKey.FindSubmatch(page); key != nil {
		return path + "?suivi=" + string(key[1])
	}
	if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("%s: %s", res.Status, page)
	}
	return path
}

// familiesFile puts a file where a browser can choose it.
func familiesFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "familles.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
