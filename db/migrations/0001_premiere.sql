-- The first schema. Days are TEXT 'YYYY-MM-DD', times of day 'HH:MM', instants whole milliseconds since 1970 in UTC,
-- amounts whole cents. A released migration is never edited: the next change is a new file.

-- +goose Up

-- One row per fact about this installation: mode (demo or production), demo clock, hash salts.
CREATE TABLE instance (
	name  TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER instance_mode_is_for_life BEFORE UPDATE ON instance
WHEN OLD.name = 'mode' AND NEW.value IS NOT OLD.value
BEGIN SELECT RAISE(ABORT, 'instance.mode never changes'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER instance_mode_stays BEFORE DELETE ON instance
WHEN OLD.name = 'mode'
BEGIN SELECT RAISE(ABORT, 'instance.mode never changes'); END;
-- +goose StatementEnd

CREATE TABLE structure (
	id         INTEGER PRIMARY KEY,
	name       TEXT NOT NULL CHECK (name <> ''),
	street     TEXT NOT NULL DEFAULT '',
	postcode   TEXT NOT NULL DEFAULT '',
	town       TEXT NOT NULL DEFAULT '',
	phone      TEXT NOT NULL DEFAULT '',
	email      TEXT NOT NULL DEFAULT '',
	zone       TEXT NOT NULL CHECK (zone IN ('A', 'B', 'C', '')),
	territory  TEXT NOT NULL DEFAULT 'metropole',
	night_at   TEXT NOT NULL DEFAULT '01:15',
	report_at  TEXT NOT NULL DEFAULT '07:00',
	created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE school_year (
	id           INTEGER PRIMARY KEY,
	structure_id INTEGER NOT NULL REFERENCES structure,
	label        TEXT NOT NULL,
	first        TEXT NOT NULL CHECK (first IS date(first)),
	last         TEXT NOT NULL CHECK (last IS date(last) AND last > first),
	UNIQUE (structure_id, label)
) STRICT;

CREATE INDEX school_year_of ON school_year (structure_id, first);

CREATE TABLE school_holiday (
	id           INTEGER PRIMARY KEY,
	structure_id INTEGER NOT NULL REFERENCES structure,
	name         TEXT NOT NULL,
	first        TEXT NOT NULL CHECK (first IS date(first)),
	last         TEXT NOT NULL CHECK (last IS date(last) AND last >= first)
) STRICT;
CREATE INDEX school_holiday_of ON school_holiday (structure_id, first);

CREATE TABLE school (
	id           INTEGER PRIMARY KEY,
	structure_id INTEGER NOT NULL REFERENCES structure,
	name         TEXT NOT NULL,
	UNIQUE (structure_id, name)
) STRICT;

CREATE TABLE class (
	id             INTEGER PRIMARY KEY,
	school_id      INTEGER NOT NULL REFERENCES school,
	school_year_id INTEGER NOT NULL REFERENCES school_year,
	name           TEXT NOT NULL CHECK (name <> ''),
	UNIQUE (school_year_id, school_id, name)
) STRICT;

CREATE TABLE family (
	id           INTEGER PRIMARY KEY,
	structure_id INTEGER NOT NULL REFERENCES structure,
	name         TEXT NOT NULL CHECK (name <> ''),
	street       TEXT NOT NULL DEFAULT '',
	postcode     TEXT NOT NULL DEFAULT '',
	town         TEXT NOT NULL DEFAULT '',
	created_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX family_of ON family (structure_id, name);

-- ine_hash recognises the child in next year's roll without keeping the national number itself.
CREATE TABLE child (
	id           INTEGER PRIMARY KEY,
	structure_id INTEGER NOT NULL REFERENCES structure,
	last_name    TEXT NOT NULL CHECK (last_name <> ''),
	used_name    TEXT NOT NULL DEFAULT '',
	first_name   TEXT NOT NULL CHECK (first_name <> ''),
	birth        TEXT CHECK (birth IS NULL OR birth IS date(birth)),
	sex          TEXT NOT NULL DEFAULT '' CHECK (sex IN ('', 'F', 'M')),
	ine_hash     BLOB,
	created_at   INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX child_ine ON child (structure_id, ine_hash) WHERE ine_hash IS NOT NULL;
CREATE INDEX child_of ON child (structure_id, last_name, first_name);

CREATE TABLE child_class (
	child_id       INTEGER NOT NULL REFERENCES child,
	school_year_id INTEGER NOT NULL REFERENCES school_year,
	class_id       INTEGER NOT NULL REFERENCES class,
	grade          TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (child_id, school_year_id)
) STRICT, WITHOUT ROWID;

-- Separated parents have a family each; the child is in both.
CREATE TABLE family_child (
	family_id INTEGER NOT NULL REFERENCES family,
	child_id  INTEGER NOT NULL REFERENCES child,
	PRIMARY KEY (family_id, child_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX family_of_child ON family_child (child_id);

-- An account is a person: a guardian, an agent, or both.
-- password is a PHC string (argon2id, or pbkdf2 for the temporary one that a letter carries); empty: nobody can sign in yet.
CREATE TABLE account (
	id              INTEGER PRIMARY KEY,
	login           TEXT NOT NULL UNIQUE CHECK (login <> ''),
	civility        TEXT NOT NULL DEFAULT '',
	last_name       TEXT NOT NULL CHECK (last_name <> ''),
	used_name       TEXT NOT NULL DEFAULT '',
	first_name      TEXT NOT NULL DEFAULT '',
	home_phone      TEXT NOT NULL DEFAULT '',
	work_phone      TEXT NOT NULL DEFAULT '',
	mobile_phone    TEXT NOT NULL DEFAULT '',
	password        TEXT NOT NULL DEFAULT '',
	temporary       INTEGER NOT NULL DEFAULT 1 CHECK (temporary IN (0, 1)),
	temporary_until INTEGER,
	letter_at       INTEGER,
	first_seen_at   INTEGER,
	created_at      INTEGER NOT NULL
) STRICT;

CREATE TABLE account_email (
	account_id INTEGER NOT NULL REFERENCES account,
	position   INTEGER NOT NULL,
	address    TEXT NOT NULL CHECK (address LIKE '%_@_%'),
	PRIMARY KEY (account_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE guardian (
	family_id  INTEGER NOT NULL REFERENCES family,
	account_id INTEGER NOT NULL REFERENCES account,
	PRIMARY KEY (family_id, account_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX guardian_of_account ON guardian (account_id);

CREATE TABLE staff (
	account_id   INTEGER NOT NULL REFERENCES account,
	structure_id INTEGER NOT NULL REFERENCES structure,
	role         TEXT NOT NULL CHECK (role IN ('agent', 'gestionnaire', 'regisseur', 'administrateur')),
	PRIMARY KEY (account_id, structure_id)
) STRICT, WITHOUT ROWID;

-- Only the SHA-256 of the cookie is kept. csrf is the token that every form of the session carries.
-- structure_id is the structure looked at, when the person chose one.
CREATE TABLE session (
	id_hash      BLOB PRIMARY KEY CHECK (length(id_hash) = 32),
	account_id   INTEGER NOT NULL REFERENCES account,
	csrf         TEXT NOT NULL,
	remember     INTEGER NOT NULL CHECK (remember IN (0, 1)),
	structure_id INTEGER REFERENCES structure,
	created_at   INTEGER NOT NULL,
	seen_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_of ON session (account_id);

-- Failed sign-ins, per login typed (known or not) and per network address.
CREATE TABLE sign_in_failure (
	key        TEXT PRIMARY KEY,
	failures   INTEGER NOT NULL,
	first_at   INTEGER NOT NULL,
	last_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- RGPD and CGU in versions; the newest published one is asked of every account.
CREATE TABLE terms (
	id           INTEGER PRIMARY KEY,
	kind         TEXT NOT NULL CHECK (kind IN ('rgpd', 'cgu')),
	version      INTEGER NOT NULL,
	body         TEXT NOT NULL,
	published_at INTEGER NOT NULL,
	UNIQUE (kind, version)
) STRICT;

CREATE TABLE terms_acceptance (
	account_id INTEGER NOT NULL REFERENCES account,
	terms_id   INTEGER NOT NULL REFERENCES terms,
	at         INTEGER NOT NULL,
	PRIMARY KEY (account_id, terms_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE activity (
	id           INTEGER PRIMARY KEY,
	structure_id INTEGER NOT NULL REFERENCES structure,
	position     INTEGER NOT NULL,
	name         TEXT NOT NULL CHECK (name <> ''),
	short        TEXT NOT NULL CHECK (short <> ''),
	spoken       TEXT NOT NULL CHECK (spoken <> ''),
	kind         TEXT NOT NULL CHECK (kind IN ('cantine', 'matin', 'soir', 'mercredi', 'vacances', 'transport', 'autre')),
	starts       TEXT NOT NULL,
	ends         TEXT NOT NULL,
	opening      TEXT NOT NULL CHECK (json_valid(opening)),
	waitlist     INTEGER NOT NULL DEFAULT 0 CHECK (waitlist IN (0, 1)),
	UNIQUE (structure_id, name)
) STRICT;

-- The limit of an action on an activity; the rule is a portal.Cutoff in JSON.
CREATE TABLE cutoff (
	activity_id INTEGER NOT NULL REFERENCES activity,
	action      TEXT NOT NULL CHECK (action IN ('reserver', 'annuler')),
	rule        TEXT NOT NULL CHECK (json_valid(rule)),
	PRIMARY KEY (activity_id, action)
) STRICT, WITHOUT ROWID;

-- Places, shared by the activities linked to the counter. NULL is unlimited, 0 is none.
CREATE TABLE counter (
	id           INTEGER PRIMARY KEY,
	structure_id INTEGER NOT NULL REFERENCES structure,
	name         TEXT NOT NULL,
	capacity     INTEGER CHECK (capacity >= 0)
) STRICT;

CREATE TABLE counter_activity (
	counter_id  INTEGER NOT NULL REFERENCES counter,
	activity_id INTEGER NOT NULL REFERENCES activity,
	PRIMARY KEY (counter_id, activity_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE counter_day (
	counter_id INTEGER NOT NULL REFERENCES counter,
	day        TEXT NOT NULL CHECK (day IS date(day)),
	taken      INTEGER NOT NULL DEFAULT 0 CHECK (taken >= 0),
	waiting    INTEGER NOT NULL DEFAULT 0 CHECK (waiting >= 0),
	PRIMARY KEY (counter_id, day)
) STRICT, WITHOUT ROWID;

-- The net under the rule: whatever the program believes, the base never sells a place that is not there.
-- (Lowering a capacity below what is taken keeps the bookings: only taking one more is refused.)
-- +goose StatementBegin
CREATE TRIGGER counter_never_oversold BEFORE UPDATE OF taken ON counter_day
WHEN NEW.taken > OLD.taken
	AND NEW.taken > (SELECT coalesce(capacity, 9223372036854775807) FROM counter WHERE id = NEW.counter_id)
BEGIN SELECT RAISE(ABORT, 'oversold'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER counter_never_oversold_first BEFORE INSERT ON counter_day
WHEN NEW.taken > (SELECT coalesce(capacity, 9223372036854775807) FROM counter WHERE id = NEW.counter_id)
BEGIN SELECT RAISE(ABORT, 'oversold'); END;
-- +goose StatementEnd

-- What is saved: the child is expected (booked) or waits for a place. A cancelled booking leaves the table; movement remembers it.
-- queue orders the waiting list of an activity's day and is NULL for a booking.
CREATE TABLE booking (
	child_id    INTEGER NOT NULL REFERENCES child,
	activity_id INTEGER NOT NULL REFERENCES activity,
	day         TEXT NOT NULL CHECK (day IS date(day)),
	status      TEXT NOT NULL CHECK (status IN ('booked', 'waiting')),
	queue       INTEGER CHECK ((queue IS NULL) = (status = 'booked')),
	account_id  INTEGER NOT NULL REFERENCES account,
	since       INTEGER NOT NULL,
	PRIMARY KEY (child_id, activity_id, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX booking_of_day ON booking (activity_id, day, status, queue);

-- The draft: clicks that are not validated. draft.version grows with each write, so that a stale answer is known as such.
CREATE TABLE draft (
	account_id INTEGER PRIMARY KEY REFERENCES account,
	version    INTEGER NOT NULL,
	updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE wish (
	account_id  INTEGER NOT NULL REFERENCES account,
	child_id    INTEGER NOT NULL REFERENCES child,
	activity_id INTEGER NOT NULL REFERENCES activity,
	day         TEXT NOT NULL CHECK (day IS date(day)),
	action      TEXT NOT NULL CHECK (action IN ('add', 'remove')),
	at          INTEGER NOT NULL,
	PRIMARY KEY (account_id, child_id, activity_id, day)
) STRICT, WITHOUT ROWID;

-- form_key is the one-time key of the form: sent twice, it finds the same receipt.
-- hash chains each receipt to the one before, over its lines as portal.Receipt writes them.
CREATE TABLE receipt (
	id         INTEGER PRIMARY KEY,
	year       INTEGER NOT NULL,
	seq        INTEGER NOT NULL,
	account_id INTEGER NOT NULL REFERENCES account,
	form_key   TEXT NOT NULL CHECK (form_key <> ''),
	at         INTEGER NOT NULL,
	previous   TEXT NOT NULL,
	hash       TEXT NOT NULL,
	UNIQUE (year, seq),
	UNIQUE (account_id, form_key)
) STRICT;
CREATE INDEX receipt_of ON receipt (account_id, id);

CREATE TABLE night (
	id           INTEGER PRIMARY KEY,
	structure_id INTEGER NOT NULL REFERENCES structure,
	date         TEXT NOT NULL CHECK (date IS date(date)),
	due_at       INTEGER NOT NULL,
	started_at   INTEGER NOT NULL,
	done_at      INTEGER,
	movements    INTEGER NOT NULL DEFAULT 0,
	promotions   INTEGER NOT NULL DEFAULT 0,
	reported_at  INTEGER,
	UNIQUE (structure_id, date)
) STRICT;

-- Everything asked and what came of it, append-only but for the night that closes it.
-- outcome is what the parent was told at once; final what the night settled.
-- night_id is NULL while the movement is « Non transmise »; a refused request is never transmitted.
CREATE TABLE movement (
	id            INTEGER PRIMARY KEY AUTOINCREMENT,
	structure_id  INTEGER NOT NULL REFERENCES structure,
	receipt_id    INTEGER REFERENCES receipt,
	account_id    INTEGER NOT NULL REFERENCES account,
	child_id      INTEGER NOT NULL REFERENCES child,
	activity_id   INTEGER NOT NULL REFERENCES activity,
	day           TEXT NOT NULL CHECK (day IS date(day)),
	action        TEXT NOT NULL CHECK (action IN ('add', 'remove', 'promote')),
	at            INTEGER NOT NULL,
	outcome       TEXT NOT NULL CHECK (outcome IN ('booked', 'waiting', 'cancelled', 'refused')),
	rank          INTEGER NOT NULL DEFAULT 0,
	reason        TEXT NOT NULL DEFAULT '',
	night_id      INTEGER REFERENCES night,
	final         TEXT CHECK (final IN ('booked', 'waiting', 'cancelled', 'refused')),
	final_rank    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX movement_pending ON movement (structure_id, id) WHERE night_id IS NULL AND outcome <> 'refused';
CREATE INDEX movement_of_receipt ON movement (receipt_id);
CREATE INDEX movement_of_night ON movement (night_id, account_id);
CREATE INDEX movement_of_child ON movement (child_id, id);

-- Every mail, queued in the transaction that gives its cause; key makes it once for all.
CREATE TABLE outbox (
	id           INTEGER PRIMARY KEY,
	structure_id INTEGER NOT NULL REFERENCES structure,
	account_id   INTEGER REFERENCES account,
	key          TEXT NOT NULL UNIQUE CHECK (key <> ''),
	kind         TEXT NOT NULL,
	address      TEXT NOT NULL,
	subject      TEXT NOT NULL,
	body_text    TEXT NOT NULL,
	body_html    TEXT NOT NULL,
	message_id   TEXT NOT NULL,
	state        TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sending', 'sent', 'dead')),
	attempts     INTEGER NOT NULL DEFAULT 0,
	created_at   INTEGER NOT NULL,
	next_at      INTEGER NOT NULL,
	sent_at      INTEGER,
	fault        TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX outbox_due ON outbox (next_at) WHERE state IN ('pending', 'sending');
CREATE INDEX outbox_of ON outbox (structure_id, id);
