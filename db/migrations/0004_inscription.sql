-- Registrations for the year (« inscriptions à l'année »), what was asked of them over time, and the days changed by hand.
-- Conventions as in 0001.

-- +goose Up

-- through is the last day that was turned into bookings; NULL until a night takes the registration.
CREATE TABLE registration (
	id           INTEGER PRIMARY KEY,
	structure_id INTEGER NOT NULL REFERENCES structure,
	child_id     INTEGER NOT NULL REFERENCES child,
	activity_id  INTEGER NOT NULL REFERENCES activity,
	through      TEXT CHECK (through IS date(through))
) STRICT;
CREATE INDEX registration_of_child ON registration (child_id, activity_id);
CREATE INDEX registration_of_structure ON registration (structure_id);

-- A start, a change or an end, in the order asked: what was asked last holds from its first day on. No weekday is an end.
-- anchor is a day of a week of attendance. night_id is NULL until a night applies it; until then it can be dropped.
CREATE TABLE registration_version (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	registration_id INTEGER NOT NULL REFERENCES registration,
	account_id      INTEGER NOT NULL REFERENCES account,
	form_key        TEXT NOT NULL CHECK (form_key <> ''),
	at              INTEGER NOT NULL,
	first           TEXT NOT NULL CHECK (first IS date(first)),
	last            TEXT CHECK (last IS date(last) AND last > first),
	every_other     INTEGER NOT NULL CHECK (every_other IN (0, 1)),
	anchor          TEXT CHECK (anchor IS date(anchor)),
	weekdays        INTEGER NOT NULL CHECK (weekdays BETWEEN 0 AND 127), -- bit 0 is Monday
	arrival         TEXT,
	departure       TEXT,
	night_id        INTEGER REFERENCES night,
	UNIQUE (account_id, form_key)
) STRICT;
CREATE INDEX registration_version_of ON registration_version (registration_id, id);
CREATE UNIQUE INDEX registration_version_pending ON registration_version (registration_id) WHERE night_id IS NULL;

-- Days that a registration had booked and that the family cancelled on the calendar: they stay cancelled.
CREATE TABLE registration_exception (
	registration_id INTEGER NOT NULL REFERENCES registration,
	day             TEXT NOT NULL CHECK (day IS date(day)),
	PRIMARY KEY (registration_id, day)
) STRICT, WITHOUT ROWID;

-- What a registration booked, and what it asked; NULL is what a family did by hand.
ALTER TABLE booking ADD COLUMN registration_id INTEGER REFERENCES registration;
ALTER TABLE movement ADD COLUMN registration_id INTEGER REFERENCES registration;
