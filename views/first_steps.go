package views

import "marelle/portal"

// FirstSteps is what is to be done from an empty base to the first booking.
type FirstSteps struct {
	Left  string // « Encore 3 étapes avant la première réservation »
	Steps []SetupStep
}

// SetupStep is one step with the page where it is done.
type SetupStep struct {
	Title, Words     string
	URL, Button      string
	Word, Badge      string
	Icon, ButtonIcon string
}

// stepWords are the words of each step: its title, what is done there, the page, the button and its icon.
var stepWords = map[portal.FirstStep][5]string{
	portal.StepStructure:  {"La structure", "L’adresse et le téléphone que lisent les familles ; l’heure de la nuit, où partent les demandes, et celle du compte rendu.", "/gestion/reglages/structure", "Compléter", "ecole"},
	portal.StepCalendar:   {"Le calendrier", "Les vacances de votre zone sont proposées : relisez-les, ajoutez vos ponts et vos fermetures.", "/gestion/reglages/calendrier", "Relire", "calendrier"},
	portal.StepSchool:     {"Les enfants", "Les deux fichiers de l’école donnent les classes, les enfants, les familles et leurs comptes. Un essai dit d’abord tout ce qui se passerait.", "/gestion/import", "Importer", "televerser"},
	portal.StepActivities: {"Les activités", "Une par service de votre règlement : cantine, matin, soir, mercredi, vacances. Partez du modèle, puis corrigez ses jours et ses heures.", ActivitiesPath, "Créer", "plus"},
	portal.StepPlaces:     {"Les places", "Combien d’enfants au plus, au total ou par groupe. Sans compteur, les places ne sont pas limitées.", PlacesPath, "Relire", "effectifs"},
	portal.StepLimits:     {"Les délais", "Jusqu’à quand réserver et annuler : recopiez votre règlement, regardez les exemples datés, publiez.", "/gestion/reglages/delais", "Relire", "horloge"},
	portal.StepTexts:      {"Les textes", "Qui répond des données personnelles, et les conditions d’utilisation que chaque famille accepte.", "/gestion/textes", "Relire", "crayon"},
	portal.StepTeam:       {"L’équipe", "Un compte pour chaque collègue, avec son rôle. Personne ne partage le sien.", TeamPath, "Ajouter", "personnes"},
	portal.StepLetters:    {"Les lettres", "Une lettre par parent, avec son identifiant et son mot de passe provisoire. Imprimez-les en dernier : elles ouvrent le portail.", "/gestion/lettres", "Imprimer", "imprimer"},
}

// NewFirstSteps draws the first steps that somebody may open; nothing once each needed one is done.
func NewFirstSteps(begun portal.Begun, opens func(path string) bool) *FirstSteps {
	left := begun.Left()
	if left == 0 {
		return nil
	}
	f := &FirstSteps{Left: "Encore " + portal.Count(left, "étape", "étapes") + " avant la première réservation."}
	for _, step := range portal.FirstSteps {
		w := stepWords[step]
		if !opens(w[2]) {
			continue
		}
		line := SetupStep{Title: w[0], Words: w[1], URL: w[2], Button: w[3], ButtonIcon: w[4]}
		switch {
		case begun[step]:
			line.Word, line.Badge, line.Icon = "fait", "fait", "coche"
		case step.Needed():
			line.Word, line.Badge, line.Icon = "à faire", "ajout", "crayon"
		default:
			line.Word, line.Icon = "à relire", "oeil"
		}
		f.Steps = append(f.Steps, line)
	}
	return f
}
