-- Nights that fail, addresses that take nothing any more, and the texts that staff write. Conventions as in 0001.

-- +goose Up

-- What stopped a night, without any name; both are forgotten once it is done.
ALTER TABLE night ADD COLUMN failed_at INTEGER;
ALTER TABLE night ADD COLUMN fault TEXT NOT NULL DEFAULT '';

-- An address that refused a message for good gets nothing any more, until somebody changes it or says that it works again.
ALTER TABLE account_email ADD COLUMN dead_at INTEGER;
ALTER TABLE account_email ADD COLUMN dead_why TEXT NOT NULL DEFAULT '';
CREATE INDEX account_email_dead ON account_email (dead_at) WHERE dead_at IS NOT NULL;
CREATE INDEX account_email_address ON account_email (address COLLATE NOCASE);
-- +goose StatementBegin
CREATE TRIGGER account_email_lives_again AFTER UPDATE OF address ON account_email
WHEN NEW.address <> OLD.address AND NEW.dead_at IS NOT NULL
BEGIN UPDATE account_email SET dead_at = NULL, dead_why = '' WHERE account_id = NEW.account_id AND position = NEW.position; END;
-- +goose StatementEnd

-- The list of messages is filtered and searched without reading their bodies.
CREATE INDEX outbox_account ON outbox (account_id, id);
CREATE INDEX outbox_address ON outbox (address COLLATE NOCASE, id);
CREATE INDEX outbox_kind ON outbox (structure_id, kind, id);
CREATE INDEX outbox_state ON outbox (structure_id, state, id);

-- People who never signed in are counted on the first page of staff.
CREATE INDEX account_newcomer ON account (id) WHERE first_seen_at IS NULL AND temporary = 1;

-- A text of RGPD or CGU that is being written; publishing it makes it a version. account_id is the agent.
CREATE TABLE terms_draft (
	kind       TEXT PRIMARY KEY CHECK (kind IN ('rgpd', 'cgu')),
	body       TEXT NOT NULL CHECK (body <> ''),
	account_id INTEGER NOT NULL REFERENCES account,
	updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
ALTER TABLE terms ADD COLUMN account_id INTEGER REFERENCES account;
CREATE INDEX terms_acceptance_of ON terms_acceptance (terms_id);

-- The words of a kind of mail (portal.MailKind) that a structure chose; without a row it is the standard text.
CREATE TABLE mail_text (
	structure_id INTEGER NOT NULL REFERENCES structure,
	kind         TEXT NOT NULL CHECK (kind <> ''),
	subject      TEXT NOT NULL CHECK (subject <> ''),
	opening      TEXT NOT NULL,
	closing      TEXT NOT NULL,
	account_id   INTEGER NOT NULL REFERENCES account,
	updated_at   INTEGER NOT NULL,
	PRIMARY KEY (structure_id, kind)
) STRICT, WITHOUT ROWID;
