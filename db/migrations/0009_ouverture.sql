-- What registrations for the year still wait for. Conventions as in 0001.

-- +goose Up

-- Days up to registration.through that a night could not book because the town had not opened them to bookings yet: the first
-- night after it does takes them up.
CREATE TABLE registration_unopened (
	registration_id INTEGER NOT NULL REFERENCES registration,
	day             TEXT NOT NULL CHECK (day IS date(day)),
	PRIMARY KEY (registration_id, day)
) STRICT, WITHOUT ROWID;
