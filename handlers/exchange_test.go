package handlers

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"marelle/portal"
	"marelle/views"
)

// sharing is separated with a rule by weeks: the first one, from Monday 30 November, is the mother's. Something is booked on
// Thursday 3 December.
func sharing(t *testing.T) (w *world, manager, mother, father *browser, child string) {
	t.Helper()
	w, manager, hers, his, child := separated(t)
	for _, l := range []portal.Letter{hers, his} {
		w.raw("INSERT INTO account_email (account_id, position, address) VALUES (?, 1, ?)", l.Person.ID, strings.ToLower(l.Person.LastName)+"@exemple.fr")
	}
	eve := portal.DaysBefore(1, portal.Clock(18, 0))
	a, err := w.store.SaveActivity(context.Background(), portal.Activity{StructureID: w.structure, Name: "RESTAURATION", Short: "Cantine", Spoken: "la cantine", Kind: portal.Canteen, Starts: portal.Clock(12, 0), Ends: portal.Clock(13, 0),
		Opening: portal.Opening{School: 0b11111}, Book: eve, Cancel: eve})
	if err != nil {
		t.Fatal(err)
	}
	w.raw("INSERT INTO booking (child_id, activity_id, day, status, account_id, since) VALUES (?, ?, '2026-12-03', 'booked', ?, 0)", hers.Person.ID, a, hers.Person.ID)
	manager.get(child + custodyPath + "/modifier")
	manager.post(child+custodyPath, custodyTyped(manager, hers)).want(303)
	return w, manager, w.browser().signIn(hers.Login, goodPassword).want(303), w.browser().signIn(his.Login, goodPassword).want(303), child
}

// exchangeTyped is a proposal as the form sends it, with the key of the page shown.
func exchangeTyped(b *browser, day, side string) url.Values {
	return url.Values{"cle": {b.page.Find("input[name=cle]").AttrOr("value", "")}, "jour": {day}, "sens": {side}}
}

// TestExchangeJourney: proposed from the calendar, corrected, read by the other parent from the mail through the sign-in,
// accepted; staff read who agreed, and neither parent reads the name of the other.
func TestExchangeJourney(t *testing.T) {
	w, manager, mother, father, child := sharing(t)
	id := strings.TrimPrefix(child, childrenPath)
	mother.get("/reservations/" + id + "?mois=2026-12").want(200).wantText("Échanger un jour de garde avec l’autre parent.")
	mother.get("/reservations/" + id + "?jour=2026-12-08").want(200).wantText("C’est un jour de l’autre parent.").wantText("Échanger ce jour avec l’autre parent.")
	form := mother.page.Find(`main a[href^="/echanges/nouveau/"]`).AttrOr("href", "")
	mother.get(form).want(200).wantText("Échanger un jour de garde d’Amalia").wantText("vos jours")
	if mother.page.Find("input[name=sens][value=moi][checked]").Length() != 1 || mother.page.Find("#jour").AttrOr("value", "") != "2026-12-08" {
		t.Errorf("the day that was touched is not in the form: %s", mother.body)
	}
	if mother.get("/echanges/nouveau/"+id+"?jour=2026-12-03").page.Find("input[name=sens][value=autre][checked]").Length() != 1 {
		t.Error("an own day is not proposed to the other parent")
	}
	typed := exchangeTyped(mother, "2026-12-03", "moi")
	typed.Set("contre", "31/12/2026 ou plus tard")
	typed.Set("mot", "Spectacle")
	mother.post("/echanges/nouveau/"+id, typed).want(422).wantText("n’est pas une date.")
	typed.Set("contre", "2026-12-10")
	mother.post("/echanges/nouveau/"+id, typed).want(422).wantText("c’est déjà un de vos jours").wantText("c’est déjà un jour de l’autre parent")
	if mother.page.Find("#mot").AttrOr("value", "") != "Spectacle" || mother.page.Find("#contre").AttrOr("value", "") != "2026-12-10" {
		t.Error("what was typed is lost")
	}
	typed.Del("sens")
	mother.post("/echanges/nouveau/"+id, typed).want(422).wantText("Dites chez qui sera l’enfant ce jour-là.")
	typed.Set("jour", "2026-12-10")
	typed.Set("sens", "moi")
	typed.Set("contre", "2026-12-03")
	mother.post("/echanges/nouveau/"+id, typed).want(303)
	mother.follow().want(200).wantText("Votre proposition est partie.").wantText("Jeudi 10 décembre 2026 : chez vous, au lieu de chez l’autre parent.").
		wantText("Jeudi 3 décembre : la cantine.").wantText("Ce que l’autre parent a réservé sur son jour viendra chez vous avec le jour.").wantText("L’autre parent peut répondre jusqu’au lundi 30 novembre à 20 h.").wantNoText("GALY")
	path := strings.Split(mother.res.Request.URL.Path, "?")[0]
	mother.get("/echanges/nouveau/" + id)
	mother.post("/echanges/nouveau/"+id, exchangeTyped(mother, "2026-12-10", "moi")).want(409).wantText("Un échange est déjà proposé pour le jeudi 10 décembre.")

	mail := w.scalar("SELECT address || ' ' || body_text FROM outbox WHERE kind = 'echange'")
	if !strings.HasPrefix(mail, "galy@exemple.fr ") || !strings.Contains(mail, path) || strings.Contains(mail, "DUPONT") {
		t.Errorf("the mail says %s", mail)
	}
	father.get("/accueil").want(200).wantText("L’autre parent d’Amalia propose d’échanger le jeudi 3 décembre et le jeudi 10 décembre.").wantText("Voir et répondre")
	mother.get("/accueil").wantNoText("propose d’échanger")
	out := w.browser().get(path)
	out.wantTo("/connexion?retour=" + url.QueryEscape(path))
	out.follow().want(200)
	out.send("POST", "/connexion", url.Values{"identifiant": {w.scalar("SELECT login FROM account WHERE last_name = 'GALY'")}, "mot_de_passe": {goodPassword}, "retour": {out.page.Find("input[name=retour]").AttrOr("value", "")}}).wantTo(path)
	out.follow().want(200).wantText("Proposé par l’autre parent").wantText("« Spectacle »").wantText("Jeudi 3 décembre : la cantine.").wantText("Jeudi 10 décembre : rien n’est réservé.").wantNoText("DUPONT")
	mother.post(path, url.Values{"reponse": {"oui"}}).want(403).wantText("C’est votre foyer qui propose cet échange")
	father.get(path)
	father.post(path, url.Values{"reponse": {"peut-être"}}).want(422)
	father.post(path, url.Values{"reponse": {"retirer"}}).want(403).wantText("lui seul peut le retirer")
	father.post(path, url.Values{"reponse": {"oui"}}).want(303)
	father.follow().want(200).wantText("L’échange est enregistré.").wantText("C’est convenu depuis le").wantText("Jeudi 3 décembre : la cantine.")
	out.post(path, url.Values{"reponse": {"non"}}).want(409).wantText("Cet échange est déjà accepté. Rien n’a changé.")
	mother.get(path).want(200).wantText("Accepté").wantNoText("la cantine") // the day is the other parent's now
	mother.get("/echanges").want(200).wantText("Terminés").wantText("Accepté").wantText("Proposé par vous")
	father.get("/echanges").want(200).wantText("Proposé par l’autre parent")
	father.get("/profil/enfants").want(200).wantText("Échanger un jour").wantText("Échange convenu le lundi 23 novembre 2026")

	manager.get(child + custodyPath).want(200).wantText("Échange convenu le lundi 23 novembre 2026 entre M. DUPONT Jean-Paul et M. GALY Jean-Paul.").wantText("jeudi 10 décembre chez M. DUPONT Jean-Paul")
	manager.get(views.StaffJournalPath).want(200).wantText("échange convenu entre les parents")
}

// TestExchangeWithdrawnAndDeclined: the page of each end, for both parents; a stranger finds nothing.
func TestExchangeWithdrawnAndDeclined(t *testing.T) {
	w, manager, mother, father, child := sharing(t)
	id := strings.TrimPrefix(child, childrenPath)
	propose := func(day string) string {
		t.Helper()
		father.get("/echanges/nouveau/" + id).want(200)
		father.post("/echanges/nouveau/"+id, exchangeTyped(father, day, "autre")).want(303)
		return strings.Split(father.follow().res.Request.URL.Path, "?")[0]
	}
	path := propose("2026-12-08")
	manager.get(child + custodyPath).wantText("Proposé par M. GALY Jean-Paul, réponse possible")
	mother.get("/echanges").wantText("À vous de répondre")
	father.get("/echanges").wantText("Sans réponse encore")
	father.get(path)
	father.post(path, url.Values{"reponse": {"retirer"}}).want(303)
	father.follow().wantText("Votre proposition est retirée.").wantText("Rien n’a changé.")
	mother.get(path).want(200).wantText("Retiré")
	path = propose("2026-12-10")
	mother.get(path).post(path, url.Values{"reponse": {"non"}}).want(303)
	mother.follow().wantText("Votre refus est enregistré.")
	path = propose("2026-12-11")
	w.clock.Set(portal.NewDate(2026, 12, 12).At(portal.Clock(9, 0)))
	again := func(last string) *browser {
		return w.browser().signIn(w.scalar("SELECT login FROM account WHERE last_name = ?", last), goodPassword).want(303)
	}
	mother, father, manager = again("DUPONT"), again("GALY"), again("PUJOL")
	mother.get("/echanges").want(200).wantText("Resté sans réponse").wantNoText("En attente d’une réponse")
	father.get(path).want(200).wantText("Personne n’a répondu à temps.")
	mother.get(path).post(path, url.Values{"reponse": {"oui"}}).want(409).wantText("sa date est passée")
	manager.get(child + custodyPath).wantText("Resté sans réponse")

	stranger := w.settle(w.guardian(w.structure, "AUTRE"))
	s := w.browser().signIn(stranger.Login, goodPassword).want(303)
	s.get(path).want(404)
	s.get("/profil").want(200)
	s.post(path, url.Values{"reponse": {"oui"}}).want(404)
	s.get("/echanges").want(200).wantText("Aucun de vos enfants n’est en garde alternée")
	s.get("/echanges/nouveau/" + id).want(404)
	s.get(fmt.Sprintf("/echanges/nouveau/%d", stranger.Person.ID)).want(404)
	manager.get("/echanges").want(404)
}

// TestCustodySaysItsFirstDay: a rule that begins later is said to apply from its first day, one that has begun from today.
func TestCustodySaysItsFirstDay(t *testing.T) {
	_, b, mother, _, child := separated(t)
	for start, says := range map[string]string{"2026-11-30": "Elle s’applique à partir du lundi 30 novembre 2026 ;", "2026-11-02": "Elle s’applique à partir d’aujourd’hui ;"} {
		b.get(child + custodyPath + "/modifier")
		form := custodyTyped(b, mother)
		form.Set("debut", start)
		b.post(child+custodyPath, form).want(303)
		b.follow().want(200).wantText(says)
	}
}
