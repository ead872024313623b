-- What a person manages alone: a forgotten password, addresses and what they get, open sessions, the calendar address.
-- Conventions as in 0001.

-- +goose Up

-- A link that sets a new password, for an hour; once used it is no more. account_id is NULL when the identifiant and the address asked for do
-- not go together: the row is written all the same, so that the time of the answer tells nothing, and it opens nothing.
CREATE TABLE password_reset (
	token_hash BLOB PRIMARY KEY CHECK (length(token_hash) = 32),
	account_id INTEGER REFERENCES account,
	asked_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX password_reset_of ON password_reset (account_id);

-- reports: « compte rendu » of the night; reminders: before a limit.
ALTER TABLE account_email ADD COLUMN reports INTEGER NOT NULL DEFAULT 1 CHECK (reports IN (0, 1));
ALTER TABLE account_email ADD COLUMN reminders INTEGER NOT NULL DEFAULT 1 CHECK (reminders IN (0, 1));

-- device is « Chrome sur Android », or nothing when it is not known.
ALTER TABLE session ADD COLUMN device TEXT NOT NULL DEFAULT '';

-- The secret address at which a calendar program reads the bookings of an account's children.
CREATE TABLE calendar_address (
	account_id INTEGER PRIMARY KEY REFERENCES account,
	token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
	created_at INTEGER NOT NULL
) STRICT;

-- What was done to an account, append-only; kind is a portal.AccountEventKind, by_account is NULL when nobody was signed in.
CREATE TABLE account_event (
	id         INTEGER PRIMARY KEY,
	account_id INTEGER NOT NULL REFERENCES account,
	at         INTEGER NOT NULL,
	kind       TEXT NOT NULL CHECK (kind <> ''),
	by_account INTEGER REFERENCES account
) STRICT;
CREATE INDEX account_event_of ON account_event (account_id, id);
