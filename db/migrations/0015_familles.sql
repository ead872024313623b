-- Families as staff keep them: rights of guardians, what the day needs to know of a child, who may fetch it, documents that
-- expire, notes, and what the search reads. Conventions as in 0001.

-- +goose Up

-- legal: « responsable légal »; may_see: finds the children on the portal; may_book: changes their days; may_pick_up.
ALTER TABLE guardian ADD COLUMN legal INTEGER NOT NULL DEFAULT 1 CHECK (legal IN (0, 1));
ALTER TABLE guardian ADD COLUMN may_see INTEGER NOT NULL DEFAULT 1 CHECK (may_see IN (0, 1));
ALTER TABLE guardian ADD COLUMN may_book INTEGER NOT NULL DEFAULT 1 CHECK (may_book IN (0, 1));
ALTER TABLE guardian ADD COLUMN may_pick_up INTEGER NOT NULL DEFAULT 1 CHECK (may_pick_up IN (0, 1));

-- Who finds which families on the portal. Whatever parents are shown goes through it, never through guardian.
CREATE VIEW sees AS SELECT family_id, account_id, may_book FROM guardian WHERE may_see = 1;

-- diet is a food, never a religion; diet_words say it when it is « autre ». pai_*: « projet d’accueil individualisé » with its
-- dates and what is to be done. leaves_alone: the child may go home alone.
ALTER TABLE child ADD COLUMN diet TEXT NOT NULL DEFAULT '' CHECK (diet IN ('', 'sans-viande', 'sans-porc', 'vegetarien', 'autre'));
ALTER TABLE child ADD COLUMN diet_words TEXT NOT NULL DEFAULT '' CHECK (diet = 'autre' OR diet_words = '');
ALTER TABLE child ADD COLUMN allergies TEXT NOT NULL DEFAULT '';
ALTER TABLE child ADD COLUMN pai_first TEXT CHECK (pai_first IS date(pai_first));
ALTER TABLE child ADD COLUMN pai_last TEXT CHECK (pai_last IS date(pai_last) AND pai_last >= pai_first);
ALTER TABLE child ADD COLUMN pai_words TEXT NOT NULL DEFAULT '' CHECK (pai_first IS NOT NULL OR pai_words = '');
ALTER TABLE child ADD COLUMN leaves_alone INTEGER NOT NULL DEFAULT 0 CHECK (leaves_alone IN (0, 1));

-- Who may fetch a child, from a day on and until another one, as the family says; or must not (barred), which needs a
-- judgment: its date and its court. Parents of the other family of the child learn nothing of it.
CREATE TABLE pickup_person (
	id        INTEGER PRIMARY KEY,
	child_id  INTEGER NOT NULL REFERENCES child,
	family_id INTEGER NOT NULL REFERENCES family,
	barred    INTEGER NOT NULL DEFAULT 0 CHECK (barred IN (0, 1)),
	name      TEXT NOT NULL CHECK (name <> ''),
	phone     TEXT NOT NULL DEFAULT '',
	link      TEXT NOT NULL DEFAULT '',
	first     TEXT CHECK (first IS date(first)),
	last      TEXT CHECK (last IS date(last) AND (first IS NULL OR last >= first)),
	note      TEXT NOT NULL DEFAULT '',
	judged_on TEXT CHECK (judged_on IS date(judged_on)),
	judged_by TEXT NOT NULL DEFAULT '',
	CHECK (barred = 0 OR judged_on IS NOT NULL)
) STRICT;
CREATE INDEX pickup_person_of ON pickup_person (child_id);

-- A document of a child that a family brought. id is drawn at random, it is part of an address. Without a file it was only
-- seen: type, name and body are empty together. expires: its last good day, NULL when it does not expire.
CREATE TABLE child_document (
	id         TEXT PRIMARY KEY CHECK (length(id) = 32),
	child_id   INTEGER NOT NULL REFERENCES child,
	family_id  INTEGER NOT NULL REFERENCES family,
	account_id INTEGER NOT NULL REFERENCES account,
	kind       TEXT NOT NULL CHECK (kind <> ''),
	expires    TEXT CHECK (expires IS date(expires)),
	at         INTEGER NOT NULL,
	name       TEXT NOT NULL DEFAULT '',
	type       TEXT NOT NULL DEFAULT '' CHECK (type IN ('', 'application/pdf', 'image/jpeg', 'image/png')),
	sum        BLOB,
	body       BLOB CHECK (length(body) BETWEEN 1 AND 5242880),
	CHECK ((type = '') = (body IS NULL) AND (type = '') = (sum IS NULL) AND (type = '') = (name = ''))
) STRICT;
CREATE INDEX child_document_of ON child_document (child_id, kind, expires);

-- The kinds of document that a structure asks of every child.
CREATE TABLE document_asked (
	structure_id INTEGER NOT NULL REFERENCES structure,
	kind         TEXT NOT NULL CHECK (kind <> ''),
	PRIMARY KEY (structure_id, kind)
) STRICT, WITHOUT ROWID;

-- What managers write down about a family, dated and signed.
CREATE TABLE family_note (
	id         INTEGER PRIMARY KEY,
	family_id  INTEGER NOT NULL REFERENCES family,
	account_id INTEGER NOT NULL REFERENCES account,
	at         INTEGER NOT NULL,
	body       TEXT NOT NULL CHECK (body <> '')
) STRICT;
CREATE INDEX family_note_of ON family_note (family_id);

-- The one-time keys of forms that made something lately, and its number: a form sent twice makes it once.
CREATE TABLE form_sent (
	key        TEXT PRIMARY KEY CHECK (key <> ''),
	account_id INTEGER NOT NULL REFERENCES account,
	made       INTEGER NOT NULL,
	at         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX class_child ON child_class (class_id, child_id);

-- What the search reads: for each family a line of folded words (portal.FoldName), each after a space. day holds names and
-- telephones, rest what only managers search: addresses of e-mail and identifiants. SQLite cannot fold, so triggers only mark
-- what has changed; the search writes those lines before it reads (db.Families).
CREATE TABLE family_search (
	structure_id INTEGER NOT NULL REFERENCES structure,
	family_id    INTEGER NOT NULL REFERENCES family ON DELETE CASCADE,
	name         TEXT NOT NULL DEFAULT '',
	day          TEXT NOT NULL DEFAULT '',
	rest         TEXT NOT NULL DEFAULT '',
	stale        INTEGER NOT NULL DEFAULT 1 CHECK (stale IN (0, 1)),
	PRIMARY KEY (structure_id, family_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX family_search_of ON family_search (family_id);
CREATE INDEX family_search_stale ON family_search (family_id) WHERE stale = 1;
INSERT INTO family_search (structure_id, family_id) SELECT structure_id, id FROM family;

-- +goose StatementBegin
CREATE TRIGGER search_family_new AFTER INSERT ON family
BEGIN INSERT INTO family_search (structure_id, family_id) VALUES (NEW.structure_id, NEW.id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER search_family AFTER UPDATE OF name ON family
BEGIN UPDATE family_search SET stale = 1 WHERE family_id = NEW.id; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER search_family_child_new AFTER INSERT ON family_child
BEGIN UPDATE family_search SET stale = 1 WHERE family_id = NEW.family_id; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER search_family_child AFTER UPDATE ON family_child
BEGIN UPDATE family_search SET stale = 1 WHERE family_id IN (OLD.family_id, NEW.family_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER search_family_child_gone AFTER DELETE ON family_child
BEGIN UPDATE family_search SET stale = 1 WHERE family_id = OLD.family_id; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER search_guardian_new AFTER INSERT ON guardian
BEGIN UPDATE family_search SET stale = 1 WHERE family_id = NEW.family_id; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER search_guardian AFTER UPDATE OF family_id, account_id ON guardian
BEGIN UPDATE family_search SET stale = 1 WHERE family_id IN (OLD.family_id, NEW.family_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER search_guardian_gone AFTER DELETE ON guardian
BEGIN UPDATE family_search SET stale = 1 WHERE family_id = OLD.family_id; END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER search_child AFTER UPDATE OF last_name, used_name, first_name ON child
BEGIN UPDATE family_search SET stale = 1 WHERE family_id IN (SELECT family_id FROM family_child WHERE child_id = NEW.id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER search_account AFTER UPDATE OF login, last_name, used_name, first_name, home_phone, work_phone, mobile_phone ON account
BEGIN UPDATE family_search SET stale = 1 WHERE family_id IN (SELECT family_id FROM guardian WHERE account_id = NEW.id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER search_email_new AFTER INSERT ON account_email
BEGIN UPDATE family_search SET stale = 1 WHERE family_id IN (SELECT family_id FROM guardian WHERE account_id = NEW.account_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER search_email AFTER UPDATE OF address ON account_email
BEGIN UPDATE family_search SET stale = 1 WHERE family_id IN (SELECT family_id FROM guardian WHERE account_id = NEW.account_id); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER search_email_gone AFTER DELETE ON account_email
BEGIN UPDATE family_search SET stale = 1 WHERE family_id IN (SELECT family_id FROM guardian WHERE account_id = OLD.account_id); END;
-- +goose StatementEnd
