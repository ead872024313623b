package db

import (
	"context"
	"database/sql"
	"errors"

	"marelle/portal"
)

// Verified is a receipt as it was given, with what does not fit in the chain around it.
type Verified struct {
	Receipt portal.Receipt // its lines are those of the structure
	Holder  portal.Person
	Others  int // lines of other structures
	Faults  []portal.ReceiptFault
}

// VerifyReceipt computes the seal of a receipt again, and its links to the receipts before and after. A receipt without
// a line in the structure is not found.
func (s *Store) VerifyReceipt(ctx context.Context, structure portal.StructureID, number string) (*Verified, error) {
	year, seq, err := portal.ParseReceiptNumber(number)
	if err != nil {
		return nil, err
	}
	v := &Verified{}
	err = s.snapshot(ctx, func(r reader) error {
		link, err := one(r, scanLink, `SELECT r.id, r.account_id, r.previous, r.hash FROM receipt r WHERE r.year = ? AND r.seq = ?
			AND EXISTS (SELECT 1 FROM movement m WHERE m.receipt_id = r.id AND m.structure_id = ?)`, year, seq, structure)
		if err != nil {
			return absent(err, "Ce reçu n’existe pas, ou ne concerne pas votre structure.")
		}
		whole, err := s.receipt(r, link.account, "r.id = ?", link.id)
		if err != nil {
			return err
		}
		v.Receipt = *whole
		if v.Faults, err = s.receiptFaults(r, whole); err != nil {
			return err
		}
		v.Receipt.Lines = nil
		for _, l := range whole.Lines {
			if l.Child.StructureID == structure {
				v.Receipt.Lines = append(v.Receipt.Lines, l)
			}
		}
		v.Others = len(whole.Lines) - len(v.Receipt.Lines)
		v.Holder, err = person(r, whole.Account)
		return err
	})
	if err != nil {
		return nil, err
	}
	return v, nil
}

// receiptLink is what chains a receipt to its neighbours.
type receiptLink struct {
	id             portal.ReceiptID
	account        portal.AccountID
	previous, hash string
}

func scanLink(r *sql.Rows) (l receiptLink, err error) {
	err = r.Scan(&l.id, &l.account, &l.previous, &l.hash)
	return l, err
}

// receiptFaults says what is no longer as it was when the receipt was given.
func (s *Store) receiptFaults(r reader, receipt *portal.Receipt) (faults []portal.ReceiptFault, err error) {
	if receipt.Seal() != receipt.Hash {
		faults = append(faults, portal.ReceiptChanged)
	}
	before, err := one(r, scanLink, "SELECT id, account_id, previous, hash FROM receipt WHERE id < ? ORDER BY id DESC LIMIT 1", receipt.ID)
	switch {
	case errors.Is(err, sql.ErrNoRows): // the first of all: before is empty, as its link must be
	case err != nil:
		return nil, err
	default:
		whole, err := s.receipt(r, before.account, "r.id = ?", before.id)
		if err != nil {
			return nil, err
		}
		if whole.Seal() != whole.Hash {
			faults = append(faults, portal.ReceiptBeforeChanged)
		}
	}
	if receipt.Previous != before.hash {
		faults = append(faults, portal.ReceiptUnlinked)
	}
	after, err := one(r, scanLink, "SELECT id, account_id, previous, hash FROM receipt WHERE id > ? ORDER BY id LIMIT 1", receipt.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return faults, nil // the last one: nothing follows yet
	}
	if err == nil && after.previous != receipt.Hash {
		faults = append(faults, portal.ReceiptNotFollowed)
	}
	return faults, err
}
