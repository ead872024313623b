-- What activities ask of families, and drafts, bookings and movements that carry hours. Conventions as in 0001.

-- +goose Up

-- asks_*: the family gives hours within those of the activity, in steps of hour_step minutes.
-- waitlist_mode: who waits gets a freed place in the night, at once, or as an offer to answer within offer_hours.
-- annual: families may register for the year, notice_days days beforehand.
-- document_days: an absence asks for a document within so many days; NULL: none is asked.
ALTER TABLE activity ADD COLUMN asks_arrival INTEGER NOT NULL DEFAULT 0 CHECK (asks_arrival IN (0, 1));
ALTER TABLE activity ADD COLUMN asks_departure INTEGER NOT NULL DEFAULT 0 CHECK (asks_departure IN (0, 1));
ALTER TABLE activity ADD COLUMN hour_step INTEGER NOT NULL DEFAULT 15 CHECK (hour_step BETWEEN 1 AND 120);
ALTER TABLE activity ADD COLUMN waitlist_mode TEXT NOT NULL DEFAULT 'nuit' CHECK (waitlist_mode IN ('nuit', 'immediat', 'offre'));
ALTER TABLE activity ADD COLUMN offer_hours INTEGER NOT NULL DEFAULT 24 CHECK (offer_hours BETWEEN 1 AND 240);
ALTER TABLE activity ADD COLUMN annual INTEGER NOT NULL DEFAULT 0 CHECK (annual IN (0, 1));
ALTER TABLE activity ADD COLUMN notice_days INTEGER NOT NULL DEFAULT 2 CHECK (notice_days BETWEEN 0 AND 366);
ALTER TABLE activity ADD COLUMN document_days INTEGER CHECK (document_days BETWEEN 1 AND 60);

-- « changer » (hours) and « absence » have limits of their own; without one, hours follow the limit to cancel and an
-- absence can be told until the end of the day.
CREATE TABLE cutoff_with_more_actions (
	activity_id INTEGER NOT NULL REFERENCES activity,
	action      TEXT NOT NULL CHECK (action IN ('reserver', 'annuler', 'changer', 'absence')),
	rule        TEXT NOT NULL CHECK (json_valid(rule)),
	PRIMARY KEY (activity_id, action)
) STRICT, WITHOUT ROWID;
INSERT INTO cutoff_with_more_actions SELECT activity_id, action, rule FROM cutoff;
DROP TABLE cutoff;
ALTER TABLE cutoff_with_more_actions RENAME TO cutoff;

-- Two activities of one day. « incompatible »: never both; « compatible »: both although their hours overlap;
-- « exige »: the first needs the other (a full day needs its meal), and may overlap it.
-- Without a line, two activities whose hours overlap are incompatible.
CREATE TABLE activity_link (
	activity_id INTEGER NOT NULL REFERENCES activity,
	other_id    INTEGER NOT NULL REFERENCES activity CHECK (other_id <> activity_id),
	kind        TEXT NOT NULL CHECK (kind IN ('incompatible', 'compatible', 'exige')),
	PRIMARY KEY (activity_id, other_id)
) STRICT, WITHOUT ROWID;

-- Days of service that are booked from an instant on, and until another one: the Christmas holidays.
CREATE TABLE booking_window (
	id          INTEGER PRIMARY KEY,
	activity_id INTEGER NOT NULL REFERENCES activity,
	name        TEXT NOT NULL CHECK (name <> ''),
	first       TEXT NOT NULL CHECK (first IS date(first)),
	last        TEXT NOT NULL CHECK (last IS date(last) AND last >= first),
	opens_at    INTEGER NOT NULL,
	closes_at   INTEGER CHECK (closes_at > opens_at)
) STRICT;
CREATE INDEX booking_window_of ON booking_window (activity_id, first);

-- Hours are NULL where the activity asks none. together: brothers and sisters who have a place all or none.
ALTER TABLE booking ADD COLUMN arrival TEXT;
ALTER TABLE booking ADD COLUMN departure TEXT;
ALTER TABLE booking ADD COLUMN together INTEGER NOT NULL DEFAULT 0 CHECK (together IN (0, 1));
CREATE INDEX booking_of_child ON booking (child_id, day);

CREATE TABLE wish_with_hours (
	account_id  INTEGER NOT NULL REFERENCES account,
	child_id    INTEGER NOT NULL REFERENCES child,
	activity_id INTEGER NOT NULL REFERENCES activity,
	day         TEXT NOT NULL CHECK (day IS date(day)),
	action      TEXT NOT NULL CHECK (action IN ('add', 'remove', 'change')),
	arrival     TEXT,
	departure   TEXT,
	together    INTEGER NOT NULL DEFAULT 0 CHECK (together IN (0, 1)),
	at          INTEGER NOT NULL,
	PRIMARY KEY (account_id, child_id, activity_id, day)
) STRICT, WITHOUT ROWID;
INSERT INTO wish_with_hours (account_id, child_id, activity_id, day, action, at) SELECT account_id, child_id, activity_id, day, action, at FROM wish;
DROP TABLE wish;
ALTER TABLE wish_with_hours RENAME TO wish;

-- undo is what the last action changed, as JSON, so that it can be taken back until undo_until; said is what was told of it.
ALTER TABLE draft ADD COLUMN undo TEXT CHECK (json_valid(undo));
ALTER TABLE draft ADD COLUMN undo_words TEXT NOT NULL DEFAULT '';
ALTER TABLE draft ADD COLUMN undo_until INTEGER;
ALTER TABLE draft ADD COLUMN said TEXT NOT NULL DEFAULT '';

-- undoes is the receipt that this one takes back, within fifteen minutes.
ALTER TABLE receipt ADD COLUMN undoes INTEGER REFERENCES receipt;
CREATE UNIQUE INDEX receipt_undone_once ON receipt (undoes) WHERE undoes IS NOT NULL;

-- A movement may also be a change of hours (was_* are those before), an absence, or the end of one (« finalement présent »).
CREATE TABLE movement_with_hours (
	id            INTEGER PRIMARY KEY AUTOINCREMENT,
	structure_id  INTEGER NOT NULL REFERENCES structure,
	receipt_id    INTEGER REFERENCES receipt,
	account_id    INTEGER NOT NULL REFERENCES account,
	child_id      INTEGER NOT NULL REFERENCES child,
	activity_id   INTEGER NOT NULL REFERENCES activity,
	day           TEXT NOT NULL CHECK (day IS date(day)),
	action        TEXT NOT NULL CHECK (action IN ('add', 'remove', 'change', 'promote', 'absent', 'present')),
	arrival       TEXT,
	departure     TEXT,
	was_arrival   TEXT,
	was_departure TEXT,
	at            INTEGER NOT NULL,
	outcome       TEXT NOT NULL CHECK (outcome IN ('booked', 'waiting', 'cancelled', 'refused', 'absent')),
	rank          INTEGER NOT NULL DEFAULT 0,
	reason        TEXT NOT NULL DEFAULT '',
	night_id      INTEGER REFERENCES night,
	final         TEXT CHECK (final IN ('booked', 'waiting', 'cancelled', 'refused', 'absent')),
	final_rank    INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO movement_with_hours (id, structure_id, receipt_id, account_id, child_id, activity_id, day, action, at, outcome, rank, reason, night_id, final, final_rank)
	SELECT id, structure_id, receipt_id, account_id, child_id, activity_id, day, action, at, outcome, rank, reason, night_id, final, final_rank FROM movement;
DROP TABLE movement;
ALTER TABLE movement_with_hours RENAME TO movement;
CREATE INDEX movement_pending ON movement (structure_id, id) WHERE night_id IS NULL AND outcome <> 'refused';
CREATE INDEX movement_of_receipt ON movement (receipt_id);
CREATE INDEX movement_of_night ON movement (night_id, account_id);
CREATE INDEX movement_of_child ON movement (child_id, id);
