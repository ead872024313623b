package views

import "marelle/portal"

var (
	_ = register(StructureForm{}, LookForm{}, Install{}, Installed{})
	_ = part("staff/structure#fields", StructureFields{})
)

// StructureFields are what is said of a structure, as they are typed.
type StructureFields struct {
	Name, Street, Postcode, Town, Phone, Email Entry
	Sender, ReplyTo                            Entry
	Night, Report                              Entry
	Zone, Territory                            Pick
}

// NewStructureFields shows a structure in its form; the hours are given as they were typed.
func NewStructureFields(st portal.Structure, night, report string, faults Faults) StructureFields {
	f := StructureFields{
		Name:      Entry{ID: "nom", Label: "Nom de la structure", Hint: "Les familles le lisent en haut de chaque page : « Mairie de CarteVille ».", Type: "text", Value: st.Name, Most: 80, Required: true},
		Street:    Entry{ID: "rue", Label: "Adresse", Type: "text", Value: st.Street, Most: 100, Complete: "street-address"},
		Postcode:  Entry{ID: "code_postal", Label: "Code postal", Type: "text", Value: st.Postcode, Most: 5, Complete: "postal-code"},
		Town:      Entry{ID: "commune", Label: "Commune", Type: "text", Value: st.Town, Most: 80, Complete: "address-level2"},
		Phone:     Entry{ID: "telephone", Label: "Téléphone", Hint: "Celui que les familles appellent quand le portail ne suffit pas.", Type: "tel", Value: st.Phone, Most: 30, Complete: "tel"},
		Email:     Entry{ID: "courriel", Label: "Adresse de courriel", Type: "email", Value: st.Email, Most: 254, Complete: "email"},
		Sender:    Entry{ID: "expediteur", Label: "De qui viennent les courriels ?", Hint: "Le nom que les familles voient dans leur boîte. Sans rien : le nom de la structure.", Type: "text", Value: st.SenderName, Most: 80},
		ReplyTo:   Entry{ID: "reponse", Label: "À quelle adresse arrivent les réponses ?", Hint: "Sans rien : l’adresse de courriel ci-dessus.", Type: "email", Value: st.ReplyTo, Most: 254},
		Night:     Entry{ID: "nuit", Label: "À quelle heure les demandes sont-elles transmises ?", Hint: "La nuit, avant 2 h ou après 3 h : entre les deux, l’heure change deux fois par an.", Type: "time", Value: night, Required: true},
		Report:    Entry{ID: "matin", Label: "À quelle heure partent les comptes rendus ?", Hint: "Le matin, après la transmission.", Type: "time", Value: report, Required: true},
		Zone:      ZonePick(st.Zone),
		Territory: TerritoryPick(st.Territory),
	}
	for _, e := range []*Entry{&f.Name, &f.Street, &f.Postcode, &f.Town, &f.Phone, &f.Email, &f.Sender, &f.ReplyTo, &f.Night, &f.Report} {
		e.Fault = faults.On(e.ID)
	}
	f.Zone.Fault, f.Territory.Fault = faults.On("zone"), faults.On("territoire")
	return f
}

// ZonePick lists the zones of school holidays.
func ZonePick(current string) Pick {
	p := Pick{ID: "zone", Label: "Zone de vacances scolaires", Hint: "Les dates officielles sont fournies pour les zones A, B et C. Corse et outre-mer : calendrier propre, à saisir ou à importer."}
	for _, z := range portal.Zones {
		p.Choices = append(p.Choices, Choice{Value: z, Label: portal.Capital(portal.ZoneWords(z)), Current: z == current})
	}
	return p
}

// TerritoryPick lists whose public holidays may be kept.
func TerritoryPick(current portal.Territory) Pick {
	p := Pick{ID: "territoire", Label: "Jours fériés de quel territoire ?"}
	for _, t := range portal.Territories {
		p.Choices = append(p.Choices, Choice{Value: string(t), Label: t.Word(), Current: t.Word() == current.Word()})
	}
	return p
}

// StructureForm changes a structure, or adds one.
type StructureForm struct {
	Frame
	Stamp
	Heading, Action, Back string
	Key                   string // one-time key of a new one
	Saved                 bool
	NewURL                string // where another structure is added, for whom may
	Faults                Faults
	Fields                StructureFields
}

// Template names the page.
func (StructureForm) Template() string { return "staff/structure" }

// LookForm is the colour and the logo of a structure.
type LookForm struct {
	Frame
	Colour  Entry
	Own     bool   // the structure has a colour of its own
	Preview bool   // the page shows a colour that is not saved
	Notice  string // « La couleur est enregistrée. »
	File    Entry
	Pairs   []ContrastLine
	Faults  Faults
}

// Template names the page.
func (LookForm) Template() string { return "staff/look" }

// ContrastLine says how well a colour is read somewhere: « Liens sur papier clair », « 10,6 ».
type ContrastLine struct{ Where, Ratio string }

// Install is the first page of a site that nobody has entered yet.
type Install struct {
	Cover
	NewPassword
	Code              Entry
	Last, First, Mail Entry
	Structure         StructureFields
}

// Template names the page.
func (Install) Template() string { return "account/install" }

// Installed tells the first administrator how to sign in from now on.
type Installed struct {
	Cover
	Login string
}

// Template names the page.
func (Installed) Template() string { return "account/installed" }
