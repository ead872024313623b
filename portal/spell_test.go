package portal

import (
	"strings"
	"testing"
)

// TestDocumentOfAnAbsence: asked until the earliest of its days; two files at most, none once accepted.
func TestDocumentOfAnAbsence(t *testing.T) {
	setup := absenceTown(Cutoff{})
	canteen, centre := setup.Activity(1), setup.Activity(2)
	s := Spell{Document: DocumentExpected}
	for _, day := range []string{"2026-11-24", "2026-11-23"} {
		for _, a := range []*Activity{centre, canteen} {
			d := setup.NewAbsenceDay(a, MustDate(day))
			d.Absence = &Absence{DocumentBy: a.DocumentBy(d.Day)}
			s.Days = append(s.Days, d)
		}
	}
	if s.Asked() != MustDate("2026-11-26") || s.AskedWithin() != 3 || s.RefuseDocument() != nil {
		t.Errorf("asked %s, within %d: %v", s.Asked(), s.AskedWithin(), s.RefuseDocument())
	}
	s.Documents = make([]Document, 2)
	if s.RefuseDocument() == nil || s.RefuseDrop() != nil {
		t.Error("a third file")
	}
	s.Document, s.Documents = DocumentAccepted, nil
	if s.RefuseDocument() == nil || s.RefuseDrop() == nil {
		t.Error("changed once accepted")
	}
	s.Days = s.Days[:1] // the centre asks none
	if s.Asked() != 0 || s.RefuseDocument() == nil {
		t.Error("a document nobody asked")
	}
	for now, want := range map[string]string{"2027-12-26 10:00:00": "2026-11-26", "2028-02-01 00:00:00": "2027-01-01"} {
		if got := DocumentsForgottenBefore(at(now)); got != MustDate(want) {
			t.Errorf("on %s documents are kept from %s", now, got)
		}
	}
}

// TestCheckDocument: what counts is in the file, not its name.
func TestCheckDocument(t *testing.T) {
	for _, test := range []struct {
		name, body string
		want       DocumentType
		why        string
	}{
		{"PDF", "%PDF-1.4\n%…", PDF, ""},
		{"JPEG", "\xff\xd8\xff\xe0\x00\x10JFIF", JPEG, ""},
		{"PNG", "\x89PNG\r\n\x1a\n…", PNG, ""},
		{"page HTML", "<html><script>alert(1)</script>", "", "ni un PDF, ni une photo"},
		{"SVG", `<svg xmlns="http://www.w3.org/2000/svg" onload="x">`, "", "ni un PDF"},
		{"PDF après une page", "<html>%PDF-1.4", "", "ni un PDF"},
		{"vide", "", "", "vide"},
		{"trop gros", "%PDF-" + strings.Repeat(" ", DocumentBytesMost), "", "Ce fichier pèse 5,1\u00a0Mo : le plus lourd accepté est de 5\u00a0Mo."},
	} {
		got, err := CheckDocument([]byte(test.body))
		if got != test.want || !strings.Contains(AsError(err).Field("fichier"), test.why) {
			t.Errorf("%s: %s, %v", test.name, got, err)
		}
	}
	if _, err := CheckDocument([]byte("%PDF-" + strings.Repeat(" ", DocumentBytesMost-5))); err != nil {
		t.Errorf("5 Mo exactly: %v", err)
	}
}

func TestCleanFileName(t *testing.T) {
	for name, want := range map[string]string{
		"certificat.pdf": "certificat.pdf",
		`C:\Users\Jean\Certificat médical (1).pdf`: "Certificat médical (1).pdf",
		"../../etc/passwd":                         "passwd",
		"..":                                       "justificatif",
		"":                                         "justificatif",
		"a\r\nSet-Cookie: x=1.pdf":                 "a Set-Cookie x1.pdf",
		"photo\u202egnp.exe":                       "photognp.exe",
		`"><script>alert(1)<script>.png`:           "scriptalert(1)script.png",
		"\xff\xfe":                                 "justificatif",
		strings.Repeat("a", 200):                   strings.Repeat("a", 59) + "…",
	} {
		if got := CleanFileName(name); got != want {
			t.Errorf("%q gives %q, want %q", name, got, want)
		}
	}
}
