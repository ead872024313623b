-- Structures: how their mails and pages look, their own closures, the levels of classes. Conventions as in 0001.

-- +goose Up

-- sender_name and reply_to are used instead of name and email when they are not empty. colour is the one colour chosen, from
-- which the others are computed.
ALTER TABLE structure ADD COLUMN sender_name TEXT NOT NULL DEFAULT '';
ALTER TABLE structure ADD COLUMN reply_to TEXT NOT NULL DEFAULT '';
ALTER TABLE structure ADD COLUMN colour TEXT NOT NULL DEFAULT '' CHECK (colour = '' OR colour GLOB '#[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]');

-- name is the hash of the picture and its ending: the address under which browsers keep it for ever.
CREATE TABLE structure_logo (
	structure_id INTEGER PRIMARY KEY REFERENCES structure,
	name         TEXT NOT NULL CHECK (name <> ''),
	type         TEXT NOT NULL CHECK (type IN ('image/png', 'image/jpeg')),
	body         BLOB NOT NULL CHECK (length(body) BETWEEN 1 AND 307200)
) STRICT;
CREATE INDEX structure_logo_named ON structure_logo (name);

-- Days on which the whole structure is closed, for the reason that families read; « pont » is a bridge day.
CREATE TABLE closure (
	id           INTEGER PRIMARY KEY,
	structure_id INTEGER NOT NULL REFERENCES structure,
	kind         TEXT NOT NULL CHECK (kind IN ('fermeture', 'pont')),
	name         TEXT NOT NULL CHECK (name <> ''),
	first        TEXT NOT NULL CHECK (first IS date(first)),
	last         TEXT NOT NULL CHECK (last IS date(last) AND last >= first)
) STRICT;
CREATE INDEX closure_of ON closure (structure_id, first);

-- The levels that a class has, a JSON list: « CE1 », « CE2 ».
ALTER TABLE class ADD COLUMN grades TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(grades));
