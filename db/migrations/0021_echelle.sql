-- Lists of accounts in the order of names, in a town of 20,000 children. Conventions as in 0001.

-- +goose Up

-- The key under which an account stands in a list in the order of names, in French, and its own names and identifiant, folded,
-- for a search; NULL until the program has written them.
ALTER TABLE account ADD COLUMN sorted BLOB;
ALTER TABLE account ADD COLUMN searched TEXT;
-- With searched in it, the search of accounts reads the index alone.
CREATE INDEX account_sorted ON account (sorted, id, searched);
-- +goose StatementBegin
CREATE TRIGGER account_renamed AFTER UPDATE OF last_name, used_name, first_name, login ON account
WHEN NEW.sorted IS NOT NULL AND (NEW.last_name <> OLD.last_name OR NEW.used_name <> OLD.used_name OR NEW.first_name <> OLD.first_name OR NEW.login <> OLD.login)
BEGIN UPDATE account SET sorted = NULL WHERE id = NEW.id; END;
-- +goose StatementEnd

-- The names of the family and of its children, folded; of day, without the guardians and the telephones.
ALTER TABLE family_search ADD COLUMN children TEXT NOT NULL DEFAULT '';
CREATE INDEX family_search_children ON family_search (family_id, structure_id, children);
UPDATE family_search SET stale = 1;
