package handlers

import (
	"strings"

	"marelle/portal"
	"marelle/views"
)

// teamDone says what was just done, by the word in the address.
var teamDone = map[string]string{
	"exige": "Le second facteur est exigé : qui n’en a pas est conduit à le mettre en place à sa prochaine connexion.", "libre": "Le second facteur n’est plus exigé.",
	"ajoute": "La personne fait partie de l’équipe. Elle se connecte avec son identifiant et son mot de passe habituels.", "retire": "L’agent ne fait plus partie de l’équipe. Il est déconnecté.",
	"role": "Le rôle est changé.", "sessions": "L’agent est déconnecté de tous ses appareils.", "facteur": "Le second facteur est retiré. L’agent est déconnecté ; il entrera avec son seul mot de passe.",
}

func (r *request) teamView(faults views.Faults) (views.Team, error) {
	team, required, err := r.site.store.Team(r.ctx(), r.structure())
	v := views.Team{Frame: r.frame("L’équipe", settingsPath), Total: portal.Count(len(team), "agent"), Required: required, Faults: faults}
	without := 0
	for _, t := range team {
		v.Lines = append(v.Lines, views.NewAgentLine(t, r.account(), r.now))
		if t.Role.MustHaveFactor() && t.Factor.IsZero() {
			without++
		}
	}
	if without > 0 {
		v.Without = portal.Count(without, "gestionnaire ou administrateur n’en a pas", "gestionnaires ou administrateurs n’en ont pas") + " encore."
	}
	return v, err
}

// team lists the agents of the structure.
func (r *request) team() error {
	v, err := r.teamView(nil)
	if err != nil {
		return err
	}
	v.Done = teamDone[r.Query("fait")]
	return r.render(v)
}

// requireFactor says whether the structure requires the second factor.
func (r *request) requireFactor() error {
	required, done := r.FormValue("exige") == "oui", "libre"
	if required {
		done = "exige"
	}
	err := r.site.store.RequireFactor(r.ctx(), r.structure(), r.proof(), required)
	if err == nil {
		return r.redirect303(views.TeamPath + "?fait=" + done)
	}
	faults, err := r.formFaults(err)
	if err != nil {
		return err
	}
	v, err := r.teamView(faults)
	if err != nil {
		return err
	}
	return r.render(v)
}

func (r *request) newAgentView(key string, known bool, who portal.Identity, login string, role portal.Role, faults views.Faults) views.NewAgent {
	v := views.NewAgent{Frame: r.frame("Ajouter un agent", settingsPath), Key: key, Known: known, LastName: who.LastName, FirstName: who.FirstName, Login: login, Roles: views.RoleChoices(role), Faults: faults}
	if len(who.Emails) > 0 {
		v.Email = who.Emails[0]
	}
	v.Civilities = []views.Choice{{Value: "", Label: "Sans civilité", Current: who.Civility == ""}}
	for _, c := range portal.Civilities() {
		v.Civilities = append(v.Civilities, views.Choice{Value: c, Label: c, Current: who.Civility == c})
	}
	return v
}

// newAgentPage asks who joins the team.
func (r *request) newAgentPage() error {
	key, err := r.site.store.NewFormKey()
	if err != nil {
		return err
	}
	return r.render(r.newAgentView(key, r.Query("compte") == "1", portal.Identity{}, "", portal.Agent, nil))
}

// addAgent makes an agent: of somebody new, whose letter is printed, or of somebody who has an account.
func (r *request) addAgent() error {
	field := func(name string) string { return strings.TrimSpace(portal.Clip(r.FormValue(name), 254)) }
	known, login, role := r.FormValue("compte") == "1", field("identifiant"), portal.Role(r.FormValue("role"))
	who := portal.Identity{Civility: field("civilite"), LastName: field("nom"), FirstName: field("prenom")}
	if email := field("courriel"); email != "" {
		who.Emails = []string{email}
	}
	var letter portal.Letter
	var err error
	if known {
		_, err = r.site.store.GiveRole(r.ctx(), r.structure(), r.proof(), login, role)
	} else {
		letter, err = r.site.store.AddAgent(r.ctx(), r.structure(), r.proof(), who, role, r.FormValue("cle"))
	}
	switch {
	case err != nil:
		faults, err := r.formFaults(err)
		if err != nil {
			return err
		}
		return r.render(r.newAgentView(r.FormValue("cle"), known, who, login, role, faults))
	case known:
		return r.redirect303(views.TeamPath + "?fait=ajoute")
	}
	return r.printLetters([]portal.Letter{letter}, views.TeamPath, "Revenir à l’équipe")
}

// theAgent finds the agent of the address; another structure's is not found.
func (r *request) theAgent() (*portal.Teammate, error) {
	id, err := number[portal.AccountID](r.Params("agent"))
	if err != nil {
		return nil, err
	}
	return r.site.store.Teammate(r.ctx(), r.structure(), id)
}

func (r *request) agentView(t portal.Teammate, role portal.Role) views.AgentCard {
	v := views.AgentCard{Frame: r.frame(t.Title(), settingsPath), Roles: views.RoleChoices(role)}
	v.SetAgent(t, r.account(), r.now)
	return v
}

// agentPage shows an agent, with all that may be done.
func (r *request) agentPage() error {
	t, err := r.theAgent()
	if err != nil {
		return err
	}
	v := r.agentView(*t, t.Role)
	v.Done = teamDone[r.Query("fait")]
	return r.render(v)
}

// changeAgent does one of the things of the page.
func (r *request) changeAgent() error {
	t, err := r.theAgent()
	if err != nil {
		return err
	}
	answer, err := r.doAgent(t, r.FormValue("faire"))
	if err == nil {
		return answer()
	}
	role := portal.Role(r.FormValue("role"))
	if !role.Valid() {
		role = t.Role
	}
	v := r.agentView(*t, role)
	if refusal := portal.AsError(err); refusal != nil && refusal.Kind == portal.KindConflict {
		v.Refusal = refusal.Message
		r.Status(int(refusal.Kind))
		return r.render(v)
	}
	if v.Faults, err = r.formFaults(err); err != nil {
		return err
	}
	return r.render(v)
}

// doAgent does what was asked of an agent, and gives the answer to it.
func (r *request) doAgent(t *portal.Teammate, what string) (answer func() error, err error) {
	store := r.site.store
	back := func(done string) func() error {
		return func() error { return r.redirect303(views.AgentPath(t.ID) + "?fait=" + done) }
	}
	switch what {
	case "role":
		return back("role"), store.ChangeRole(r.ctx(), r.structure(), r.proof(), t.ID, portal.Role(r.FormValue("montre")), portal.Role(r.FormValue("role")))
	case "sessions":
		return back("sessions"), store.EndAgentSessions(r.ctx(), r.structure(), r.account(), t.ID)
	case "facteur":
		told, err := r.noticeOf(views.FactorOffNotice)
		if err != nil {
			return nil, err
		}
		return back("facteur"), store.ResetFactor(r.ctx(), r.structure(), r.proof(), t.ID, told)
	case "lettre":
		letters, err := store.NewAgentLetter(r.ctx(), r.structure(), r.proof(), t.ID, r.lettersSeen())
		return func() error { return r.printLetters(letters, views.TeamPath, "Revenir à l’équipe") }, err
	case "retirer":
		told, err := r.noticeOf(views.FactorOffNotice)
		if err != nil {
			return nil, err
		}
		return func() error { return r.redirect303(views.TeamPath + "?fait=retire") }, store.Withdraw(r.ctx(), r.structure(), r.proof(), t.ID, told)
	}
	return nil, portal.Conflict("Choisissez ce qu’il faut faire avec un des boutons de la page.")
}
