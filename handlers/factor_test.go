package handlers

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"marelle/portal"
	"marelle/views"
)

// TestFactorCannotBeSkipped: where a structure requires it, who has no second factor yet gets no other page, file or form of
// the site, by whatever address, method or way of asking, until the telephone is prepared.
func TestFactorCannotBeSkipped(t *testing.T) {
	w := newWorld(t)
	chief := w.settle(w.agent("ROUCH", portal.Administrator))
	b := w.browser().signIn(chief.Login, goodPassword).want(303)
	b.get(views.TeamPath).post(views.TeamPath+"/exigence", url.Values{"exige": {"oui"}, "actuel": {goodPassword}}).want(303)
	w.clock.Add(time.Minute)
	c := w.browser().signIn(chief.Login, goodPassword).want(303).follow().follow().want(200)
	before, tried := w.scalar("SELECT count(*) FROM staff_event"), 0
	for _, r := range w.site.table {
		if r.policy.admit == nil || r.policy.state == anyState || r.policy.state == enrolling {
			continue
		}
		path := strings.NewReplacer(":date", "2026-11-24", ":kind", "rgpd", "*", "rien").Replace(r.path)
		for strings.Contains(path, ":") {
			head, rest, _ := strings.Cut(path, ":")
			_, tail, more := strings.Cut(rest, "/")
			if path = head + "1"; more {
				path += "/" + tail
			}
		}
		for _, htmx := range []bool{false, true} {
			tried++
			if c.htmx(htmx); r.method == get {
				c.get(path)
			} else {
				c.post(path, url.Values{})
			}
			to := c.res.Header.Get("Location") + c.res.Header.Get("HX-Redirect")
			if to != factorPath || c.page.Find("main").Length() > 0 || !htmx && c.res.StatusCode != http.StatusSeeOther {
				t.Errorf("%s %s, htmx %t: %d to %q", r.method, path, htmx, c.res.StatusCode, to)
			}
		}
		c.htmx(false)
	}
	if tried < 400 {
		t.Errorf("only %d addresses were tried", tried)
	}
	if after := w.scalar("SELECT count(*) FROM staff_event"); after != before {
		t.Errorf("%s lines in the audit log, %s before", after, before)
	}
	c.setUpFactor()
	c.get("/gestion").want(200)
}

// TestForgottenPasswordStillAsksTheCode: who reads the mails of an agent chooses a password, and gets no further without
// the telephone or a code of the paper.
func TestForgottenPasswordStillAsksTheCode(t *testing.T) {
	w := newWorld(t)
	letter, err := w.store.CreateStaff(t.Context(), w.structure, portal.Identity{LastName: "ROUCH", FirstName: "Mireille", Emails: []string{"rouch@carteville.example"}}, portal.Administrator)
	if err != nil {
		t.Fatal(err)
	}
	w.settle(letter)
	b := w.browser().signIn(letter.Login, goodPassword).want(303)
	phone, _ := b.setUpFactor()
	thief := w.browser()
	thief.get("/mot-de-passe-oublie").post("/mot-de-passe-oublie", asked(letter.Login, "rouch@carteville.example")).want(303)
	link := w.lastLink()
	thief.get(link).want(200).post(link, url.Values{"mot_de_passe": {otherPassword}, "confirmation": {otherPassword}}).wantTo("/connexion?motif=mot-de-passe")
	thief.get("/gestion").want(303)
	thief.signIn(letter.Login, otherPassword).wantTo(codePath)
	if thief.get("/gestion").want(303); thief.token() != "" {
		t.Error("the new password alone opens a session")
	}
	w.clock.Add(time.Minute)
	thief.post(codePath, url.Values{"code": {phone.code()}}).want(303)
}

// TestLostTelephone: the paper's codes let somebody in while they last; without them another administrator takes the factor
// away, and it is to be set up again before anything else.
func TestLostTelephone(t *testing.T) {
	w := newWorld(t)
	chief, lost := w.settle(w.agent("ROUCH", portal.Administrator)), w.settle(w.agent("PUJOL", portal.Manager))
	b := w.browser().signIn(chief.Login, goodPassword).want(303)
	b.setUpFactor()
	b.get(views.TeamPath).post(views.TeamPath+"/exigence", url.Values{"exige": {"oui"}, "actuel": {goodPassword}}).want(303)
	w.clock.Add(time.Minute)
	c := w.browser().signIn(lost.Login, goodPassword).want(303)
	_, codes := c.setUpFactor()
	for i, code := range []string{codes[0], codes[0], codes[1]} {
		d := w.browser().signIn(lost.Login, goodPassword).wantTo(codePath).follow()
		want := map[bool]int{true: http.StatusUnprocessableEntity, false: http.StatusSeeOther}[i == 1]
		d.post(codePath, url.Values{"code": {code}}).want(want)
	}
	path := fmt.Sprint(views.TeamPath, "/", lost.Person.ID)
	b.get(path).want(200).wantText("8 codes de secours")
	b.post(path, url.Values{"faire": {"facteur"}, "actuel": {goodPassword}}).want(303)
	w.clock.Add(time.Minute)
	e := w.browser().signIn(lost.Login, goodPassword).wantTo("/").follow().wantTo(factorPath)
	phone, fresh := e.setUpFactor()
	e.get("/gestion").want(200)
	d := w.browser().signIn(lost.Login, goodPassword).wantTo(codePath).follow()
	d.post(codePath, url.Values{"code": {codes[2]}}).want(http.StatusUnprocessableEntity) // of the lost sheet
	d.post(codePath, url.Values{"code": {phone.code()}}).want(303)
	w.browser().signIn(lost.Login, goodPassword).wantTo(codePath).post(codePath, url.Values{"code": {fresh[0]}}).want(303)
}
