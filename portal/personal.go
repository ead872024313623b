package portal

// PersonalData is everything the portal keeps about a person and the children whose guardian the person is (RGPD, article
// 20), as one JSON document in French. Secrets are not in it: neither passwords nor tokens, nor what is stored of them.
type PersonalData struct {
	Written       string                 `json:"ecrit_le"`
	Account       PersonalAccount        `json:"compte"`
	Addresses     []PersonalAddress      `json:"adresses_de_courriel"`
	Roles         []PersonalRole         `json:"roles_dans_la_commune"`
	Families      []PersonalFamily       `json:"familles"`
	Children      []PersonalChild        `json:"enfants"`
	Bookings      []PersonalBooking      `json:"reservations"`
	Wishes        []PersonalWish         `json:"demandes_non_validees"`
	Registrations []PersonalRegistration `json:"inscriptions_a_l_annee"`
	Exchanges     []PersonalExchange     `json:"echanges_de_jours_de_garde"`
	Absences      []PersonalAbsence      `json:"absences_signalees"`
	Offers        []PersonalOffer        `json:"places_proposees"`
	Movements     []PersonalMovement     `json:"mouvements"`
	Receipts      []PersonalReceipt      `json:"recus"`
	Terms         []PersonalTerms        `json:"textes_acceptes"`
	Sessions      []PersonalSession      `json:"sessions_ouvertes"`
	Calendar      string                 `json:"adresse_d_agenda_creee_le,omitempty"`
	Reminders     []string               `json:"rappels_refuses"`
	Events        []PersonalEvent        `json:"journal_du_compte"`
	Mails         []PersonalMail         `json:"messages"`
}

// PersonalAccount is the account itself.
type PersonalAccount struct {
	Login     string `json:"identifiant"`
	Civility  string `json:"civilite"`
	LastName  string `json:"nom"`
	UsedName  string `json:"nom_d_usage"`
	FirstName string `json:"prenom"`
	Home      string `json:"telephone_domicile"`
	Work      string `json:"telephone_travail"`
	Mobile    string `json:"telephone_portable"`
	Created   string `json:"cree_le"`
	Letter    string `json:"derniere_lettre_le,omitempty"`
	FirstSeen string `json:"premiere_connexion_le,omitempty"`
	SignedIn  string `json:"derniere_connexion_le,omitempty"`
	Factor    string `json:"second_facteur_depuis_le,omitempty"`
	Codes     int    `json:"codes_de_secours_restants,omitempty"`
}

// PersonalAddress is an e-mail address and what is sent to it.
type PersonalAddress struct {
	Address   string `json:"adresse"`
	Reports   bool   `json:"comptes_rendus"`
	Reminders bool   `json:"rappels"`
}

// PersonalRole is what the person is as an agent.
type PersonalRole struct {
	Structure string `json:"structure"`
	Role      string `json:"role"`
}

// PersonalFamily is a household the person belongs to.
type PersonalFamily struct {
	Number    FamilyID       `json:"numero"`
	Structure string         `json:"structure"`
	Name      string         `json:"nom"`
	Street    string         `json:"rue"`
	Postcode  string         `json:"code_postal"`
	Town      string         `json:"commune"`
	Resident  *bool          `json:"habite_la_commune,omitempty"` // not of a household that the person does not see
	Rights    string         `json:"vos_droits"`
	Notes     []PersonalNote `json:"notes_de_la_mairie"`
}

// PersonalNote is what the town hall wrote down about a household.
type PersonalNote struct {
	At   string `json:"le"`
	Text string `json:"texte"`
}

// PersonalChild is a child of one of these households.
type PersonalChild struct {
	Number      ChildID             `json:"numero"`
	LastName    string              `json:"nom"`
	UsedName    string              `json:"nom_d_usage"`
	FirstName   string              `json:"prenom"`
	Birth       string              `json:"naissance"`
	Sex         string              `json:"sexe"`
	Classes     []PersonalClass     `json:"classes"`
	Diet        string              `json:"regime"`
	Allergies   string              `json:"allergies"`
	PlanFirst   string              `json:"pai_du,omitempty"`
	PlanLast    string              `json:"pai_au,omitempty"`
	PlanWords   string              `json:"pai_que_faire,omitempty"`
	LeavesAlone bool                `json:"peut_partir_seul"`
	Pickups     []PersonalPickup    `json:"personnes_nommees_par_votre_famille"`
	Papers      []PersonalPaper     `json:"documents"`
	Enrolments  []PersonalEnrolment `json:"inscriptions"`
	Priorities  []PersonalPriority  `json:"priorites"`
}

// PersonalPickup is somebody whom a household of the person named: who may fetch the child, or must not.
type PersonalPickup struct {
	Barred bool   `json:"ne_doit_pas_venir"`
	Name   string `json:"nom"`
	Phone  string `json:"telephone"`
	Link   string `json:"lien"`
	First  string `json:"du,omitempty"`
	Last   string `json:"au,omitempty"`
	Note   string `json:"precision"`
	Judged string `json:"decision_du,omitempty"`
	Judge  string `json:"rendue_par,omitempty"`
}

// PersonalPaper is a document of a child; those that only concern the child's other household are left out.
type PersonalPaper struct {
	Kind    string `json:"nature"`
	Expires string `json:"valable_jusqu_au,omitempty"`
	At      string `json:"recu_le"`
	Name    string `json:"fichier,omitempty"`
}

// PersonalPriority is a criterion of priority that staff ticked upon a document.
type PersonalPriority struct {
	Name  string `json:"critere"`
	Dated string `json:"document_du"`
	Last  string `json:"au,omitempty"`
}

// PersonalEnrolment is an activity that a child may come to.
type PersonalEnrolment struct {
	Activity string `json:"activite"`
	First    string `json:"du"`
	Last     string `json:"au,omitempty"`
}

// PersonalClass is where a child was in a school year.
type PersonalClass struct {
	Year   string `json:"annee_scolaire"`
	School string `json:"ecole"`
	Class  string `json:"classe"`
	Grade  string `json:"niveau"`
}

// PersonalBooking is a day saved for a child.
type PersonalBooking struct {
	Child     ChildID `json:"enfant"`
	Activity  string  `json:"activite"`
	Day       string  `json:"jour"`
	State     string  `json:"etat"`
	Arrival   string  `json:"arrivee,omitempty"`
	Departure string  `json:"depart,omitempty"`
	Since     string  `json:"depuis"`
}

// PersonalWish is a click not validated.
type PersonalWish struct {
	Child     ChildID `json:"enfant"`
	Activity  string  `json:"activite"`
	Day       string  `json:"jour"`
	Action    string  `json:"demande"`
	Arrival   string  `json:"arrivee,omitempty"`
	Departure string  `json:"depart,omitempty"`
	At        string  `json:"le"`
}

// PersonalRegistration is a request of a registration for the year: a start, a change or an end.
type PersonalRegistration struct {
	Child      ChildID  `json:"enfant"`
	Activity   string   `json:"activite"`
	First      string   `json:"du"`
	Last       string   `json:"au,omitempty"`
	EveryOther bool     `json:"une_semaine_sur_deux"`
	Days       []string `json:"jours"`
	Arrival    string   `json:"arrivee,omitempty"`
	Departure  string   `json:"depart,omitempty"`
	At         string   `json:"demandee_le"`
	Night      string   `json:"transmise_dans_la_nuit_du,omitempty"`
}

// PersonalExchange is a day of shared custody that one household proposed to the other.
type PersonalExchange struct {
	Child    ChildID `json:"enfant"`
	Day      string  `json:"jour"`
	Comes    bool    `json:"vient_chez_la_personne"`
	Back     string  `json:"en_echange_de,omitempty"`
	Mine     bool    `json:"propose_par_la_personne"`
	Word     string  `json:"mot,omitempty"`
	At       string  `json:"propose_le"`
	Until    string  `json:"reponse_jusqu_au"`
	Answered string  `json:"repondu_le,omitempty"`
	State    string  `json:"etat"`
}

// PersonalAbsence is a run of days on which a child was said to be absent, with the documents that the person sent.
type PersonalAbsence struct {
	Child     ChildID  `json:"enfant"`
	First     string   `json:"du"`
	Last      string   `json:"au"`
	Reason    string   `json:"motif"`
	At        string   `json:"signalee_le"`
	Documents []string `json:"justificatifs_envoyes"`
}

// PersonalOffer is a place that was offered or given from a waiting list.
type PersonalOffer struct {
	Children string `json:"enfants"`
	Activity string `json:"activite"`
	Day      string `json:"jour"`
	At       string `json:"le"`
	Until    string `json:"a_repondre_avant,omitempty"`
	State    string `json:"etat"`
}

// PersonalMovement is something asked for a child, and what came of it. Who else asked is not named.
type PersonalMovement struct {
	Child     ChildID `json:"enfant"`
	Activity  string  `json:"activite"`
	Day       string  `json:"jour"`
	Action    string  `json:"demande"`
	Arrival   string  `json:"arrivee,omitempty"`
	Departure string  `json:"depart,omitempty"`
	At        string  `json:"le"`
	Mine      bool    `json:"demande_par_vous"`
	Outcome   string  `json:"reponse"`
	Reason    string  `json:"raison,omitempty"`
	Night     string  `json:"transmise_dans_la_nuit_du,omitempty"`
	Final     string  `json:"resultat,omitempty"`
	Receipt   string  `json:"recu,omitempty"`
}

// PersonalReceipt is the proof of a validation.
type PersonalReceipt struct {
	Number string `json:"numero"`
	At     string `json:"le"`
	Hash   string `json:"empreinte"`
}

// PersonalTerms is a version of a text that the person accepted.
type PersonalTerms struct {
	Text    string `json:"texte"`
	Version int    `json:"version"`
	At      string `json:"accepte_le"`
}

// PersonalSession is a device that is signed in.
type PersonalSession struct {
	Device   string `json:"appareil"`
	Remember bool   `json:"rester_connecte"`
	Created  string `json:"ouverte_le"`
	Seen     string `json:"derniere_utilisation"`
}

// PersonalEvent is something done to the account.
type PersonalEvent struct {
	At   string `json:"le"`
	What string `json:"quoi"`
}

// PersonalMail is a message sent to the person, without its text.
type PersonalMail struct {
	At      string `json:"le"`
	Address string `json:"adresse"`
	Kind    string `json:"nature"`
	Subject string `json:"objet"`
	State   string `json:"etat"`
	Sent    string `json:"parti_le,omitempty"`
}
