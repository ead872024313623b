-- What an undo gives back, and what was asked only for the sake of something else. Conventions as in 0001.

-- +goose Up

-- idle: what was asked was so already, and nothing changed; there is nothing to take back.
-- together: what is cancelled was, or waited, with brothers and sisters, all or none.
ALTER TABLE movement ADD COLUMN idle INTEGER NOT NULL DEFAULT 0 CHECK (idle IN (0, 1));
ALTER TABLE movement ADD COLUMN together INTEGER NOT NULL DEFAULT 0 CHECK (together IN (0, 1));

-- along: the family did not ask for it by itself, another wish of the day needs it.
ALTER TABLE wish ADD COLUMN along INTEGER NOT NULL DEFAULT 0 CHECK (along IN (0, 1));
