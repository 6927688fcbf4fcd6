CREATE TABLE versions (
  number INTEGER PRIMARY KEY, recorded_at TEXT NOT NULL, effective_from TEXT NOT NULL, author TEXT NOT NULL,
  note TEXT NOT NULL, document TEXT NOT NULL, levels TEXT NOT NULL, content_hash TEXT NOT NULL
);

-- Units and their past. A row holds for versions from_version <= v < to_version (NULL: still).
-- The blob stands last, so that finding a row does not read it.
CREATE TABLE unit_rows (
  rowno INTEGER PRIMARY KEY, uid INTEGER NOT NULL, level TEXT NOT NULL, code TEXT, name TEXT NOT NULL, parent TEXT,
  tint INTEGER NOT NULL, position INTEGER, attributes TEXT NOT NULL,
  from_version INTEGER NOT NULL REFERENCES versions (number), to_version INTEGER REFERENCES versions (number),
  digest BLOB NOT NULL, geometry BLOB NOT NULL,
  CHECK (to_version IS NULL OR to_version > from_version)
);
CREATE UNIQUE INDEX unit_rows_current ON unit_rows (uid) WHERE to_version IS NULL;
CREATE INDEX unit_rows_layer ON unit_rows (level) WHERE to_version IS NULL;
CREATE INDEX unit_rows_uid ON unit_rows (uid);
CREATE INDEX unit_rows_code ON unit_rows (code);

CREATE TABLE lineage (
  version INTEGER NOT NULL REFERENCES versions (number), from_uid INTEGER NOT NULL, from_code TEXT NOT NULL,
  to_uid INTEGER NOT NULL, to_code TEXT NOT NULL, share REAL NOT NULL
);
CREATE INDEX lineage_from ON lineage (from_code);

CREATE TABLE feed (
  seq INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, version INTEGER, payload TEXT NOT NULL
);

-- On the lattice: x and y in units of 1e-7 degree.
CREATE TABLE points (
  id INTEGER PRIMARY KEY, layer TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, weight INTEGER NOT NULL,
  attributes TEXT NOT NULL, x INTEGER NOT NULL, y INTEGER NOT NULL
);
CREATE INDEX points_layer ON points (layer);

CREATE TABLE lines (
  id INTEGER PRIMARY KEY, layer TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, geometry BLOB NOT NULL
);

-- Registered as attributes, it tells a GIS to list the registered layers only, and hides all other tables.
CREATE VIEW about AS
  SELECT number AS fid, number AS version, effective_from, recorded_at, author, note, content_hash,
    (SELECT value FROM meta WHERE key = 'name') AS coverage,
    (SELECT value FROM meta WHERE key = 'synthetic') AS synthetic
  FROM versions WHERE number = (SELECT max(number) FROM versions);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description)
  VALUES ('about', 'attributes', 'about', 'The version that the layers show');
