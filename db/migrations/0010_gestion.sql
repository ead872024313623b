-- Setting up: the audit log, who an activity is for and how it is booked, places by group, weekday and date, and requests
-- that staff decide. Conventions as in 0001.

-- +goose Up

-- What staff changed, append-only. structure_id is NULL for the site as a whole, account_id for the program itself.
-- changes is a list of portal.Changed in JSON: what, before, after, in French.
CREATE TABLE staff_event (
	id           INTEGER PRIMARY KEY AUTOINCREMENT,
	structure_id INTEGER REFERENCES structure,
	account_id   INTEGER REFERENCES account,
	at           INTEGER NOT NULL,
	subject      TEXT NOT NULL CHECK (subject <> ''),
	subject_id   INTEGER NOT NULL,
	words        TEXT NOT NULL CHECK (words <> ''),
	changes      TEXT NOT NULL CHECK (json_valid(changes))
) STRICT;
CREATE INDEX staff_event_of ON staff_event (structure_id, id);
CREATE INDEX staff_event_subject ON staff_event (subject, subject_id, id);
-- +goose StatementBegin
CREATE TRIGGER staff_event_is_for_ever BEFORE UPDATE ON staff_event
WHEN NEW.id IS NOT OLD.id OR NEW.structure_id IS NOT OLD.structure_id OR NEW.at IS NOT OLD.at OR NEW.subject IS NOT OLD.subject
	OR NEW.subject_id IS NOT OLD.subject_id OR NEW.account_id IS NOT OLD.account_id
BEGIN SELECT RAISE(ABORT, 'staff_event is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER staff_event_stays BEFORE DELETE ON staff_event
BEGIN SELECT RAISE(ABORT, 'staff_event is append-only'); END;
-- +goose StatementEnd

-- audience: which children it is for, a portal.Audience in JSON. enrolment: staff say who may come (table enrolment).
-- decided: nobody is booked before staff say so. least_days, most_days: of a child, per week or per period of the calendar.
-- whole_week: a week is booked as a whole. horizon: how far ahead families may book: '' the school years known, 'jours'
-- horizon_days days, 'vacances' until the end of the next school holidays. closed_at: no longer run; what was booked stays.
ALTER TABLE activity ADD COLUMN audience TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(audience));
ALTER TABLE activity ADD COLUMN enrolment INTEGER NOT NULL DEFAULT 0 CHECK (enrolment IN (0, 1));
ALTER TABLE activity ADD COLUMN decided INTEGER NOT NULL DEFAULT 0 CHECK (decided IN (0, 1));
ALTER TABLE activity ADD COLUMN least_days INTEGER NOT NULL DEFAULT 0 CHECK (least_days BETWEEN 0 AND 366);
ALTER TABLE activity ADD COLUMN most_days INTEGER NOT NULL DEFAULT 0 CHECK (most_days BETWEEN 0 AND 366);
ALTER TABLE activity ADD COLUMN days_per TEXT NOT NULL DEFAULT 'semaine' CHECK (days_per IN ('semaine', 'periode'));
ALTER TABLE activity ADD COLUMN whole_week INTEGER NOT NULL DEFAULT 0 CHECK (whole_week IN (0, 1));
ALTER TABLE activity ADD COLUMN horizon TEXT NOT NULL DEFAULT '' CHECK (horizon IN ('', 'jours', 'vacances'));
ALTER TABLE activity ADD COLUMN horizon_days INTEGER NOT NULL DEFAULT 0 CHECK (horizon_days BETWEEN 0 AND 800);
ALTER TABLE activity ADD COLUMN closed_at INTEGER;

-- Families who live elsewhere may book from then on; NULL: as everybody.
ALTER TABLE booking_window ADD COLUMN outside_opens_at INTEGER CHECK (outside_opens_at IS NULL OR outside_opens_at >= opens_at);
ALTER TABLE family ADD COLUMN resident INTEGER NOT NULL DEFAULT 1 CHECK (resident IN (0, 1));

-- audience: the group that takes its places here, all children when empty.
ALTER TABLE counter ADD COLUMN audience TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(audience));

-- Places on a weekday (0 is Monday), or on a date, in place of those of the counter; a date goes before a weekday.
-- capacity NULL is unlimited, 0 is none.
CREATE TABLE counter_special (
	id         INTEGER PRIMARY KEY,
	counter_id INTEGER NOT NULL REFERENCES counter,
	weekday    INTEGER CHECK (weekday BETWEEN 0 AND 6),
	day        TEXT CHECK (day IS date(day)),
	capacity   INTEGER CHECK (capacity >= 0),
	CHECK ((weekday IS NULL) <> (day IS NULL)),
	UNIQUE (counter_id, weekday),
	UNIQUE (counter_id, day)
) STRICT;

-- Who may come to an activity that asks for an enrolment, from a day on and until another one.
CREATE TABLE enrolment (
	child_id    INTEGER NOT NULL REFERENCES child,
	activity_id INTEGER NOT NULL REFERENCES activity,
	first       TEXT NOT NULL CHECK (first IS date(first)),
	last        TEXT CHECK (last IS date(last) AND last >= first),
	PRIMARY KEY (child_id, activity_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX enrolment_of_activity ON enrolment (activity_id);

-- What families asked and staff decide: a day of an activity that is decided, or one asked past its limit (late). It takes
-- no place; accepted, it becomes a booking.
CREATE TABLE request (
	child_id    INTEGER NOT NULL REFERENCES child,
	activity_id INTEGER NOT NULL REFERENCES activity,
	day         TEXT NOT NULL CHECK (day IS date(day)),
	account_id  INTEGER NOT NULL REFERENCES account,
	since       INTEGER NOT NULL,
	arrival     TEXT,
	departure   TEXT,
	late        INTEGER NOT NULL DEFAULT 0 CHECK (late IN (0, 1)),
	PRIMARY KEY (child_id, activity_id, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX request_of_activity ON request (activity_id, day, since);

-- late: booked past the limit, by the late lane or by staff.
ALTER TABLE booking ADD COLUMN late INTEGER NOT NULL DEFAULT 0 CHECK (late IN (0, 1));

-- A movement may also be « asked » of staff, or be their decision (decide); staff_id is the agent who acted for the family,
-- or who decided, late as in booking.
CREATE TABLE movement_with_staff (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	structure_id    INTEGER NOT NULL REFERENCES structure,
	receipt_id      INTEGER REFERENCES receipt,
	account_id      INTEGER NOT NULL REFERENCES account,
	child_id        INTEGER NOT NULL REFERENCES child,
	activity_id     INTEGER NOT NULL REFERENCES activity,
	day             TEXT NOT NULL CHECK (day IS date(day)),
	action          TEXT NOT NULL CHECK (action IN ('add', 'remove', 'change', 'promote', 'absent', 'present', 'decide')),
	arrival         TEXT,
	departure       TEXT,
	was_arrival     TEXT,
	was_departure   TEXT,
	at              INTEGER NOT NULL,
	outcome         TEXT NOT NULL CHECK (outcome IN ('booked', 'waiting', 'cancelled', 'refused', 'absent', 'asked')),
	rank            INTEGER NOT NULL DEFAULT 0,
	reason          TEXT NOT NULL DEFAULT '',
	night_id        INTEGER REFERENCES night,
	final           TEXT CHECK (final IN ('booked', 'waiting', 'cancelled', 'refused', 'absent', 'asked')),
	final_rank      INTEGER NOT NULL DEFAULT 0,
	registration_id INTEGER REFERENCES registration,
	idle            INTEGER NOT NULL DEFAULT 0 CHECK (idle IN (0, 1)),
	together        INTEGER NOT NULL DEFAULT 0 CHECK (together IN (0, 1)),
	staff_id        INTEGER REFERENCES account,
	late            INTEGER NOT NULL DEFAULT 0 CHECK (late IN (0, 1))
) STRICT;
INSERT INTO movement_with_staff (id, structure_id, receipt_id, account_id, child_id, activity_id, day, action, arrival, departure, was_arrival, was_departure,
		at, outcome, rank, reason, night_id, final, final_rank, registration_id, idle, together)
	SELECT id, structure_id, receipt_id, account_id, child_id, activity_id, day, action, arrival, departure, was_arrival, was_departure,
		at, outcome, rank, reason, night_id, final, final_rank, registration_id, idle, together FROM movement;
DROP TABLE movement;
ALTER TABLE movement_with_staff RENAME TO movement;
CREATE INDEX movement_pending ON movement (structure_id, id) WHERE night_id IS NULL AND outcome <> 'refused';
CREATE INDEX movement_of_receipt ON movement (receipt_id);
CREATE INDEX movement_of_night ON movement (night_id, account_id);
CREATE INDEX movement_of_child ON movement (child_id, id);

-- The agent who validated for the family.
ALTER TABLE receipt ADD COLUMN staff_id INTEGER REFERENCES account;
