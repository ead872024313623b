-- Who goes first when places are few, by criteria that the town hall publishes. Conventions as in 0001.

-- +goose Up

-- A list of portal.Criterion in JSON, the strongest first; a canteen never has any (L131-13 of the Code de l'éducation).
ALTER TABLE activity ADD COLUMN priorities TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(priorities));

-- A criterion of the town hall's own, that staff tick on children: « les deux parents travaillent », upon a document.
CREATE TABLE priority_label (
	id           INTEGER PRIMARY KEY,
	structure_id INTEGER NOT NULL REFERENCES structure,
	name         TEXT NOT NULL CHECK (name <> ''),
	document     TEXT NOT NULL,
	UNIQUE (structure_id, name)
) STRICT;

-- dated: the day of the document; last: the last day it holds for, NULL without an end.
CREATE TABLE child_priority (
	child_id INTEGER NOT NULL REFERENCES child,
	label_id INTEGER NOT NULL REFERENCES priority_label,
	dated    TEXT NOT NULL CHECK (dated IS date(dated)),
	last     TEXT CHECK (last IS date(last) AND last >= dated),
	PRIMARY KEY (child_id, label_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX child_priority_of_label ON child_priority (label_id);
