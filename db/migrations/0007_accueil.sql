-- The home page: messages of the town hall, and reminders by mail. Conventions as in 0001.

-- +goose Up

-- A message is shown from first to last, both included, to everybody, or to the children of an activity or of a school.
-- form_key is the one-time key of the form that wrote it: sent twice, it is one message.
-- removed_at: staff took it off; it can be put back.
CREATE TABLE announcement (
	id           INTEGER PRIMARY KEY,
	structure_id INTEGER NOT NULL REFERENCES structure,
	form_key     TEXT NOT NULL CHECK (form_key <> ''),
	title        TEXT NOT NULL CHECK (title <> ''),
	body         TEXT NOT NULL CHECK (body <> ''),
	first        TEXT NOT NULL CHECK (first IS date(first)),
	last         TEXT NOT NULL CHECK (last IS date(last) AND last >= first),
	activity_id  INTEGER REFERENCES activity,
	school_id    INTEGER REFERENCES school CHECK (school_id IS NULL OR activity_id IS NULL),
	written_at   INTEGER NOT NULL,
	removed_at   INTEGER,
	UNIQUE (structure_id, form_key)
) STRICT;
CREATE INDEX announcement_shown ON announcement (structure_id, last);

-- The kinds of reminder that an account does not want; without a line it gets them.
CREATE TABLE account_reminder_off (
	account_id INTEGER NOT NULL REFERENCES account,
	kind       TEXT NOT NULL CHECK (kind IN ('delai', 'brouillon', 'ouverture')),
	PRIMARY KEY (account_id, kind)
) STRICT, WITHOUT ROWID;

-- The reminders that were queued, so that a tick does nothing twice and looks nothing up twice.
CREATE TABLE reminder (
	key TEXT PRIMARY KEY,
	at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A reminder is worth nothing after its limit, and leaves by day only.
ALTER TABLE outbox ADD COLUMN expires_at INTEGER;
