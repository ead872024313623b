-- Places that were given back and go to those who wait. Conventions as in 0001.

-- +goose Up

-- One row per place, or places of brothers and sisters, that went or may go to who waits; given: without asking.
-- While an offer is open its children stay « waiting », so that everybody counts their place as theirs.
-- told is the last state that the family was told by mail: the row is what makes the mail, which jobs writes and queues.
-- token_hash is of the link in that mail, drawn when the mail is written; the link itself is kept nowhere else.
CREATE TABLE offer (
	id           INTEGER PRIMARY KEY,
	structure_id INTEGER NOT NULL REFERENCES structure,
	account_id   INTEGER NOT NULL REFERENCES account,
	activity_id  INTEGER NOT NULL REFERENCES activity,
	day          TEXT NOT NULL CHECK (day IS date(day)),
	state        TEXT NOT NULL CHECK (state IN ('open', 'given', 'accepted', 'declined', 'expired', 'withdrawn')),
	until        INTEGER CHECK ((until IS NULL) = (state = 'given')),
	told         TEXT CHECK (told IN ('open', 'given', 'expired', 'withdrawn')),
	token_hash   BLOB UNIQUE CHECK (length(token_hash) = 32),
	created_at   INTEGER NOT NULL,
	answered_at  INTEGER
) STRICT;
CREATE INDEX offer_open ON offer (activity_id, day) WHERE state = 'open';
CREATE INDEX offer_state ON offer (structure_id, state, told);

CREATE TABLE offer_child (
	offer_id INTEGER NOT NULL REFERENCES offer,
	child_id INTEGER NOT NULL REFERENCES child,
	PRIMARY KEY (offer_id, child_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX offer_of_child ON offer_child (child_id);

-- The days that somebody waits for.
CREATE INDEX counter_day_waiting ON counter_day (day) WHERE waiting > 0;
