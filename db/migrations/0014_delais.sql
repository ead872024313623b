-- Limits by day of service, as they are published: who, when, from which day on; what families were shown; and the families
-- that have limits of their own. Conventions as in 0001.

-- +goose Up

-- The limits of an activity, all its actions together: a portal.Rules in JSON. first is the first day of service that they
-- govern, NULL for every day. Without published_at it is the draft of the activity, at most one. A version that is withdrawn
-- before its day governs nothing and stays to be read.
CREATE TABLE cutoff_version (
	id           INTEGER PRIMARY KEY AUTOINCREMENT,
	activity_id  INTEGER NOT NULL REFERENCES activity,
	first        TEXT CHECK (first IS date(first)),
	rules        TEXT NOT NULL CHECK (json_valid(rules)),
	edited_at    INTEGER NOT NULL,
	edited_by    INTEGER REFERENCES account,
	published_at INTEGER,
	published_by INTEGER REFERENCES account,
	withdrawn_at INTEGER CHECK (withdrawn_at IS NULL OR published_at IS NOT NULL),
	withdrawn_by INTEGER REFERENCES account
) STRICT;
CREATE UNIQUE INDEX cutoff_draft ON cutoff_version (activity_id) WHERE published_at IS NULL;
CREATE INDEX cutoff_version_of ON cutoff_version (activity_id, published_at);
INSERT INTO cutoff_version (activity_id, rules, edited_at, published_at)
	SELECT c.activity_id, json_group_array(json_object('action', c.action, 'canal', 'internet', 'delai', json(c.rule))), s.created_at, s.created_at
	FROM (SELECT * FROM cutoff ORDER BY activity_id, action DESC) c JOIN activity a ON a.id = c.activity_id JOIN structure s ON s.id = a.structure_id GROUP BY c.activity_id;
DROP TABLE cutoff;

-- What families were shown for a day of service and a later change would have made earlier: it holds. profile_id is 0 for
-- every family.
CREATE TABLE promised_limit (
	activity_id INTEGER NOT NULL REFERENCES activity,
	day         TEXT NOT NULL CHECK (day IS date(day)),
	action      TEXT NOT NULL CHECK (action IN ('reserver', 'annuler', 'changer', 'absence', 'tardive')),
	profile_id  INTEGER NOT NULL DEFAULT 0,
	at          INTEGER NOT NULL,
	since       INTEGER NOT NULL,
	PRIMARY KEY (activity_id, day, action, profile_id)
) STRICT, WITHOUT ROWID;

-- A profile that gives limits of its own (« horaires de travail variables »); document is what a family brings to have it.
CREATE TABLE limit_profile (
	id           INTEGER PRIMARY KEY,
	structure_id INTEGER NOT NULL REFERENCES structure,
	name         TEXT NOT NULL CHECK (name <> ''),
	document     TEXT NOT NULL DEFAULT '',
	removed_at   INTEGER
) STRICT;
CREATE UNIQUE INDEX limit_profile_named ON limit_profile (structure_id, name) WHERE removed_at IS NULL;

-- The families that have one, until the last day that their document covers.
CREATE TABLE family_profile (
	family_id  INTEGER NOT NULL REFERENCES family,
	profile_id INTEGER NOT NULL REFERENCES limit_profile,
	until      TEXT NOT NULL CHECK (until IS date(until)),
	given_at   INTEGER NOT NULL,
	given_by   INTEGER NOT NULL REFERENCES account,
	PRIMARY KEY (family_id, profile_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX family_of_profile ON family_profile (profile_id, until);
