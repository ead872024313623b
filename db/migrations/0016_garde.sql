-- Shared custody, families that are archived, people who were erased. Conventions as in 0001.

-- +goose Up

-- Whose day it is, of a child that two families share: a portal.Custody in JSON.
CREATE TABLE custody (
	child_id     INTEGER PRIMARY KEY REFERENCES child,
	structure_id INTEGER NOT NULL REFERENCES structure,
	rule         TEXT NOT NULL CHECK (json_valid(rule)),
	account_id   INTEGER NOT NULL REFERENCES account,
	updated_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX custody_of ON custody (structure_id);

-- The same, day by day: what queries read. Days before today are never written again.
CREATE TABLE custody_day (
	child_id  INTEGER NOT NULL REFERENCES child,
	day       TEXT NOT NULL CHECK (day IS date(day)),
	family_id INTEGER NOT NULL REFERENCES family,
	PRIMARY KEY (child_id, day)
) STRICT, WITHOUT ROWID;

-- A family that left: it is out of the lists, and its guardians find nothing on the portal.
ALTER TABLE family ADD COLUMN archived_at INTEGER;
CREATE INDEX family_archived ON family (id) WHERE archived_at IS NOT NULL;
DROP VIEW sees;
CREATE VIEW sees AS SELECT family_id, account_id, may_book FROM guardian
	WHERE may_see = 1 AND family_id NOT IN (SELECT id FROM family WHERE archived_at IS NOT NULL);

-- The days of a child on which it is with a family that an account does not see, while it sees another one of the child's.
CREATE VIEW others_day AS SELECT g.account_id, k.child_id, k.day FROM custody_day k
	JOIN family_child fc ON fc.child_id = k.child_id JOIN sees g ON g.family_id = fc.family_id
	WHERE NOT EXISTS (SELECT 1 FROM sees o WHERE o.account_id = g.account_id AND o.family_id = k.family_id);

-- Who was erased, by number only. Nothing reads it back after a restore: a backup of before the erasure brings all of it back.
CREATE TABLE erasure (
	id           INTEGER PRIMARY KEY,
	structure_id INTEGER NOT NULL REFERENCES structure,
	subject      TEXT NOT NULL CHECK (subject IN ('famille', 'enfant', 'compte')),
	subject_id   INTEGER NOT NULL,
	at           INTEGER NOT NULL,
	UNIQUE (subject, subject_id)
) STRICT;
