package db

import (
	"context"
	"database/sql"
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
	Lessened             []string // the families where both are guardians whose rights differ: the least of each stays
	TwoNames             []string // the families where both are guardians, when their first names are not the same
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
		if *side.homes, err = column[string](q, "SELECT f.name FROM guardian g JOIN family f ON f.id = g.family_id WHERE g.account_id = ? AND f.structure_id = ? ORDER BY f.id", side.id, structure); err != nil {
			return nil, err
		}
	}
	j.Facts = j.Kept.JoinFacts(j.Gone.GuardianFile)
	facts := append(j.Kept.joinFacts(), j.Gone.joinFacts()...)
	homes, err := all(q, scanHome, "SELECT g.family_id, g.account_id, f.name, g.legal, g.may_see, g.may_book, g.may_pick_up FROM guardian g JOIN family f ON f.id = g.family_id WHERE g.account_id IN (?, ?) ORDER BY 1, 2", kept, gone)
	if err != nil {
		return nil, err
	}
	for i, h := range homes {
		facts = append(facts, portal.Fact{What: "Famille", Value: fmt.Sprintf("%d %d", h.family, h.account)})
		facts = append(facts, h.rights.Facts()...)
		if i == 0 || homes[i-1].family != h.family {
			continue
		}
		if h.rights != homes[i-1].rights {
			j.Lessened = append(j.Lessened, h.name)
		}
		if portal.FoldName(j.Kept.FirstName) != portal.FoldName(j.Gone.FirstName) {
			j.TwoNames = append(j.TwoNames, h.name)
		}
	}
	j.Version = portal.Version(facts)
	if j.Figures, err = figures(q, int64(gone), accountFigures); err != nil {
		return nil, err
	}
	j.Refused, err = refusedAccounts(q, j)
	return j, err
}

// guardianHome is a family of an account, with its rights there.
type guardianHome struct {
	family  portal.FamilyID
	account portal.AccountID
	name    string
	rights  portal.Rights
}

func scanHome(r *sql.Rows) (h guardianHome, err error) {
	err = r.Scan(&h.family, &h.account, &h.name, &h.rights.Legal, &h.rights.See, &h.rights.Book, &h.rights.PickUp)
	return h, err
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
	child, err := sharedBetween(q, j.Kept.ID, j.Gone.ID)
	if err != nil {
		return "", err
	}
	if child != "" {
		return fmt.Sprintf("Ces deux personnes sont responsables d’un même enfant dans deux foyers (%s) : ce sont deux personnes, et leurs comptes ne se réunissent pas. Si c’est un même foyer saisi deux fois, réunissez d’abord les deux familles.", child), nil
	}
	if why, err := refusedByLog(q, j); err != nil || why != "" {
		return why, err
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
		if err = oneRow(q, &is, "SELECT EXISTS (SELECT 1 FROM "+r.table+" WHERE "+r.column+" = ?)", []any{account}); err != nil || is {
			return is, err
		}
	}
	err = oneRow(q, &is, "SELECT EXISTS (SELECT 1 FROM staff_event WHERE subject = 'equipe' AND subject_id = ?1) OR EXISTS (SELECT 1 FROM staff_event WHERE account_id = ?1 AND NOT "+parentsLine+")", []any{account})
	return is, err
}

// parentsLine says of a line of the audit log that a parent wrote it, by accepting an exchange of days. A line about a child
// that an erasure emptied may be such a one: it counts for a parent's, because whoever was an agent is so by other lines, those
// of the team about that account among them.
const parentsLine = "(subject = 'enfant' AND (words LIKE '%" + exchangeAgreed + "' OR words = '" + portal.Blanked + "'))"

// refusedByLog says that the audit log keeps the account that is to go: what a parent agreed to stands there for ever.
func refusedByLog(q querier, j *AccountJoin) (string, error) {
	var kept, gone bool
	for account, is := range map[portal.AccountID]*bool{j.Kept.ID: &kept, j.Gone.ID: &gone} {
		if err := oneRow(q, is, "SELECT EXISTS (SELECT 1 FROM staff_event WHERE account_id = ?)", []any{account}); err != nil {
			return "", err
		}
	}
	switch {
	case gone && kept:
		return "Chacun de ces deux comptes a convenu d’un échange de jours de garde, et le journal garde les deux identifiants : ils ne se réunissent pas. Retirez plutôt de la famille celui qui ne sert plus.", nil
	case gone:
		return fmt.Sprintf("%s (%s) a convenu d’un échange de jours de garde, et le journal garde cet identifiant : il ne peut pas disparaître. Gardez plutôt celui-ci.", j.Gone.DisplayName(), j.Gone.Login), nil
	}
	return "", nil
}

// sharedBetween names a child whom two accounts have in two different families, or whose custody these families share.
func sharedBetween(q querier, kept, gone portal.AccountID) (string, error) {
	type pair struct {
		child      portal.ChildID
		name       string
		kept, gone portal.FamilyID
		both       bool
	}
	list, err := all(q, func(r *sql.Rows) (p pair, err error) {
		err = r.Scan(&p.child, &p.name, &p.kept, &p.gone, &p.both)
		return p, err
	}, `WITH pair AS (SELECT k.family_id AS a, g.family_id AS b FROM guardian k JOIN guardian g ON g.account_id = ?2 AND g.family_id <> k.family_id WHERE k.account_id = ?1)
		SELECT c.id, c.first_name, p.a, p.b, count(DISTINCT fc.family_id) = 2 FROM pair p JOIN family_child fc ON fc.family_id IN (p.a, p.b) JOIN child c ON c.id = fc.child_id
		GROUP BY 1, 2, 3, 4 ORDER BY 1`, kept, gone)
	if err != nil {
		return "", err
	}
	for _, p := range list {
		if p.both {
			return p.name, nil
		}
		rule, err := custodyOf(q, p.child)
		if err != nil {
			return "", err
		}
		if rule.Has(p.kept) && rule.Has(p.gone) {
			return p.name, nil
		}
	}
	return "", nil
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
	renamedKeys("receipt"),
	renamedKeys("registration_version"),
	leastRights("account_id", "family_id"),
	"UPDATE OR IGNORE guardian SET account_id = ?1 WHERE account_id = ?2",
	"DELETE FROM guardian WHERE account_id = ?2 AND ?1 = ?1",
	"UPDATE draft SET version = version + 1, undo = NULL, undo_words = '', undo_until = NULL WHERE account_id IN (?1, ?2)",
}

// renamedKeys gives another key to the forms of the account that goes whose key the other account has had too: a key is one
// time of one account. No seal holds it.
func renamedKeys(table string) string {
	return "UPDATE " + table + " SET form_key = form_key || '-compte-' || ?2 || '-' || id WHERE account_id = ?2 AND form_key IN (SELECT form_key FROM " + table + " WHERE account_id = ?1)"
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
	for _, name := range j.Lessened {
		changes = append(changes, portal.Changed{What: "Droits, les moindres des deux comptes", After: "Famille " + name})
	}
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
