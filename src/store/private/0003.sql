-- Files that lie with plans: they may name persons. Which of them a plan has stands with the plan. Moments are
-- milliseconds since 1970.
CREATE TABLE attachments (
  id INTEGER PRIMARY KEY, plan INTEGER NOT NULL, name TEXT NOT NULL, media_type TEXT NOT NULL, sha256 TEXT NOT NULL,
  size INTEGER NOT NULL, author TEXT NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL
);
