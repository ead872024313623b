package db

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"marelle/portal"
)

// accountRules say what becomes of the rows about an account that goes.
var accountRules = []joinRule{
	{"absence_document", "account_id", joinMoves}, {"absence_spell", "account_id", joinMoves}, {"account_email", "account_id", joinOwn}, {"account_event", "account_id", joinMoves},
	{"account_event", "by_account", joinMoves}, {"account_reminder_off", "account_id", joinEnds}, {"booking", "account_id", joinMoves}, {"calendar_address", "account_id", joinUnites},
	{"child_document", "account_id", joinMoves}, {"draft", "account_id", joinUnites}, {"exchange", "account_id", joinMoves}, {"exchange", "answered_by", joinMoves}, {"form_sent", "account_id", joinEnds}, {"guardian", "account_id", joinOwn},
	{"half_session", "account_id", joinEnds}, {"movement", "account_id", joinMoves}, {"offer", "account_id", joinMoves}, {"outbox", "account_id", joinMoves},
	{"password_reset", "account_id", joinEnds}, {"receipt", "account_id", joinMoves}, {"recovery_code", "account_id", joinEnds}, {"registration_version", "account_id", joinMoves},
	{"request", "account_id", joinMoves}, {"second_factor", "account_id", joinEnds}, {"session", "account_id", joinEnds}, {"terms_acceptance", "account_id", joinUnites},
	{"wish", "account_id", joinUnites},
	{"custody", "account_id", joinStaff}, {"cutoff_version", "edited_by", joinStaff}, {"cutoff_version", "published_by", joinStaff}, {"cutoff_version", "withdrawn_by", joinStaff},
	{"family_note", "account_id", joinStaff}, {"family_profile", "given_by", joinStaff}, {"mail_text", "account_id", joinStaff}, {"movement", "staff_id", joinStaff},
	{"receipt", "staff_id", joinStaff}, {"staff", "account_id", joinStaff}, {"staff_event", "account_id", joinStaff}, {"terms", "account_id", joinStaff},
	{"terms_draft", "account_id", joinStaff},
}

// AccountJoin is what joining two accounts of one guardian would do, as staff read it first.
type AccountJoin struct {
	Kept, Gone           *FamilyGuardian
	KeptHomes, GoneHomes []string // the names of their families
	GoneHome             portal.FamilyID
	Facts                []portal.JoinFact
	Figures              []portal.JoinFigure
	Refused              string // why it cannot be done, and what to do; nothing: it can
	Version              string
}

var accountFigures = []joinCount{
	{"famille", "familles", "SELECT count(*) FROM guardian WHERE account_id = ?1"},
	{"réservation faite", "réservations faites", "SELECT count(*) FROM booking WHERE account_id = ?1"},
	{"reçu", "reçus", "SELECT count(*) FROM receipt WHERE account_id = ?1"},
	{"jour non validé", "jours non validés", "SELECT count(*) FROM wish WHERE account_id = ?1"},
	{"courriel", "courriels", "SELECT count(*) FROM outbox WHERE account_id = ?1"},
}

// JoiningAccounts says what joining the account of a guardian of a structure into another one would do.
func (s *Store) JoiningAccounts(ctx context.Context, structure portal.StructureID, kept, gone portal.AccountID) (j *AccountJoin, err error) {
	err = s.snapshot(ctx, func(r reader) error {
		j, err = s.accountJoin(r, structure, kept, gone)
		return err
	})
	return j, err
}

func (s *Store) accountJoin(q querier, structure portal.StructureID, kept, gone portal.AccountID) (*AccountJoin, error) {
	j := &AccountJoin{}
	for _, side := range []struct {
		guardian **FamilyGuardian
		homes    *[]string
		id       portal.AccountID
	}{{&j.Kept, &j.KeptHomes, kept}, {&j.Gone, &j.GoneHomes, gone}} {
		homes, err := column[portal.FamilyID](q, "SELECT g.family_id FROM guardian g JOIN family f ON f.id = g.family_id WHERE g.account_id = ? AND f.structure_id = ? ORDER BY 1", side.id, structure)
		if err != nil {
			return nil, err
		}
		if len(homes) == 0 {
			return nil, portal.NotFound(noGuardian)
		}
		g, err := s.theGuardian(q, structure, homes[0], side.id)
		if err != nil {
			return nil, err
		}
		*side.guardian, j.GoneHome = &g, homes[0]
		if *side.homes, err = column[string](q, "SELECT f.name FROM guardian g JOIN family f ON f.id = g.family_id WHERE g.account_id = ? ORDER BY f.id", side.id); err != nil {
			return nil, err
		}
	}
	j.Facts = j.Kept.JoinFacts(j.Gone.GuardianFile)
	j.Version = portal.Version(append(j.Kept.joinFacts(), j.Gone.joinFacts()...))
	var err error
	if j.Figures, err = figures(q, int64(gone), accountFigures); err != nil {
		return nil, err
	}
	j.Refused, err = refusedAccounts(q, j)
	return j, err
}

func (g *FamilyGuardian) joinFacts() []portal.Fact {
	return append(g.Facts(), portal.Fact{What: "Identifiant", Value: g.Login})
}

// refusedAccounts says why two accounts cannot be joined, and what to do. Whoever sets an address of an account can open it:
// one that opens more than the families of this structure is not ours to give away.
func refusedAccounts(q querier, j *AccountJoin) (string, error) {
	if j.Kept.ID == j.Gone.ID {
		return "C’est le même compte. Choisissez l’autre compte de cette personne.", nil
	}
	for _, g := range []*FamilyGuardian{j.Kept, j.Gone} {
		agent, err := hasActedAsStaff(q, g.ID)
		switch {
		case err != nil:
			return "", err
		case agent:
			return fmt.Sprintf("%s (%s) est ou a été un agent de la mairie : ce compte ne se réunit avec aucun autre. Ajoutez-le plutôt comme responsable dans la famille, puis retirez-en l’autre compte.", g.DisplayName(), g.Login), nil
		case g.Elsewhere:
			return fmt.Sprintf("%s (%s) a aussi une famille dans une autre structure : ce compte ne se réunit pas d’ici. Ajoutez-le plutôt comme responsable dans la famille, puis retirez-en l’autre compte.", g.DisplayName(), g.Login), nil
		}
	}
	agreed, err := hasAgreed(q, j.Gone.ID)
	if err != nil {
		return "", err
	}
	if agreed {
		return fmt.Sprintf("%s (%s) a convenu d’un échange de jours de garde, et le journal garde cet identifiant : il ne peut pas disparaître. Gardez plutôt celui-ci.", j.Gone.DisplayName(), j.Gone.Login), nil
	}
	if n := len(j.Kept.Join(j.Gone.GuardianFile, nil).Emails); n > portal.AddressesMost {
		return fmt.Sprintf("Les deux comptes ont %d adresses e-mail ensemble, et un compte en a %d au plus. Retirez d’abord celles qui ne servent plus, sur la fiche du responsable.", n, portal.AddressesMost), nil
	}
	return "", nil
}

// hasActedAsStaff says that an account is, or was, one of an agent.
func hasActedAsStaff(q querier, account portal.AccountID) (is bool, err error) {
	for _, r := range accountRules {
		if r.how != joinStaff {
			continue
		}
		if r.table == "staff_event" {
			continue // below: a line of the log is not always of an agent
		}
		if err := oneRow(q, &is, "SELECT EXISTS (SELECT 1 FROM "+r.table+" WHERE "+r.column+" = ?)", []any{account}); err != nil || is {
			return is, err
		}
	}
	agreed, err := hasAgreed(q, account)
	if err == nil && !agreed {
		err = oneRow(q, &is, "SELECT EXISTS (SELECT 1 FROM staff_event WHERE account_id = ?)", []any{account})
	}
	return is, err
}

// hasAgreed says that a parent accepted an exchange of days, which the audit log keeps under that account.
func hasAgreed(q querier, account portal.AccountID) (agreed bool, err error) {
	err = oneRow(q, &agreed, "SELECT EXISTS (SELECT 1 FROM exchange WHERE answered_by = ? AND state = 'accepted')", []any{account})
	return agreed, err
}

// JoinAccounts makes two accounts of a guardian of a structure one: its families, its addresses and what it did are the other
// one's; its identifiant opens nothing any more and its sessions end. The addresses of both are told.
func (s *Store) JoinAccounts(ctx context.Context, ask JoinAsk, notice Notice) error {
	return s.write(ctx, func(tx *Tx) error {
		j, err := s.accountJoin(tx, ask.Structure, portal.AccountID(ask.Kept), portal.AccountID(ask.Gone))
		if err != nil {
			return err
		}
		if err := refuseJoin(j.Refused, j.Version, ask.Seen); err != nil {
			return err
		}
		return s.joinAccount(tx, ask.Structure, ask.By, j, ask.Chosen, notice)
	})
}

// uniteAccount is uniteChild for accounts. Rights are those that both gave where both were guardians of one family.
var uniteAccount = []string{
	"UPDATE receipt SET sealed_account = account_id WHERE account_id = ?2 AND sealed_account IS NULL AND ?1 = ?1",
	leastRights("account_id", "family_id"),
	"UPDATE OR IGNORE guardian SET account_id = ?1 WHERE account_id = ?2",
	"DELETE FROM guardian WHERE account_id = ?2 AND ?1 = ?1",
	"UPDATE draft SET version = version + 1, undo = NULL, undo_words = '', undo_until = NULL WHERE account_id IN (?1, ?2)",
}

func (s *Store) joinAccount(tx *Tx, structure portal.StructureID, by portal.AccountID, j *AccountJoin, chosen portal.JoinChosen, notice Notice) error {
	kept, gone := j.Kept.ID, j.Gone.ID
	for _, q := range uniteAccount {
		if err := tx.exec(q, kept, gone); err != nil {
			return fmt.Errorf("%s: %w", q, err)
		}
	}
	if err := joinAddresses(tx, kept, gone); err != nil {
		return err
	}
	if err := tx.exec("INSERT OR IGNORE INTO draft (account_id, version, updated_at) SELECT ?1, 1, ?3 FROM draft WHERE account_id = ?2", kept, gone, at(s.now())); err != nil {
		return err
	}
	// A wish is of a draft: it goes over before its draft does.
	if err := follow(tx, []joinRule{{"wish", "account_id", joinUnites}}, int64(kept), int64(gone)); err != nil {
		return err
	}
	if err := follow(tx, accountRules, int64(kept), int64(gone)); err != nil {
		return err
	}
	after := j.Kept.Join(j.Gone.GuardianFile, chosen)
	if err := tx.exec("UPDATE account SET civility = ?, last_name = ?, used_name = ?, first_name = ?, mobile_phone = ?, home_phone = ?, work_phone = ? WHERE id = ?",
		after.Civility, after.LastName, after.UsedName, after.FirstName, after.Phones.Mobile, after.Phones.Home, after.Phones.Work, kept); err != nil {
		return err
	}
	if err := tx.exec("DELETE FROM sign_in_failure WHERE key = ?", s.throttleKey(triesOfAccount, j.Gone.Login)); err != nil {
		return err
	}
	if err := tx.exec("DELETE FROM account WHERE id = ?", gone); err != nil {
		return err
	}
	if err := s.markJoined(tx, structure, "compte", int64(kept), int64(gone)); err != nil {
		return err
	}
	if err := closeLinks(tx, kept); err != nil {
		return err
	}
	if err := dropLostWishes(tx, kept); err != nil {
		return err
	}
	if err := s.record(tx, kept, portal.AccountsJoined, by, notice); err != nil {
		return err
	}
	changes := append(joinChanges(j.Gone.DisplayName(), int64(gone), j.Figures), portal.Changed{What: "Identifiant qui n’ouvre plus rien", Before: j.Gone.Login})
	changes = append(changes, portal.Differences(j.Kept.identity(), FamilyGuardian{GuardianFile: after}.identity())...)
	changes = append(changes, lost(j.Gone.identity(), FamilyGuardian{GuardianFile: after}.identity(), int64(gone))...)
	return s.note(tx, portal.StaffEvent{Structure: structure, By: by, Subject: "compte", SubjectID: int64(kept),
		Words: fmt.Sprintf("%s : deux comptes réunis, %s reste", after.DisplayName(), j.Kept.Login), Changes: changes})
}

// identity says who a guardian is, without the rights in one family.
func (g FamilyGuardian) identity() []portal.Fact {
	all := g.Facts()
	return all[:len(all)-len(g.Rights.Facts())]
}

// joinAddresses gives an account the addresses of the one that goes, each once, with what each gets and whether it takes messages.
func joinAddresses(tx *Tx, kept, gone portal.AccountID) error {
	list, err := addressesOf(tx, kept)
	if err != nil {
		return err
	}
	more, err := addressesOf(tx, gone)
	if err != nil {
		return err
	}
	marks, err := all(tx, scanDeadMark, "SELECT address, dead_at, dead_why FROM account_email WHERE account_id = ? AND dead_at IS NOT NULL", gone)
	if err != nil {
		return err
	}
	for _, a := range more {
		if !slices.ContainsFunc(list, func(k portal.Address) bool { return strings.EqualFold(k.Email, a.Email) }) {
			list = append(list, a)
		}
	}
	if err := tx.exec("DELETE FROM account_email WHERE account_id = ?", gone); err != nil {
		return err
	}
	if err := setAddresses(tx, kept, list); err != nil {
		return err
	}
	for _, m := range marks {
		if err := tx.exec("UPDATE account_email SET dead_at = ?, dead_why = ? WHERE account_id = ? AND address = ? COLLATE NOCASE AND dead_at IS NULL", at(m.since), m.why, kept, m.address); err != nil {
			return err
		}
	}
	return nil
}
