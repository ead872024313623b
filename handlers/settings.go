package handlers

import "marelle/views"

const settingsPath = "/gestion/reglages"

// settings lists what is found under « Réglages », by subject. A page that the agent may not open is left out.
var settings = []views.SettingsGroup{
	{Title: "La structure", Links: []views.SettingsLink{}},
	{Title: "Les activités", Links: []views.SettingsLink{
		{URL: cutoffsPath, Icon: "horloge", Label: "Délais", Detail: "Jusqu’à quand réserver, annuler, signaler une absence ; ce que chaque délai donne."},
		{URL: limitProfilesPath, Icon: "famille", Label: "Profils de familles", Detail: "Les familles qui ont d’autres délais, et jusqu’à quand."},
	}},
	{Title: "Les familles et les comptes", Links: []views.SettingsLink{
		{URL: "/gestion/comptes", Icon: "personnes", Label: "Comptes des parents", Detail: "Chercher un compte, éditer les lettres de premier accès."},
		{URL: importPath, Icon: "televerser", Label: "Importer", Detail: "Les fichiers de l’école : enfants, responsables, classes."},
	}},
	{Title: "Les textes et les courriels", Links: []views.SettingsLink{
		{URL: "/gestion/courriels", Icon: "mail", Label: "Courriels", Detail: "Ce qui est parti, ce qui attend, ce qui n’arrive pas."},
	}},
	{Title: "Contrôles", Links: []views.SettingsLink{
		{URL: "/gestion/recus", Icon: "recu", Label: "Vérifier un reçu", Detail: "Dire si un reçu que montre une famille est le vrai."},
	}},
}

// settingsPage lists what can be set up.
func (r *request) settingsPage() error {
	page := views.Settings{Frame: r.frame("Réglages", settingsPath)}
	for _, g := range settings {
		shown := views.SettingsGroup{Title: g.Title}
		for _, l := range g.Links {
			if r.site.opens(l.URL, r.session) {
				shown.Links = append(shown.Links, l)
			}
		}
		if len(shown.Links) > 0 {
			page.Groups = append(page.Groups, shown)
		}
	}
	return r.render(page)
}
