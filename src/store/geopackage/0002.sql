-- Plans: drafts of versions. Steps are JSON; of them `done` are in force, the rest can be done again. So are
-- the codes of the units that a plan touches. Moments are milliseconds since 1970.
CREATE TABLE plans (
  id INTEGER PRIMARY KEY, title TEXT NOT NULL, note TEXT NOT NULL, document TEXT NOT NULL, status TEXT NOT NULL,
  revision INTEGER NOT NULL, base INTEGER NOT NULL REFERENCES versions (number), account INTEGER, author TEXT NOT NULL,
  created INTEGER NOT NULL, changed INTEGER NOT NULL, effective_from TEXT, steps TEXT NOT NULL, done INTEGER NOT NULL,
  touches TEXT NOT NULL, reviewer TEXT NOT NULL,
  reason TEXT NOT NULL, published INTEGER REFERENCES versions (number)
);
-- A command as it was given, and what it drew: never changed.
CREATE TABLE plan_edits (
  plan INTEGER NOT NULL REFERENCES plans (id), record INTEGER NOT NULL, body TEXT NOT NULL, drawn TEXT NOT NULL,
  author TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (plan, record)
);
-- Codes and uids that edits drew: never drawn again, whether they come to be used or not.
CREATE TABLE reserved (code TEXT PRIMARY KEY, uid INTEGER NOT NULL, plan INTEGER NOT NULL REFERENCES plans (id));
