-- Days of shared custody that parents exchange by agreement. Conventions as in 0001.

-- +goose Up

-- What one household of a child proposes to the other. Once accepted it stands in custody.rule; this is who agreed, and when.
-- A proposal that is open past until is over, written or not.
CREATE TABLE exchange (
	id           TEXT PRIMARY KEY CHECK (length(id) = 32), -- the key of the form that made it
	structure_id INTEGER NOT NULL REFERENCES structure,
	child_id     INTEGER NOT NULL REFERENCES child,
	account_id   INTEGER NOT NULL REFERENCES account, -- who proposed
	family_id    INTEGER NOT NULL REFERENCES family,  -- the household that proposed
	other_id     INTEGER NOT NULL REFERENCES family,  -- the household that answers
	day          TEXT NOT NULL CHECK (day IS date(day)),
	takes        INTEGER NOT NULL CHECK (takes IN (0, 1)), -- the day comes to the household that proposed
	back         TEXT CHECK (back IS date(back) AND back <> day), -- given in return
	word         TEXT NOT NULL,
	state        TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'declined', 'withdrawn', 'expired')),
	made_at      INTEGER NOT NULL,
	until        INTEGER NOT NULL,
	answered_at  INTEGER,
	answered_by  INTEGER REFERENCES account,
	CHECK (family_id <> other_id)
) STRICT;
CREATE INDEX exchange_child ON exchange (child_id, made_at);
CREATE INDEX exchange_open ON exchange (structure_id, until) WHERE state = 'open';
CREATE INDEX exchange_account ON exchange (account_id);
CREATE INDEX exchange_family ON exchange (family_id);
CREATE INDEX exchange_other ON exchange (other_id);
