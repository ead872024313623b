package main

import "testing"

// TestTwoSecretaries: two agents have the health sheet of the same child open. The second is told what the first wrote, and
// saves without losing it; with scripts and without, on a telephone and on a desk. A school year is looked at too.
func TestTwoSecretaries(t *testing.T) {
	d := startDemo(t)
	const sheet = "/gestion/enfants/1/sante"
	one, two := d.visit(t, 390, 844), d.visit(t, 1280, 900)
	two.withoutScripts()
	one.signIn(d.login(t, "administrateur", ""))
	two.signIn(d.login(t, "gestionnaire", ""))
	held := func(v *visitor, selector, want string) {
		t.Helper()
		if got := v.text(selector); got != want {
			t.Errorf("%s holds %q, want %q", selector, got, want)
		}
	}
	one.open(sheet)
	two.open(sheet)
	one.setValue("#allergies", "Arachide")
	one.clickTo("main form button.principal")
	two.setValue("#pai_consigne", "Trousse rouge, tiroir du bureau")
	two.setValue("#pai_du", "2026-09-01")
	two.clickTo("main form button.principal")
	two.wantText("main", "Allergies : avant rien, maintenant « Arachide ». C’est repris ci-dessous.")
	held(two, "#allergies", "Arachide")
	held(two, "#pai_consigne", "Trousse rouge, tiroir du bureau")
	two.clickTo("main form button.principal")
	two.wantText("main", "La santé et les repas sont enregistrés.")

	one.open(sheet)
	held(one, "#allergies", "Arachide")
	two.open(sheet)
	two.setValue("#allergies", "Arachide, lait")
	two.clickTo("main form button.principal")
	one.setValue("#allergies", "Arachide, kiwi")
	one.clickTo("main form button.principal")
	one.wantText("main", "Vous l’avez changé aussi : votre réponse est gardée.")
	one.wantText("#faute-allergies", "Maintenant enregistré : « Arachide, lait ».")
	held(one, "#allergies", "Arachide, kiwi")
	one.wantNoSideways("sante-conflit")
	for _, theme := range []string{"light", "dark"} {
		one.theme(theme)
		one.wantAccessible("sante-conflit-deux")
	}

	one.open("/gestion/reglages/annees")
	one.clickTo("main dl a[href]")
	one.setValue("#dernier", "2020-01-01")
	one.clickTo("main form button.principal")
	one.wantText(".erreurs", "Le dernier jour de classe doit être de trois mois à un an après le premier.")
	one.wantAccessible("annee-fautes")
}
