package views

import (
	"fmt"
	"time"

	"marelle/portal"
)

var _ = register(Team{}, NewAgent{}, AgentCard{})

var _ = part("staff/team#roles", []RoleChoice{})

// TeamPath is where administrators look after the agents.
const TeamPath = "/gestion/equipe"

// Team lists the agents of a structure.
type Team struct {
	Frame
	Total    string // « 5 agents »
	Done     string
	Lines    []AgentLine
	Required bool   // the second factor, of gestionnaires and administrateurs
	Without  string // « 2 d’entre eux n’en ont pas encore », or nothing
	Faults   Faults
}

// Template names the page.
func (Team) Template() string { return "staff/team" }

// AgentLine is one agent.
type AgentLine struct {
	URL, Name, Login string
	Role             string // « Gestionnaire »
	SignedIn         string // « hier à 17 h 40 », « jamais »
	Access           string // « lettre valable jusqu’au 08/12/2026 », while the password is the letter's
	Factor           bool
	You              bool
}

// NewAgentLine draws an agent for whoever looks.
func NewAgentLine(t portal.Teammate, me portal.AccountID, now time.Time) AgentLine {
	l := AgentLine{URL: AgentPath(t.ID), Name: t.Title(), Login: t.Login, Role: portal.Capital(t.Role.Word()), SignedIn: "jamais", Factor: !t.Factor.IsZero(), You: t.ID == me}
	if !t.SignedIn.IsZero() {
		l.SignedIn = portal.Ago(t.SignedIn, now)
	}
	switch {
	case t.Until.IsZero():
	case t.Until.After(now):
		l.Access = "lettre valable jusqu’au " + portal.DateOf(t.Until).French()
	default:
		l.Access = "lettre périmée depuis le " + portal.DateOf(t.Until).French()
	}
	return l
}

// AgentPath is the page of an agent.
func AgentPath(id portal.AccountID) string { return fmt.Sprintf("%s/%d", TeamPath, id) }

// RoleChoice is a role with what it may do.
type RoleChoice struct {
	Value          portal.Role
	Label, Explain string
	Checked        bool
}

// RoleChoices lists the roles; chosen is the one that is ticked.
func RoleChoices(chosen portal.Role) []RoleChoice {
	var list []RoleChoice
	for _, r := range portal.Roles() {
		list = append(list, RoleChoice{r, portal.Capital(r.Word()), r.Explain(), r == chosen})
	}
	return list
}

// NewAgent asks who joins the team: somebody new, or somebody who has an account.
type NewAgent struct {
	Frame
	Key        string // one-time key of the form
	Known      bool   // somebody who has an account
	Civilities []Choice
	LastName   string
	FirstName  string
	Email      string
	Login      string
	Roles      []RoleChoice
	Faults     Faults
}

// Template names the page.
func (NewAgent) Template() string { return "staff/agent-new" }

// AgentCard is the page of an agent, with all that an administrator may do.
type AgentCard struct {
	Frame
	AgentLine
	Done    string
	Since   string // of the second factor
	Codes   string // « 9 codes de secours »
	NoEmail bool
	Parent  bool
	Devices []ProfileDevice
	Shown   portal.Role // the role that the page was drawn upon
	Seen    int64       // the letter that it was drawn upon
	Roles   []RoleChoice
	Faults  Faults
	Refusal string // why nothing was done
	Days    int    // how long a letter can be used
}

// Template names the page.
func (AgentCard) Template() string { return "staff/agent" }

// SetAgent fills the page.
func (v *AgentCard) SetAgent(t portal.Teammate, me portal.AccountID, now time.Time) {
	v.AgentLine = NewAgentLine(t, me, now)
	v.NoEmail, v.Parent, v.Shown, v.Days = t.Emails == 0, t.Guardian, t.Role, int(portal.TemporaryLife.Hours()/24)
	if !t.Letter.IsZero() {
		v.Seen = t.Letter.UnixMilli()
	}
	if !t.Factor.IsZero() {
		v.Since, v.Codes = portal.DateOf(t.Factor).LongYear(), portal.Count(t.Codes, "code de secours", "codes de secours")
	}
	for _, s := range t.Sessions {
		v.Devices = append(v.Devices, ProfileDevice{Words: portal.Capital(s.Device), Detail: "utilisé " + portal.Ago(s.Seen, now)})
	}
}
