package handlers

import "marelle/views"

const settingsPath = "/gestion/reglages"

// settings lists what is found under « Réglages », by subject. A page that the agent may not open is left out.
var settings = []views.SettingsGroup{
	{Title: "La structure", Links: []views.SettingsLink{
		{URL: structurePath, Icon: "ecole", Label: "Structure", Detail: "Nom, adresse, courriels, heures de la nuit et du matin."},
		{URL: lookSettingsPath, Icon: "crayon", Label: "Apparence", Detail: "Votre couleur et votre logo."},
		{URL: schoolsPath, Icon: "personnes", Label: "Écoles et classes", Detail: "Ajouter, renommer, réunir une école saisie deux fois."},
		{URL: yearsPath, Icon: "annee", Label: "Années scolaires", Detail: "Premier et dernier jour de classe, l’année suivante."},
		{URL: calendarPath, Icon: "calendrier", Label: "Calendrier", Detail: "Vacances, jours fériés, fermetures et ponts, l’année d’un coup d’œil."},
	}},
	{Title: "Les activités", Links: []views.SettingsLink{
		{URL: views.ActivitiesPath, Icon: "calendrier", Label: "Activités", Detail: "Ce que les familles réservent : jours, heures, enfants, périodes, liens."},
		{URL: views.PlacesPath, Icon: "effectifs", Label: "Places", Detail: "Combien d’enfants peuvent venir, par activité, par groupe, par jour."},
		{URL: cutoffsPath, Icon: "horloge", Label: "Délais", Detail: "Jusqu’à quand réserver, annuler, signaler une absence ; ce que chaque délai donne."},
		{URL: views.PrioritiesPath, Icon: "liste", Label: "Priorités", Detail: "Qui passe d’abord quand les places manquent, et pourquoi."},
		{URL: limitProfilesPath, Icon: "famille", Label: "Profils de familles", Detail: "Les familles qui ont d’autres délais, et jusqu’à quand."},
	}},
	{Title: "Les familles et les comptes", Links: []views.SettingsLink{
		{URL: "/gestion/comptes", Icon: "personnes", Label: "Comptes des parents", Detail: "Chercher un compte, éditer les lettres de premier accès."},
		{URL: askedPapersPath, Icon: "fichier", Label: "Documents demandés", Detail: "Ce que chaque enfant doit avoir : assurance, vaccins, autorisations."},
		{URL: importPath, Icon: "televerser", Label: "Importer", Detail: "Les fichiers de l’école, ou le fichier CSV des familles."},
		{URL: exportPath, Icon: "telecharger", Label: "Tout exporter", Detail: "Familles, réservations, mouvements et réglages, en fichiers CSV."},
		{URL: nextYearPath, Icon: "annee", Label: "Préparer l’année suivante", Detail: "Classes de la rentrée, arrivées et départs, inscriptions : ce qui est fait, ce qui reste."},
	}},
	{Title: "L’équipe", Links: []views.SettingsLink{
		{URL: views.TeamPath, Icon: "personnes", Label: "L’équipe", Detail: "Les agents, leurs rôles, leur second facteur."},
	}},
	{Title: "Les textes et les courriels", Links: []views.SettingsLink{
		{URL: textsPath, Icon: "crayon", Label: "Textes", Detail: "Données personnelles, conditions d’utilisation, mots des courriels."},
		{URL: mailsPath, Icon: "mail", Label: "Courriels", Detail: "Ce qui est parti, ce qui attend, ce qui n’arrive pas."},
		{URL: deadAddressesPath, Icon: "alerte", Label: "Adresses à corriger", Detail: "Les adresses de parents qui ne reçoivent plus rien."},
	}},
	{Title: "Contrôles", Links: []views.SettingsLink{
		{URL: "/gestion/recus", Icon: "recu", Label: "Vérifier un reçu", Detail: "Dire si un reçu que montre une famille est le vrai."},
		{URL: views.StaffJournalPath, Icon: "historique", Label: "Journal des agents", Detail: "Qui a changé quoi, et quand."},
	}},
}

// settingsPage lists what can be set up.
func (r *request) settingsPage() error {
	begun, err := r.site.store.Begun(r.ctx(), r.structure())
	if err != nil {
		return err
	}
	page := views.Settings{Frame: r.frame("Réglages", settingsPath), First: views.NewFirstSteps(begun, func(path string) bool { return r.site.opens(path, r.session) })}
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
