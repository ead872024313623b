package handlers

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"marelle/portal"
	"marelle/views"
)

// stampedForm reads the form on the page that changes a thing, as a browser would send it.
func (b *browser) stampedForm() url.Values {
	b.w.t.Helper()
	form := url.Values{}
	b.page.Find("main form:has(input[name=avant])").First().Find("input[name], textarea[name], select[name]").Each(func(_ int, s *goquery.Selection) {
		name, kind := s.AttrOr("name", ""), s.AttrOr("type", "")
		switch {
		case (kind == "checkbox" || kind == "radio") && s.AttrOr("checked", "absent") == "absent", kind == "file":
		case goquery.NodeName(s) == "textarea":
			form.Set(name, strings.ReplaceAll(s.Text(), "\n", "\r\n"))
		case goquery.NodeName(s) == "select":
			form.Set(name, s.Find("option").AttrOr("value", ""))
			if chosen := s.Find("option[selected]"); chosen.Length() > 0 {
				form.Set(name, chosen.AttrOr("value", ""))
			}
		default:
			form.Set(name, s.AttrOr("value", ""))
		}
	})
	if len(form) == 0 {
		b.w.t.Fatalf("no form on the page says what it showed:\n%s", b.text())
	}
	return form
}

// TestWhatAColleagueChanged: of two people who have the same form open, the second is told what the first changed, keeps what
// was not touched from the first, and sees both answers where both changed one. Every form with a version is here.
func TestWhatAColleagueChanged(t *testing.T) {
	h := newBusyHousehold(t)
	h.raw("INSERT INTO family_child (family_id, child_id) SELECT id, ? FROM family WHERE name = 'ORTET'", h.amalia)
	h.raw("INSERT INTO priority_label (id, structure_id, name, document) VALUES (7, ?, 'les deux parents travaillent', ''), (8, ?1, 'un parent seul', '')", h.structure)
	h.raw("INSERT INTO pickup_person (id, child_id, family_id, barred, name, phone, link, note, judged_by) SELECT 7, ?, id, 0, 'Rose MARTY', '', '', '', '' FROM family WHERE name = 'DUPONT'", h.amalia)
	h.raw("UPDATE child SET allergies = 'Arachide' WHERE id = ?", h.amalia)
	one, two := h.clerk("PUJOL", portal.Administrator), h.clerk("ROUCH", portal.Administrator)
	child, year := fmt.Sprintf("%s%d", childrenPath, h.amalia), h.scalar("SELECT id FROM school_year WHERE label = '2026-2027'")
	school := h.scalar("SELECT id FROM school LIMIT 1")
	dupont := h.scalar("SELECT id FROM family WHERE name = 'DUPONT'")
	one.get(child + custodyPath + "/modifier")
	one.post(child+custodyPath, with(one.stampedForm(), "debut", "2026-11-30", "rythme", "ancre", "premiere", dupont, "vacances", "moities", "annees_paires", dupont,
		"exception_du", "2026-12-09", "exception_famille", dupont, "exception_motif", "Spectacle")).want(http.StatusSeeOther)
	activity := func(p portal.ActivityPart) string { return views.ActivityPath(h.study, string(p)) }
	type pairs = []string
	for name, c := range map[string]struct {
		path         string
		theirs, mine pairs  // what each changes
		said         string // of what they changed
		both         pairs  // what they then change, and the other answer to it
	}{
		"a household":         {h.familyURL("DUPONT") + "/foyer", pairs{"rue", "3 rue Neuve"}, pairs{"commune", "Foix"}, "Numéro et rue : avant « 7 rue Jean-Jaurès », maintenant « 3 rue Neuve ». C’est repris ci-dessous.", pairs{"rue", "4 rue Neuve", "5 rue Neuve"}},
		"a guardian":          {h.familyURL("DUPONT") + fmt.Sprintf("/responsables/%d", h.accountOf("DUPONT")), pairs{"portable", "07 00 00 00 00"}, pairs{"prenom", "Jean"}, "Portable : avant", pairs{"portable", "07 00 00 00 01", "07 00 00 00 02"}},
		"a guardian’s mails":  {h.familyURL("DUPONT") + fmt.Sprintf("/responsables/%d", h.accountOf("DUPONT")), pairs{"courriel2", "deux@exemple.fr"}, pairs{"domicile", "05 61 00 00 09"}, "deux@exemple.fr", pairs{"courriel2", "trois@exemple.fr", "quatre@exemple.fr"}},
		"a child":             {child + "/fiche", pairs{"niveau", "CE2"}, pairs{"nom_usage", "GALY"}, "Niveau : avant", pairs{"niveau", "CM1", "CM2"}},
		"health and meals":    {child + "/sante", pairs{"allergies", "Arachide, lait"}, pairs{"regime", "sans-porc"}, "Allergies : avant « Arachide », maintenant « Arachide, lait ». C’est repris ci-dessous.", pairs{"allergies", "Arachide, lait, œuf", "Arachide, kiwi"}},
		"who may come":        {child + "/personnes/7", pairs{"telephone", "05 61 00 00 01"}, pairs{"lien", "Tante"}, "Téléphone : avant rien, maintenant « 05 61 00 00 01 ».", pairs{"telephone", "05 61 00 00 02", "05 61 00 00 03"}},
		"custody":             {child + custodyPath + "/modifier", pairs{"retirer-2026-12-09-2026-12-09", "1"}, pairs{"heure", "08:00"}, "Exceptions et échanges : avant « le mercredi 9 décembre 2026", pairs{"debut", "2026-12-07", "2026-12-14"}},
		"priorities":          {fmt.Sprintf("%s/%d", views.PrioritiesPath, h.study), pairs{"critere-1", "commune"}, nil, "L’enfant qui : avant rien, maintenant « Habite la commune ».", pairs{"critere-1", "fratrie", "ecole"}},
		"a child’s labels":    {child + "/priorites", pairs{"critere-7", "1", "date-7", "2026-09-03"}, pairs{"critere-8", "1", "date-8", "2026-09-04"}, "Les deux parents travaillent : Date du document : avant rien, maintenant « jeudi 3 septembre 2026 ».", pairs{"date-7", "2026-09-05", "2026-09-06"}},
		"the structure":       {structurePath, pairs{"telephone", "05 61 99 99 99"}, pairs{"commune", "Foix"}, "Téléphone : avant", pairs{"telephone", "05 61 99 99 98", "05 61 99 99 97"}},
		"a school":            {schoolPath(portal.SchoolID(h.id("SELECT id FROM school LIMIT 1"))), pairs{"nom", "École des Pins"}, nil, "Nom de l’école : avant", pairs{"nom", "École du Lac", "École du Bois"}},
		"a class":             {fmt.Sprintf("%s/%s/classes/%s", schoolsPath, school, h.scalar("SELECT id FROM class WHERE school_id = ? LIMIT 1", school)), pairs{"niveau-CM2", "1"}, pairs{"classe", "CM2 Mme ROQUES"}, "Niveaux : avant", pairs{"classe", "CM2 A", "CM2 B"}},
		"a school year":       {yearsPath + "/" + year, pairs{"dernier", "2027-07-01"}, pairs{"premier", "2026-09-02"}, "Dernier jour de classe : avant", pairs{"dernier", "2027-06-30", "2027-06-29"}},
		"closures":            {calendarPath + "/" + year + "/fermetures", pairs{"nom-0", "inventaire", "du-0", "2027-07-12"}, nil, "maintenant « inventaire, lundi 12 juillet 2027 »", pairs{"nom-0", "grand ménage", "peinture"}},
		"holidays":            {calendarPath + "/" + year + "/vacances", pairs{"au-0", "2026-11-03"}, nil, "maintenant « ", pairs{"nom-0", "vacances d’automne", "vacances de novembre"}},
		"identity":            {activity(portal.PartIdentity), pairs{"court", "Devoirs"}, pairs{"nom", "ÉTUDE SURVEILLÉE"}, "Nom court : avant « Étude », maintenant « Devoirs ».", pairs{"court", "Leçons", "Travail"}},
		"hours":               {activity(portal.PartHours), pairs{"fin", "17:45"}, pairs{"debut", "16:40"}, "Fin : avant « 17:30 », maintenant « 17:45 ».", pairs{"fin", "17:50", "17:55"}},
		"audience":            {activity(portal.PartAudience), pairs{"age_min", "3"}, pairs{"age_max", "12"}, "À partir de (ans) : avant rien, maintenant « 3 ».", pairs{"age_min", "4", "5"}},
		"opening":             {activity(portal.PartOpening), pairs{"jour-0", "2027-03-08", "motif-0", "grève"}, pairs{"du", "2026-09-01"}, "Des jours exceptionnels : avant rien, maintenant « fermé, lundi 8 mars 2027, grève ».", pairs{"motif-0", "grève nationale", "sortie"}},
		"booking":             {activity(portal.PartBooking), pairs{"jours_max", "3"}, pairs{"justificatif", "5"}, "maintenant « 3 »", pairs{"jours_max", "4", "2"}},
		"windows":             {views.ActivityPath(h.camp, string(portal.PartWindows)), pairs{"nom-0", "vacances de Noël bis"}, nil, "Quand réserve-t-on : avant « vacances de Noël, samedi 19 décembre 2026", pairs{"nom-0", "Noël", "fêtes"}},
		"places":              {activity(portal.PartPlaces), pairs{"mode", "immediat"}, pairs{"attente", ""}, "Une place qui se libère : avant « est donnée la nuit au premier de la liste », maintenant « est donnée aussitôt au premier de la liste ».", pairs{"mode", "nuit", "offre"}},
		"links":               {activity(portal.PartLinks), pairs{portal.LinkField(h.lunch), "compatible"}, pairs{portal.LinkField(h.camp), "compatible"}, "maintenant « les deux, même si les heures se croisent »", pairs{portal.LinkField(h.lunch), "", "incompatible"}},
		"a counter of places": {views.PlacesPath + "/" + h.scalar("SELECT id FROM counter WHERE name = 'Étude'"), pairs{"places", "30"}, pairs{"nom", "Salle d’étude"}, "Places par jour : avant « 1 », maintenant « 30 ».", pairs{"places", "31", "32"}},
	} {
		t.Run(name, func(t *testing.T) {
			here := *h.world
			here.t = t
			one, two := here.browserOf(one), here.browserOf(two)
			send := func(b *browser, changes ...string) *browser {
				action := b.page.Find("main form:has(input[name=avant])").First().AttrOr("action", "")
				return b.post(action, with(b.stampedForm(), changes...))
			}
			holds := func(what string, form url.Values, list pairs) {
				t.Helper()
				for i := 0; i < len(list); i += 2 {
					if got := form.Get(list[i]); got != list[i+1] && !strings.HasPrefix(list[i], "retirer-") {
						t.Errorf("%s: « %s » holds %q, want %q", what, list[i], got, list[i+1])
					}
				}
			}
			one.get(c.path).want(http.StatusOK)
			send(two.get(c.path), c.theirs...).want(http.StatusSeeOther)
			if len(c.mine) == 0 {
				c.mine = pairs{"rien", "1"}
			}
			send(one, c.mine...).want(http.StatusConflict).wantText("ROUCH Agnès a enregistré un changement aujourd’hui à 9 h").wantText(c.said)
			send(one).want(http.StatusSeeOther) // nothing is to be typed again
			saved := one.get(c.path).stampedForm()
			holds("theirs", saved, c.theirs)
			if c.mine[0] != "rien" {
				holds("mine", saved, c.mine)
			}

			send(two.get(c.path), c.both[0], c.both[1]).want(http.StatusSeeOther)
			send(one, c.both[0], c.both[2]).want(http.StatusConflict).wantText("Maintenant enregistré : «").wantText("Vous l’avez changé aussi")
			holds("both", one.stampedForm(), pairs{c.both[0], c.both[2]})
			send(one).want(http.StatusSeeOther) // knowingly
			holds("in the end", one.get(c.path).stampedForm(), pairs{c.both[0], c.both[2]})
		})
	}
}
