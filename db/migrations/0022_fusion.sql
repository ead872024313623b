-- Files that were typed twice and are one now. Conventions as in 0001.

-- +goose Up

-- gone is the number of a file that is no more, kept the one that has everything of it: old addresses lead there, and what the
-- audit log says under the old number is read with the new one. kept is never a number that is gone itself.
CREATE TABLE joined (
	subject      TEXT NOT NULL CHECK (subject IN ('famille', 'enfant', 'compte')),
	gone         INTEGER NOT NULL,
	kept         INTEGER NOT NULL CHECK (kept <> gone),
	structure_id INTEGER NOT NULL REFERENCES structure,
	at           INTEGER NOT NULL,
	PRIMARY KEY (subject, gone)
) STRICT, WITHOUT ROWID;
CREATE INDEX joined_into ON joined (subject, kept);

-- The numbers that a receipt was sealed with, when the child or the account has another one since: the chain is computed with these.
ALTER TABLE movement ADD COLUMN sealed_child INTEGER;
ALTER TABLE receipt ADD COLUMN sealed_account INTEGER;
