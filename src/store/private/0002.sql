-- Accounts, sessions, keys, tries, the log. Moments are milliseconds since 1970; grants and origins are JSON.

-- One row. Every change to accounts, keys or the log asks for it first.
CREATE TABLE directory (one INTEGER PRIMARY KEY CHECK (one = 1), revision INTEGER NOT NULL);
INSERT INTO directory VALUES (1, 0);

CREATE TABLE accounts (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL UNIQUE, display_name TEXT NOT NULL, password TEXT,
  disabled INTEGER NOT NULL, grants TEXT NOT NULL, created INTEGER NOT NULL, changed INTEGER NOT NULL,
  link BLOB UNIQUE, link_expires INTEGER,
  -- Who they are at a provider of single sign-on; then there is no password.
  issuer TEXT, subject TEXT, UNIQUE (issuer, subject),
  CHECK ((issuer IS NULL) = (subject IS NULL) AND (issuer IS NULL OR (password IS NULL AND link IS NULL)))
);

-- Of a session's secret, and of a key's, the SHA-256 alone is kept.
CREATE TABLE sessions (
  digest BLOB PRIMARY KEY, account INTEGER NOT NULL REFERENCES accounts (id), created INTEGER NOT NULL,
  seen INTEGER NOT NULL, expires INTEGER NOT NULL, address TEXT NOT NULL, agent TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_account ON sessions (account);

CREATE TABLE keys (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('api', 'page')), digest BLOB NOT NULL UNIQUE,
  shown TEXT NOT NULL, name TEXT NOT NULL, account INTEGER REFERENCES accounts (id), grants TEXT NOT NULL,
  origins TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER, used INTEGER, revoked INTEGER
);

-- When passwords were tried, by name and by address; nothing in the key can be read.
CREATE TABLE tries (
  key TEXT PRIMARY KEY, times TEXT NOT NULL, turned_away INTEGER NOT NULL, until INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX tries_until ON tries (until);

-- The log, and where it ends. Rows are added at its end and never changed.
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, via TEXT NOT NULL, address TEXT NOT NULL,
  action TEXT NOT NULL, target TEXT NOT NULL, outcome TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,
  hash BLOB NOT NULL
);
CREATE TABLE audit_head (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, hash BLOB NOT NULL);
INSERT INTO audit_head VALUES (1, 0, zeroblob(32));
CREATE TRIGGER audit_continues AFTER INSERT ON audit BEGIN
  SELECT RAISE(ABORT, 'a record must continue the log') WHERE NEW.seq <> (SELECT seq + 1 FROM audit_head);
  UPDATE audit_head SET seq = NEW.seq, hash = NEW.hash;
END;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the log is never changed'); END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the log is never changed'); END;
