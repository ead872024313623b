package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"time"

	"marelle/portal"
)

// ExchangeWriter writes the mail of a piece of news about an exchange, with the words of the structure.
type ExchangeWriter func(*portal.ExchangeNews, portal.MailText) (Notice, error)

const noExchange = "Cette proposition d’échange n’existe pas, ou n’est pas pour vous."

const (
	exchangeFields = `x.id, x.structure_id, x.child_id, x.account_id, x.family_id, x.other_id, x.day, x.takes, x.back, x.word, x.state, x.made_at, x.until, x.answered_at, coalesce(x.answered_by, 0),
		c.id, c.structure_id, iif(c.used_name <> '', c.used_name, c.last_name), c.first_name`
	exchangeColumns = "SELECT " + exchangeFields + " FROM exchange x JOIN child c ON c.id = x.child_id"
)

func exchangeInto(e *portal.Exchange) []any {
	return []any{&e.ID, &e.Structure, &e.Child, &e.By, &e.From, &e.To, &e.Day, &e.Takes, &e.Back, &e.Word, &e.State, into{&e.Made}, into{&e.Until}, into{&e.Answered}, &e.Answerer,
		&e.Kid.ID, &e.Kid.StructureID, &e.Kid.LastName, &e.Kid.FirstName}
}

func scanExchange(r *sql.Rows) (e portal.Exchange, err error) {
	err = r.Scan(exchangeInto(&e)...)
	return e, err
}

// household is for whom of a shared child's two families an account acts.
type household struct {
	mine portal.FamilyID
	book bool
}

// householdOf finds the household of an account among two of a child; whoever is in both is in neither.
func householdOf(q querier, account portal.AccountID, child portal.ChildID, a, b portal.FamilyID) (h household, err error) {
	list, err := all(q, func(r *sql.Rows) (h household, err error) {
		err = r.Scan(&h.mine, &h.book)
		return h, err
	}, `SELECT g.family_id, g.may_book FROM sees g JOIN family_child fc ON fc.family_id = g.family_id
		WHERE g.account_id = ? AND fc.child_id = ? AND g.family_id IN (?, ?) ORDER BY 1`, account, child, a, b)
	switch {
	case err != nil:
	case len(list) == 0:
		err = portal.NotFound(noExchange)
	case len(list) == 2:
		err = portal.Conflict("Vous êtes responsable de cet enfant dans ses deux foyers : un échange se propose d’un foyer à l’autre. Adressez-vous à la mairie.")
	default:
		h = list[0]
	}
	return h, err
}

// toldOf lists the accounts of a household that are told of an exchange: those who may change the child's days, or whoever
// sees them.
func toldOf(q querier, child portal.ChildID, family portal.FamilyID, everybody bool) ([]portal.AccountID, error) {
	return column[portal.AccountID](q, `SELECT g.account_id FROM sees g JOIN family_child fc ON fc.family_id = g.family_id
		WHERE fc.child_id = ? AND g.family_id = ? AND (g.may_book OR ?) ORDER BY 1`, child, family, everybody)
}

// exchangeStep is what happens to a proposal: as it will be, and what is told of it.
type exchangeStep struct {
	portal.Exchange
	news []portal.ExchangeNews
	done bool // it has happened already
}

// seen says what the mails of a step were written from.
func (step *exchangeStep) seen() string {
	words := fmt.Sprint(step.ID, step.done, step.State, step.Moves(), step.Until.UnixMilli(), step.Word)
	for _, n := range step.news {
		words += fmt.Sprint(n.To.ID, n.Mine, n.Emails)
	}
	return words
}

// tell adds what some households are to be told of a step.
func (s *Store) tell(q querier, step *exchangeStep, setup *portal.Setup, everybody bool, families ...portal.FamilyID) error {
	for _, f := range families {
		accounts, err := toldOf(q, step.Child, f, everybody)
		if err != nil {
			return err
		}
		for _, a := range accounts {
			n := portal.ExchangeNews{Exchange: step.Exchange, Structure: setup.Structure, State: step.State, Mine: f, Now: s.now()}
			if n.To, n.Emails, err = addressee(q, a, everyAddress); err != nil {
				return err
			}
			step.news = append(step.news, n)
		}
	}
	return nil
}

// takeStep plans a step, writes its mails outside of the writer, and does it with them in one transaction; planned anew when
// what the mails say changed meanwhile.
func (s *Store) takeStep(ctx context.Context, write ExchangeWriter, plan func(querier) (*exchangeStep, error), act func(*Tx, *exchangeStep) error) error {
	errMoved := portal.Conflict("Cette proposition change en ce moment même. Rien n’a été enregistré : rouvrez la page, puis recommencez.")
	for range 3 {
		var step *exchangeStep
		if err := s.snapshot(ctx, func(r reader) (err error) { step, err = plan(r); return err }); err != nil || step.done {
			return err
		}
		setup, err := s.Setup(ctx, step.Structure)
		if err != nil {
			return err
		}
		var mails []Mail
		for i := range step.news {
			n := &step.news[i]
			notice, err := write(n, setup.MailText(n.State.MailKind()))
			if err != nil {
				return err
			}
			for _, address := range n.Emails {
				mails = append(mails, notice.to(step.Structure, n.To.ID, fmt.Sprintf("echange:%s:%s:%d:%s", step.ID, step.State, n.To.ID, address), address))
			}
		}
		err = s.write(ctx, func(tx *Tx) error {
			now, err := plan(tx)
			if err != nil {
				return err
			}
			if now.seen() != step.seen() {
				return errMoved
			}
			if err := act(tx, now); err != nil {
				return err
			}
			return s.queueMails(tx, mails)
		})
		if !errors.Is(err, errMoved) {
			return err
		}
	}
	return errMoved
}

var exchangeKey = regexp.MustCompile(`^[0-9a-f]{32}$`)

// exchangesADay bounds what a household can propose for a child within a day: each proposal is a mail to the other parent.
const exchangesADay = 10

// ProposeExchange proposes a day of a shared child to the other household; key is the one-time key of the form, and names the
// proposal.
func (s *Store) ProposeExchange(ctx context.Context, account portal.AccountID, key string, ask portal.ExchangeAsk, write ExchangeWriter) error {
	if !exchangeKey.MatchString(key) {
		return portal.Invalid("Ce formulaire est incomplet. Rouvrez la page, puis recommencez.")
	}
	plan := func(q querier) (*exchangeStep, error) {
		return s.planProposal(ctx, q, account, portal.ExchangeID(key), ask)
	}
	return s.takeStep(ctx, write, plan, func(tx *Tx, x *exchangeStep) error {
		return tx.exec(`INSERT INTO exchange (id, structure_id, child_id, account_id, family_id, other_id, day, takes, back, word, state, made_at, until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			string(x.ID), x.Structure, x.Child, account, x.From, x.To, x.Day, x.Takes, x.Back, x.Word, string(x.State), at(x.Made), at(x.Until))
	})
}

func (s *Store) planProposal(ctx context.Context, q querier, account portal.AccountID, id portal.ExchangeID, ask portal.ExchangeAsk) (*exchangeStep, error) {
	step := &exchangeStep{Exchange: portal.Exchange{ExchangeAsk: ask, ID: id, By: account, State: portal.ExchangeOpen, Made: s.now()}}
	known, err := all(q, scanExchange, exchangeColumns+" WHERE x.id = ?", string(id))
	if err != nil {
		return nil, err
	}
	if len(known) > 0 {
		if step.done = known[0].By == account; !step.done {
			return nil, portal.NotFound(noExchange)
		}
		return step, nil
	}
	rule, cal, err := s.exchangeRule(ctx, q, account, step)
	if err != nil {
		return nil, err
	}
	if err := rule.CheckExchange(ask, step.From, step.Kid.FirstName, cal, portal.DateOf(step.Made)); err != nil {
		return nil, err
	}
	if err := refuseSecond(q, &step.Exchange); err != nil {
		return nil, err
	}
	setup, err := s.Setup(ctx, step.Structure)
	if err != nil {
		return nil, err
	}
	limits, err := s.exchangeLimits(q, setup, &step.Exchange)
	if err != nil {
		return nil, err
	}
	var possible bool
	first := step.Moves()[0].Day
	if step.Until, possible = portal.ExchangeUntil(step.Made, first, limits); !possible {
		e := portal.Conflict("Le %s est demain : l’autre parent n’aurait plus le temps de répondre. Voyez avec lui, puis appelez la mairie, qui peut faire l’échange tout de suite.", first.LongYear())
		field := "jour"
		if first != step.Day {
			field = "contre"
		}
		e.Fields = []portal.FieldError{{Field: field, Message: e.Message}}
		return nil, e
	}
	if err := s.tell(q, step, setup, false, step.To); err != nil {
		return nil, err
	}
	if len(step.news) == 0 {
		return nil, portal.Conflict("Personne de l’autre foyer ne peut répondre sur le portail. Appelez la mairie : elle peut faire cet échange tout de suite, si vous êtes d’accord tous les deux.")
	}
	return step, nil
}

// exchangeRule reads the rule of the child of a proposal, and fills in the child and the households for the account.
func (s *Store) exchangeRule(ctx context.Context, q querier, account portal.AccountID, step *exchangeStep) (*portal.Custody, *portal.Calendar, error) {
	children, err := childrenOf(q, account, portal.DateOf(s.now()))
	if err != nil {
		return nil, nil, err
	}
	kid, setup, err := s.childOf(ctx, children, step.Child)
	if err != nil {
		return nil, nil, err
	}
	rule, err := custodyOf(q, step.Child)
	if err != nil {
		return nil, nil, err
	}
	if rule.IsZero() {
		return nil, nil, portal.Conflict("%s n’est pas en garde alternée sur le portail : les deux familles voient tous ses jours, il n’y a rien à échanger.", kid.FirstName)
	}
	h, err := householdOf(q, account, step.Child, rule.A, rule.B)
	if err != nil {
		return nil, nil, err
	}
	if !h.book {
		return nil, nil, cannotExchange(kid.FirstName)
	}
	step.Kid, step.Structure, step.From, step.To = kid, kid.StructureID, h.mine, rule.Other(h.mine)
	return &rule, &setup.Calendar, nil
}

func cannotExchange(name string) error {
	return portal.Forbidden("Votre compte permet de consulter les jours %s, pas de les changer ni de les échanger. Rien n’a été enregistré. Adressez-vous à la mairie si c’est une erreur.", portal.Of(name))
}

// refuseSecond refuses a second proposal for a day, and too many of them.
func refuseSecond(q querier, e *portal.Exchange) error {
	for _, m := range e.Moves() {
		list, err := all(q, scanExchange, exchangeColumns+" WHERE x.child_id = ?1 AND x.state = 'open' AND x.until >= ?2 AND ?3 IN (x.day, x.back)", e.Child, at(e.Made), m.Day)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			continue
		}
		why := portal.Conflict("Un échange est déjà proposé pour le %s. Attendez sa réponse, ou retirez-le, avant d’en proposer un autre.", m.Day.Long())
		if list[0].From != e.From {
			why = portal.Conflict("L’autre parent vous propose déjà un échange pour le %s. Répondez-lui d’abord, dans « Échanges de jours ».", m.Day.Long())
		}
		field := "jour"
		if m.Day != e.Day {
			field = "contre"
		}
		why.Fields = []portal.FieldError{{Field: field, Message: why.Message}}
		return why
	}
	var n int
	if err := oneRow(q, &n, "SELECT count(*) FROM exchange WHERE child_id = ? AND family_id = ? AND made_at > ?", []any{e.Child, e.From, at(e.Made.Add(-24 * time.Hour))}); err != nil {
		return err
	}
	if n >= exchangesADay {
		return portal.Conflict("Votre foyer a proposé %d échanges depuis hier pour %s. Attendez les réponses, ou appelez la mairie.", n, e.Kid.FirstName)
	}
	return nil
}

// exchangeLimits lists the limits of the days of a proposal, over the activities that are open to the child.
func (s *Store) exchangeLimits(q querier, setup *portal.Setup, e *portal.Exchange) (limits []portal.Limit, err error) {
	offered, err := s.offeredTo(q, setup, []portal.ChildID{e.Child})
	if err != nil {
		return nil, err
	}
	for _, a := range offered[e.Child] {
		for _, m := range e.Moves() {
			if slot := setup.NewSlot(e.Child, a, m.Day); slot.Open {
				limits = append(limits, slot.Book, slot.Cancel)
			}
		}
	}
	return limits, nil
}

// theExchange finds a proposal for an account of one of its two households.
func theExchange(q querier, account portal.AccountID, id portal.ExchangeID) (e portal.Exchange, h household, err error) {
	if e, err = one(q, scanExchange, exchangeColumns+" WHERE x.id = ?", string(id)); err != nil {
		return e, h, absent(err, noExchange)
	}
	h, err = householdOf(q, account, e.Child, e.From, e.To)
	return e, h, err
}

// AnswerExchange accepts or declines what the other household proposed. Accepted, the days change household at once, with
// what is booked on them.
func (s *Store) AnswerExchange(ctx context.Context, account portal.AccountID, id portal.ExchangeID, accept bool, write ExchangeWriter) error {
	state := portal.ExchangeDeclined
	if accept {
		state = portal.ExchangeAccepted
	}
	var rule portal.Custody
	plan := func(q querier) (step *exchangeStep, err error) {
		step, rule, err = s.planAnswer(ctx, q, account, id, state)
		return step, err
	}
	return s.takeStep(ctx, write, plan, func(tx *Tx, step *exchangeStep) error {
		if accept {
			if err := s.settleExchange(tx, account, &step.Exchange, rule); err != nil {
				return err
			}
		}
		return s.endExchange(tx, &step.Exchange, account)
	})
}

func (s *Store) endExchange(tx *Tx, e *portal.Exchange, by portal.AccountID) error {
	return tx.exec("UPDATE exchange SET state = ?, answered_at = ?, answered_by = ? WHERE id = ? AND state = 'open'", string(e.State), at(s.now()),
		sql.NullInt64{Int64: int64(by), Valid: by != 0}, string(e.ID))
}

func (s *Store) planAnswer(ctx context.Context, q querier, account portal.AccountID, id portal.ExchangeID, state portal.ExchangeState) (*exchangeStep, portal.Custody, error) {
	var rule portal.Custody
	e, h, err := theExchange(q, account, id)
	if err != nil {
		return nil, rule, err
	}
	step := &exchangeStep{Exchange: e}
	mayAnswer := h.mine == e.To
	switch was := e.StateAt(s.now()); {
	case !h.book:
		return nil, rule, cannotExchange(e.Kid.FirstName)
	case mayAnswer == (state == portal.ExchangeWithdrawn):
		if mayAnswer {
			return nil, rule, portal.Forbidden("C’est l’autre parent qui a proposé cet échange : lui seul peut le retirer. Vous pouvez l’accepter ou le refuser.")
		}
		return nil, rule, portal.Forbidden("C’est votre foyer qui propose cet échange : c’est à l’autre parent d’y répondre. Vous pouvez le retirer.")
	case was == state:
		step.done = true
		return step, rule, nil
	case was != portal.ExchangeOpen:
		return nil, rule, portal.Conflict("%s Rien n’a changé.", overWords[was])
	}
	setup, err := s.Setup(ctx, e.Structure)
	if err != nil {
		return nil, rule, err
	}
	step.State = state
	told := []portal.FamilyID{e.To}
	if state != portal.ExchangeWithdrawn {
		told = append(told, e.From)
	}
	if state == portal.ExchangeAccepted {
		if rule, err = custodyOf(q, e.Child); err != nil {
			return nil, rule, err
		}
		if err := stillPossible(q, &e, &rule, &setup.Calendar); err != nil {
			return nil, rule, err
		}
	}
	return step, rule, s.tell(q, step, setup, state == portal.ExchangeAccepted, told...)
}

// overWords say that nothing can be answered any more.
var overWords = map[portal.ExchangeState]string{
	portal.ExchangeAccepted:  "Cet échange est déjà accepté.",
	portal.ExchangeDeclined:  "Cet échange a déjà été refusé.",
	portal.ExchangeWithdrawn: "Cet échange a été retiré par le parent qui l’avait proposé.",
	portal.ExchangeExpired:   "Cette proposition attendait une réponse, et sa date est passée. Proposez l’échange de nouveau.",
}

// stillPossible refuses to accept what no longer holds: the rule changed, or whoever proposed may not any more.
func stillPossible(q querier, e *portal.Exchange, rule *portal.Custody, cal *portal.Calendar) error {
	if !rule.Has(e.From) || !rule.Has(e.To) || !e.Held(rule, cal) {
		return portal.Conflict("La garde alternée %s a changé depuis cette proposition : elle ne correspond plus à ces jours. Rien n’a changé. Faites une nouvelle proposition.", portal.Of(e.Kid.FirstName))
	}
	accounts, err := toldOf(q, e.Child, e.From, false)
	if err == nil && len(accounts) == 0 {
		err = portal.Conflict("Le foyer qui a proposé cet échange ne peut plus changer les jours %s. Rien n’a changé. Adressez-vous à la mairie.", portal.Of(e.Kid.FirstName))
	}
	return err
}

// exchangeAgreed ends the line of the audit log about an exchange: the only ones of it that a parent writes.
const exchangeAgreed = "échange convenu entre les parents, garde alternée"

// settleExchange writes an exchange that is accepted into the rule, and the days of it.
func (s *Store) settleExchange(tx *Tx, by portal.AccountID, e *portal.Exchange, before portal.Custody) error {
	now := s.now()
	rule := before
	if e.Settle(&rule, now); len(rule.Special) > portal.CustodyMost {
		return portal.Conflict("Trop de jours de cette garde ont déjà été échangés. Rien n’a changé. Appelez la mairie : elle peut retirer les échanges passés.")
	}
	setup, err := loadSetup(tx, e.Structure)
	if err != nil {
		return err
	}
	if err := saveRule(tx, e.Child, &rule); err != nil {
		return err
	}
	if err := custodyDays(tx, e.Child, &rule, &setup.Calendar, portal.DateOf(now)); err != nil {
		return err
	}
	families, err := familiesOfChild(tx, e.Child)
	if err != nil {
		return err
	}
	names, err := custodyNames(tx, families)
	if err != nil {
		return err
	}
	homes, err := namedHomes(tx, families)
	if err != nil {
		return err
	}
	return s.noteChanges(tx, portal.StaffEvent{Structure: e.Structure, By: by, Subject: "enfant", SubjectID: int64(e.Child), Names: homes,
		Words: e.Kid.FullName() + " : " + exchangeAgreed, Changes: portal.Differences(before.Facts(names), rule.Facts(names))})
}

// WithdrawExchange takes back what the account's household proposed and nobody answered.
func (s *Store) WithdrawExchange(ctx context.Context, account portal.AccountID, id portal.ExchangeID, write ExchangeWriter) error {
	plan := func(q querier) (*exchangeStep, error) {
		step, _, err := s.planAnswer(ctx, q, account, id, portal.ExchangeWithdrawn)
		return step, err
	}
	return s.takeStep(ctx, write, plan, func(tx *Tx, step *exchangeStep) error { return s.endExchange(tx, &step.Exchange, account) })
}

// ExpireExchanges ends the proposals of a structure that nobody answered in time, and tells both households; it gives how many.
// One that cannot be ended keeps none of the others.
func (s *Store) ExpireExchanges(ctx context.Context, structure portal.StructureID, write ExchangeWriter) (n int, err error) {
	ids, err := column[string](s.read(ctx), "SELECT id FROM exchange WHERE structure_id = ? AND state = 'open' AND until < ? ORDER BY until, id", structure, at(s.now()))
	if err != nil {
		return 0, err
	}
	var faults []error
	for _, id := range ids {
		if ctx.Err() != nil {
			return n, errors.Join(append(faults, ctx.Err())...)
		}
		if err := s.expireExchange(ctx, structure, id, write); err != nil {
			faults = append(faults, fmt.Errorf("exchange %s: %w", id, err))
			continue
		}
		n++
	}
	return n, errors.Join(faults...)
}

func (s *Store) expireExchange(ctx context.Context, structure portal.StructureID, id string, write ExchangeWriter) error {
	plan := func(q querier) (*exchangeStep, error) {
		e, err := one(q, scanExchange, exchangeColumns+" WHERE x.id = ?", id)
		if err != nil {
			return nil, absent(err, noExchange)
		}
		step := &exchangeStep{Exchange: e, done: e.State != portal.ExchangeOpen}
		setup, err := s.Setup(ctx, structure)
		if err != nil {
			return nil, err
		}
		step.State = portal.ExchangeExpired
		return step, s.tell(q, step, setup, false, e.From, e.To)
	}
	err := s.takeStep(ctx, write, plan, func(tx *Tx, step *exchangeStep) error { return s.endExchange(tx, &step.Exchange, 0) })
	if refusal := portal.AsError(err); refusal != nil && refusal.Kind == portal.KindNotFound {
		return nil // erased meanwhile
	}
	return err
}

// exchangesShown is how long a proposal that is over stays in the list.
const exchangesShown = 90 * 24 * time.Hour

// Exchanges lists the proposals about the account's children, the newest first: those that are open, and those of the last
// three months.
func (s *Store) Exchanges(ctx context.Context, account portal.AccountID) (list []portal.ExchangeSheet, err error) {
	err = s.snapshot(ctx, func(r reader) error {
		list, err = s.exchanges(ctx, r, account, " AND (x.state = 'open' OR x.made_at > ?2) ORDER BY x.made_at DESC, x.id LIMIT 100", at(s.now().Add(-exchangesShown)))
		return err
	})
	return list, err
}

// OpenExchanges lists the proposals that the account is to answer.
func (s *Store) OpenExchanges(ctx context.Context, account portal.AccountID) (list []portal.ExchangeSheet, err error) {
	err = s.snapshot(ctx, func(r reader) error {
		list, err = s.exchanges(ctx, r, account, " AND x.state = 'open' AND x.until >= ?2 AND x.other_id = g.family_id AND g.may_book ORDER BY x.until, x.id LIMIT 20", at(s.now()))
		return err
	})
	return list, err
}

// exchanges lists the proposals of the households of an account; whoever is in both has none.
func (s *Store) exchanges(ctx context.Context, q querier, account portal.AccountID, more string, arg any) (list []portal.ExchangeSheet, err error) {
	type row struct {
		portal.Exchange
		household
	}
	rows, err := all(q, func(r *sql.Rows) (x row, err error) {
		err = r.Scan(append(exchangeInto(&x.Exchange), &x.mine, &x.book)...)
		return x, err
	}, "SELECT "+exchangeFields+`, g.family_id, g.may_book
		FROM sees g JOIN family_child fc ON fc.family_id = g.family_id JOIN exchange x ON x.child_id = fc.child_id AND g.family_id IN (x.family_id, x.other_id) JOIN child c ON c.id = x.child_id
		WHERE g.account_id = ?1 AND NOT EXISTS (SELECT 1 FROM sees o JOIN family_child oc ON oc.family_id = o.family_id AND oc.child_id = x.child_id
			WHERE o.account_id = ?1 AND o.family_id <> g.family_id AND o.family_id IN (x.family_id, x.other_id))`+more, account, arg)
	for i := range rows {
		if err != nil {
			break
		}
		var sheet *portal.ExchangeSheet
		if sheet, err = s.exchangeSheet(ctx, q, account, rows[i].Exchange, rows[i].household, false); err == nil {
			list = append(list, *sheet)
		}
	}
	return list, err
}

// ExchangeSheet gives a proposal to an account of one of its two households, with what is booked on its days as far as that
// household may see it.
func (s *Store) ExchangeSheet(ctx context.Context, account portal.AccountID, id portal.ExchangeID) (sheet *portal.ExchangeSheet, err error) {
	err = s.snapshot(ctx, func(r reader) error {
		e, h, err := theExchange(r, account, id)
		if err != nil {
			return err
		}
		sheet, err = s.exchangeSheet(ctx, r, account, e, h, true)
		return err
	})
	return sheet, err
}

func (s *Store) exchangeSheet(ctx context.Context, q querier, account portal.AccountID, e portal.Exchange, h household, booked bool) (*portal.ExchangeSheet, error) {
	sheet := &portal.ExchangeSheet{Exchange: e, Mine: h.mine, Own: e.By == account, MayBook: h.book, Held: true}
	setup, err := s.Setup(ctx, e.Structure)
	if err != nil {
		return nil, err
	}
	rule, err := custodyOf(q, e.Child)
	if err != nil {
		return nil, err
	}
	open := e.StateAt(s.now()) == portal.ExchangeOpen
	if open {
		sheet.Held = rule.Has(e.From) && rule.Has(e.To) && e.Held(&rule, &setup.Calendar)
	}
	for _, m := range e.Moves() {
		owner := rule.Owner(m.Day, &setup.Calendar)
		// Whoever proposes to give a day shows what is booked on it; what is on a day that is asked for stays unseen.
		given := open && sheet.Held && m.From == e.From && m.To == h.mine
		if !booked || owner != h.mine && !given {
			continue
		}
		list, err := exchangeBookings(q, setup, e.Child, m.Day)
		if err != nil {
			return nil, err
		}
		sheet.Seen, sheet.Bookings = append(sheet.Seen, m.Day), append(sheet.Bookings, list...)
	}
	return sheet, nil
}

func exchangeBookings(q querier, setup *portal.Setup, child portal.ChildID, day portal.Date) (list []portal.ExchangeBooking, err error) {
	saved, err := savedOf(q, []portal.ChildID{child}, day, day)
	for _, b := range saved {
		if a := setup.Activity(b.activity); a != nil {
			list = append(list, portal.ExchangeBooking{Day: day, Activity: a.Spoken, Waiting: b.status == portal.Waiting, Asked: b.status == portal.Requested})
		}
	}
	return list, err
}

// childExchanges lists the newest proposals about a child, for staff, with who made and who answered them.
func childExchanges(q querier, child portal.ChildID) (list []portal.Exchange, people map[portal.AccountID]portal.Person, err error) {
	list, err = all(q, scanExchange, exchangeColumns+" WHERE x.child_id = ? ORDER BY x.made_at DESC, x.id LIMIT 20", child)
	people = map[portal.AccountID]portal.Person{}
	for _, e := range list {
		for _, id := range []portal.AccountID{e.By, e.Answerer} {
			if _, known := people[id]; err == nil && id != 0 && !known {
				people[id], err = person(q, id)
			}
		}
	}
	return list, people, err
}
