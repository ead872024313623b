-- Absences that families announce: the booking stays, the child is known not to come. Conventions as in 0001.

-- +goose Up

-- What was announced at once for a child: from a day to another (an illness), with the documents that go with it.
-- first and last are as the family gave them; the days that hold are in absence.
CREATE TABLE absence_spell (
	id           INTEGER PRIMARY KEY AUTOINCREMENT,
	structure_id INTEGER NOT NULL REFERENCES structure,
	child_id     INTEGER NOT NULL REFERENCES child,
	account_id   INTEGER NOT NULL REFERENCES account,
	first        TEXT NOT NULL CHECK (first IS date(first)),
	last         TEXT NOT NULL CHECK (last IS date(last) AND last >= first),
	reason       TEXT NOT NULL CHECK (reason IN ('malade', 'absent')),
	document     TEXT NOT NULL CHECK (document IN ('aucun', 'attendu', 'recu', 'accepte', 'refuse')),
	at           INTEGER NOT NULL
) STRICT;
CREATE INDEX absence_spell_of ON absence_spell (child_id, last);
CREATE INDEX absence_spell_last ON absence_spell (last);

-- A booking that is cancelled takes its absence along. document_by is the last day for the document, as the activity
-- asked when the absence was announced; NULL when it asked none.
CREATE TABLE absence (
	child_id    INTEGER NOT NULL,
	activity_id INTEGER NOT NULL,
	day         TEXT NOT NULL CHECK (day IS date(day)),
	spell_id    INTEGER NOT NULL REFERENCES absence_spell,
	document_by TEXT CHECK (document_by IS NULL OR document_by IS date(document_by)),
	PRIMARY KEY (child_id, activity_id, day),
	FOREIGN KEY (child_id, activity_id, day) REFERENCES booking ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX absence_of_spell ON absence (spell_id);
CREATE INDEX absence_of_day ON absence (day);

-- id is drawn at random, it is part of an address. type is what the first bytes say; name is only ever shown.
CREATE TABLE absence_document (
	id         TEXT PRIMARY KEY CHECK (length(id) = 32),
	spell_id   INTEGER NOT NULL REFERENCES absence_spell ON DELETE CASCADE,
	account_id INTEGER NOT NULL REFERENCES account,
	name       TEXT NOT NULL CHECK (name <> ''),
	type       TEXT NOT NULL CHECK (type IN ('application/pdf', 'image/jpeg', 'image/png')),
	sum        BLOB NOT NULL CHECK (length(sum) = 32),
	late       INTEGER NOT NULL CHECK (late IN (0, 1)),
	at         INTEGER NOT NULL,
	body       BLOB NOT NULL CHECK (length(body) BETWEEN 1 AND 5242880),
	UNIQUE (spell_id, sum)
) STRICT;
CREATE INDEX absence_document_of ON absence_document (account_id, at);

-- Nothing is left of an announcement of which no day holds any more, its documents least of all.
-- +goose StatementBegin
CREATE TRIGGER absence_spell_ends AFTER DELETE ON absence
WHEN NOT EXISTS (SELECT 1 FROM absence WHERE spell_id = OLD.spell_id)
BEGIN DELETE FROM absence_spell WHERE id = OLD.spell_id; END;
-- +goose StatementEnd
