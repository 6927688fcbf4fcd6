CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);

-- In the order they were given. unit is a uid; role is free text.
CREATE TABLE people (
  id INTEGER PRIMARY KEY, unit INTEGER NOT NULL, role TEXT NOT NULL, name TEXT NOT NULL, phone TEXT NOT NULL,
  note TEXT NOT NULL
);
