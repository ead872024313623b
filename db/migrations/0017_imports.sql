-- What imports remember. Conventions as in 0001.

-- +goose Up

-- A child whom the files of two schools name in one year: child_class holds the class that counts, this is the other one.
-- It is forgotten once that school's file no longer names the child.
CREATE TABLE child_elsewhere (
	child_id       INTEGER NOT NULL REFERENCES child ON DELETE CASCADE,
	school_year_id INTEGER NOT NULL REFERENCES school_year ON DELETE CASCADE,
	school_id      INTEGER NOT NULL REFERENCES school ON DELETE CASCADE,
	class          TEXT NOT NULL,
	PRIMARY KEY (child_id, school_year_id, school_id)
) STRICT, WITHOUT ROWID;
