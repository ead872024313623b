-- The team: when people sign in, the second factor of agents, and the chain of the audit log. Conventions as in 0001.

-- +goose Up

-- The last time that somebody signed in; first_seen_at is the first.
ALTER TABLE account ADD COLUMN signed_in_at INTEGER;
UPDATE account SET signed_in_at = coalesce((SELECT max(created_at) FROM session s WHERE s.account_id = account.id), first_seen_at);

-- Since when the structure's gestionnaires and administrateurs must have a second factor; NULL: they need not. Whoever signs in
-- from then on without one is led to set it up.
ALTER TABLE structure ADD COLUMN factor_since INTEGER;

-- The second factor of an account: what its telephone computes codes from. secret and pending are sealed with a key that is
-- not in this file. pending is shown and waits for its first code; secret is NULL until one came, since when it is asked.
-- last_step is the last 30 seconds of which a code was taken: none is taken twice.
CREATE TABLE second_factor (
	account_id INTEGER PRIMARY KEY REFERENCES account,
	secret     BLOB,
	since      INTEGER,
	last_step  INTEGER NOT NULL DEFAULT 0,
	pending    BLOB,
	pending_at INTEGER,
	CHECK ((secret IS NULL) = (since IS NULL)),
	CHECK ((pending IS NULL) = (pending_at IS NULL))
) STRICT;

-- What opens the account without its telephone, once each; hash is a PHC string, as for the password of a letter.
CREATE TABLE recovery_code (
	account_id INTEGER NOT NULL REFERENCES account,
	position   INTEGER NOT NULL,
	hash       TEXT NOT NULL CHECK (hash <> ''),
	used_at    INTEGER,
	PRIMARY KEY (account_id, position)
) STRICT, WITHOUT ROWID;

-- A sign-in whose password was right and whose code is still to come. It is no session: it opens nothing but the page that
-- asks for the code. Only the SHA-256 of its cookie is kept.
CREATE TABLE half_session (
	id_hash    BLOB PRIMARY KEY CHECK (length(id_hash) = 32),
	account_id INTEGER NOT NULL REFERENCES account,
	remember   INTEGER NOT NULL CHECK (remember IN (0, 1)),
	device     TEXT NOT NULL,
	created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX half_session_of ON half_session (account_id);

-- Each line of the audit log is chained by hash to the one before. digest is of its words and changes: these may be blanked when
-- a person is erased, and the chain still holds. Lines written before this schema have neither.
ALTER TABLE staff_event ADD COLUMN digest TEXT NOT NULL DEFAULT '';
ALTER TABLE staff_event ADD COLUMN hash TEXT NOT NULL DEFAULT '';
CREATE INDEX staff_event_by ON staff_event (structure_id, account_id, id);
-- +goose StatementBegin
CREATE TRIGGER staff_event_is_chained BEFORE UPDATE ON staff_event
WHEN NEW.digest IS NOT OLD.digest OR NEW.hash IS NOT OLD.hash
BEGIN SELECT RAISE(ABORT, 'staff_event is append-only'); END;
-- +goose StatementEnd

-- Whom a line of the audit log names beside its subject: the child that was put into a family, the guardians of a shared custody.
-- An erasure blanks these lines too.
CREATE TABLE staff_event_name (
	event_id   INTEGER NOT NULL REFERENCES staff_event,
	subject    TEXT NOT NULL CHECK (subject IN ('enfant', 'famille', 'compte')),
	subject_id INTEGER NOT NULL,
	PRIMARY KEY (subject, subject_id, event_id)
) STRICT, WITHOUT ROWID;
