-- Rules: places by group, weekday and date in the net that never oversells; the answers of staff that families are to be
-- told. Conventions as in 0001.

-- +goose Up

-- The counters for a group of children that count a booking, as a list of ids in JSON: what the child was when it was
-- booked. Counters for all children count every booking of their activities and are not listed.
ALTER TABLE booking ADD COLUMN counters TEXT CHECK (json_valid(counters));

-- While a counter is counted anew its places stand aside: what was booked before it was there has to be written down.
ALTER TABLE counter ADD COLUMN counting INTEGER NOT NULL DEFAULT 0 CHECK (counting IN (0, 1));

-- The net under the rule, as in 0001, with the places of the day: those of its date, else of its weekday (0 is Monday),
-- else of every day.
DROP TRIGGER counter_never_oversold;
DROP TRIGGER counter_never_oversold_first;
-- +goose StatementBegin
CREATE TRIGGER counter_never_oversold BEFORE UPDATE OF taken ON counter_day
WHEN NEW.taken > OLD.taken AND NOT (SELECT counting FROM counter WHERE id = NEW.counter_id)
	AND NEW.taken > coalesce(CASE
		WHEN EXISTS (SELECT 1 FROM counter_special WHERE counter_id = NEW.counter_id AND day = NEW.day)
			THEN (SELECT capacity FROM counter_special WHERE counter_id = NEW.counter_id AND day = NEW.day)
		WHEN EXISTS (SELECT 1 FROM counter_special WHERE counter_id = NEW.counter_id AND weekday = (strftime('%w', NEW.day) + 6) % 7)
			THEN (SELECT capacity FROM counter_special WHERE counter_id = NEW.counter_id AND weekday = (strftime('%w', NEW.day) + 6) % 7)
		ELSE (SELECT capacity FROM counter WHERE id = NEW.counter_id) END, 9223372036854775807)
BEGIN SELECT RAISE(ABORT, 'oversold'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER counter_never_oversold_first BEFORE INSERT ON counter_day
WHEN NOT (SELECT counting FROM counter WHERE id = NEW.counter_id)
	AND NEW.taken > coalesce(CASE
		WHEN EXISTS (SELECT 1 FROM counter_special WHERE counter_id = NEW.counter_id AND day = NEW.day)
			THEN (SELECT capacity FROM counter_special WHERE counter_id = NEW.counter_id AND day = NEW.day)
		WHEN EXISTS (SELECT 1 FROM counter_special WHERE counter_id = NEW.counter_id AND weekday = (strftime('%w', NEW.day) + 6) % 7)
			THEN (SELECT capacity FROM counter_special WHERE counter_id = NEW.counter_id AND weekday = (strftime('%w', NEW.day) + 6) % 7)
		ELSE (SELECT capacity FROM counter WHERE id = NEW.counter_id) END, 9223372036854775807)
BEGIN SELECT RAISE(ABORT, 'oversold'); END;
-- +goose StatementEnd

-- What staff decided and the family is to be told by mail: the row is what makes the mail, which jobs writes and queues.
CREATE TABLE answer (
	movement_id INTEGER PRIMARY KEY REFERENCES movement,
	told_at     INTEGER
) STRICT;
CREATE INDEX answer_untold ON answer (movement_id) WHERE told_at IS NULL;
