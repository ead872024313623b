package db

import (
	"time"

	"marelle/portal"
)

// askStaff keeps what staff have to decide; it takes no place. late: it was asked past its limit.
func askStaff(tx *Tx, account portal.AccountID, slot *portal.Slot, late bool, now time.Time) error {
	return tx.exec(`INSERT INTO request (child_id, activity_id, day, account_id, since, arrival, departure, late) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING`, slot.Child, slot.Activity.ID, slot.Day, account, at(now), hour(slot.WishHours.Arrival), hour(slot.WishHours.Departure), late)
}
