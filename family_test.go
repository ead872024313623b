package main

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/http"
	"net/http/cookiejar"
	"net/mail"
	"net/url"
	"strings"
	"testing"

	"encoding/base64"

	"github.com/PuerkitoBio/goquery"

	"marelle/db/demo"
)

// family is a parent who talks to the portal without a browser, over real HTTP.
type family struct {
	base   string
	client *http.Client
	csrf   string
}

func newFamily(base string) *family {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic(err)
	}
	return &family{base: base, client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// family signs a parent in.
func (d *demonstration) family(t testing.TB, l demo.Login) *family {
	t.Helper()
	f := newFamily(d.url)
	f.post(t, "/connexion", url.Values{"identifiant": {l.Login}, "mot_de_passe": {l.Password}}, http.StatusSeeOther)
	return f
}

// get reads a page and remembers the token of its forms.
func (f *family) get(t testing.TB, path string) *goquery.Document {
	t.Helper()
	res, err := f.client.Get(f.base + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s answers %s", path, res.Status)
	}
	doc, err := goquery.NewDocumentFromReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if token, ok := doc.Find(`input[name="_csrf"]`).Attr("value"); ok {
		f.csrf = token
	}
	return doc
}

// send posts a form as the pages of the site do.
func (f *family) send(path string, form url.Values) (*http.Response, error) {
	form.Set("_csrf", f.csrf)
	req, err := http.NewRequest(http.MethodPost, f.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", f.base)
	return f.client.Do(req)
}

// post sends a form, wants a status, and gives the address that the answer leads to.
func (f *family) post(t testing.TB, path string, form url.Values, want int) string {
	t.Helper()
	res, err := f.send(path, form)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != want {
		b, _ := io.ReadAll(res.Body)
		t.Fatalf("%s answers %s, want %d: %.2000s", path, res.Status, want, b)
	}
	return res.Header.Get("Location")
}

// activityOfFirstChild finds the calendar of an activity, by a word of its name.
func (f *family) activityOfFirstChild(t testing.TB, word string) string {
	t.Helper()
	res, err := f.client.Get(f.base + "/reservations")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		return ""
	}
	path := ""
	f.get(t, res.Header.Get("Location")).Find(`nav[aria-label="Activité"] a`).Each(func(_ int, a *goquery.Selection) {
		if href, _ := a.Attr("href"); strings.Contains(strings.ToLower(a.Text()), word) {
			path, _, _ = strings.Cut(href, "?")
		}
	})
	return path
}

// hidden gathers what the form of the recap sends by itself.
func hidden(recap *goquery.Document) url.Values {
	form := url.Values{}
	recap.Find("#valider input").Each(func(_ int, i *goquery.Selection) {
		name, _ := i.Attr("name")
		value, _ := i.Attr("value")
		form.Set(name, value)
	})
	return form
}

// validate confirms the draft and gives the address of the receipt.
func (f *family) validate(t testing.TB) string {
	t.Helper()
	return f.post(t, "/recapitulatif", hidden(f.get(t, "/recapitulatif")), http.StatusSeeOther)
}

// readParts decodes a message made of a text and an HTML alternative, in that order.
func readParts(t testing.TB, msg *mail.Message) (text, html string) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("the message is %s (%v)", kind, err)
	}
	var found []string
	r := multipart.NewReader(msg.Body, params["boundary"])
	for {
		part, err := r.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		switch strings.ToLower(part.Header.Get("Content-Transfer-Encoding")) {
		case "quoted-printable":
			body, err = io.ReadAll(quotedprintable.NewReader(bytes.NewReader(body)))
		case "base64":
			body, err = io.ReadAll(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(body)))
		}
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, part.Header.Get("Content-Type"), strings.ReplaceAll(string(body), "\r\n", "\n"))
	}
	if len(found) != 4 || !strings.HasPrefix(found[0], "text/plain") || !strings.HasPrefix(found[2], "text/html") {
		t.Fatalf("parts: %q", found)
	}
	return found[1], found[3]
}
