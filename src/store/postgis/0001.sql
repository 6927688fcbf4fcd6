-- Run with search_path = the store's schema, PostGIS's schema, pg_temp; {schema} and {private} are identifiers.

CREATE TABLE meta (key text PRIMARY KEY, value text NOT NULL);

CREATE TABLE versions (
  number bigint PRIMARY KEY, recorded_at timestamptz NOT NULL, effective_from date NOT NULL, author text NOT NULL,
  note text NOT NULL, document text NOT NULL, levels text NOT NULL, content_hash text NOT NULL
);

-- GDAL lists every column of the type geometry, whoever may read it. One of a domain it does not, so that of all tables
-- only the layers, which name the type itself, are offered to a GIS.
CREATE DOMAIN shape AS geometry(MultiPolygon, 4490);

-- Units and their past. A row holds for versions from_version <= v < to_version (NULL: still).
-- json, not jsonb: it keeps the text that the digest was taken of.
CREATE TABLE unit_rows (
  rowno bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, uid bigint NOT NULL, level text NOT NULL, code text,
  name text NOT NULL, parent text, tint smallint NOT NULL, position bigint, attributes json NOT NULL,
  from_version bigint NOT NULL REFERENCES versions (number), to_version bigint REFERENCES versions (number),
  digest bytea NOT NULL, geometry shape NOT NULL,
  CHECK (to_version IS NULL OR to_version > from_version)
);
CREATE UNIQUE INDEX unit_rows_current ON unit_rows (uid) WHERE to_version IS NULL;
CREATE INDEX unit_rows_layer ON unit_rows (level) WHERE to_version IS NULL;
-- Of the expression in the layers: it is by this that an index is found.
CREATE INDEX unit_rows_geometry ON unit_rows USING gist ((geometry::geometry(MultiPolygon, 4490)))
  WHERE to_version IS NULL;
CREATE INDEX unit_rows_uid ON unit_rows (uid);
CREATE INDEX unit_rows_code ON unit_rows (code);
CREATE INDEX unit_rows_from ON unit_rows (from_version);
CREATE INDEX unit_rows_to ON unit_rows (to_version);

CREATE TABLE lineage (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, version bigint NOT NULL REFERENCES versions (number),
  from_uid bigint NOT NULL, from_code text NOT NULL, to_uid bigint NOT NULL, to_code text NOT NULL,
  share double precision NOT NULL
);
CREATE INDEX lineage_from ON lineage (from_code);
CREATE INDEX lineage_version ON lineage (version);

CREATE TABLE feed (
  seq bigint PRIMARY KEY, at timestamptz NOT NULL, kind text NOT NULL, version bigint, payload text NOT NULL
);

-- One row. Every write locks it first, so writes come one after another, and the feed's numbers in the order of their
-- commits: of a sequence, 2 can be seen before 1.
CREATE TABLE counters (one boolean PRIMARY KEY DEFAULT true CHECK (one), feed bigint NOT NULL);
INSERT INTO counters (feed) VALUES (0);

-- On the lattice: x and y in units of 1e-7 degree.
CREATE TABLE points (
  layer text NOT NULL, position bigint NOT NULL, kind text NOT NULL, name text NOT NULL, weight bigint NOT NULL,
  attributes json NOT NULL, x integer NOT NULL, y integer NOT NULL, PRIMARY KEY (layer, position)
);

CREATE TABLE lines (
  position bigint PRIMARY KEY, layer text NOT NULL, kind text NOT NULL, name text NOT NULL, blob bytea NOT NULL
);

-- People, apart: a GIS user has no right to this schema.
CREATE TABLE {private}.meta (key text PRIMARY KEY, value text NOT NULL);
CREATE TABLE {private}.people (
  position bigint PRIMARY KEY, unit bigint NOT NULL, role text NOT NULL, name text NOT NULL, phone text NOT NULL,
  note text NOT NULL
);

-- Which views are the layers, and which roles were let in.
CREATE TABLE layers (name text PRIMARY KEY, level text NOT NULL);
CREATE TABLE roles (name text PRIMARY KEY, kind text NOT NULL CHECK (kind IN ('server', 'reader')));

CREATE VIEW about AS
  SELECT number AS fid, number AS version, effective_from, recorded_at, author, note, content_hash,
    (SELECT value FROM meta WHERE key = 'name') AS coverage,
    (SELECT value FROM meta WHERE key = 'synthetic') AS synthetic
  FROM versions WHERE number = (SELECT max(number) FROM versions);

-- Gives every role that was let in what it may do, and no more. A server writes, but changes no version and no row
-- that is there beyond saying until when it held.
CREATE FUNCTION apply_grants() RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  role record;
  layer record;
BEGIN
  FOR role IN SELECT name, kind FROM roles JOIN pg_roles ON rolname = name LOOP
    EXECUTE format('GRANT USAGE ON SCHEMA {schema} TO %I', role.name);
    IF role.kind = 'server' THEN
      EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO %I', role.name);
      EXECUTE format('GRANT INSERT ON meta, versions, unit_rows, lineage, feed, points, lines TO %I', role.name);
      EXECUTE format('GRANT UPDATE (value) ON meta TO %I', role.name);
      EXECUTE format('GRANT UPDATE (to_version) ON unit_rows TO %I', role.name);
      EXECUTE format('GRANT UPDATE (feed) ON counters TO %I', role.name);
      EXECUTE format('GRANT DELETE ON points, lines TO %I', role.name);
      EXECUTE format('GRANT EXECUTE ON FUNCTION set_layers(text[], text[]) TO %I', role.name);
      EXECUTE format('GRANT USAGE ON SCHEMA {private} TO %I', role.name);
      EXECUTE format('GRANT SELECT, INSERT, DELETE ON {private}.people TO %I', role.name);
      EXECUTE format('GRANT SELECT, INSERT, UPDATE ON {private}.meta TO %I', role.name);
    ELSE
      EXECUTE format('GRANT SELECT ON about TO %I', role.name);
      FOR layer IN SELECT name FROM layers LOOP
        EXECUTE format('GRANT SELECT ON %I TO %I', layer.name, role.name);
      END LOOP;
    END IF;
  END LOOP;
END $$;

-- Lets a role in, as a server or a reader; what it might do as the other it may no longer.
CREATE FUNCTION let_in(role text, as_kind text) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM roles WHERE name = role AND kind <> as_kind) THEN
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA {schema}, {private} FROM %I', role);
    EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {schema} FROM %I', role);
    EXECUTE format('REVOKE ALL ON SCHEMA {schema}, {private} FROM %I', role);
  END IF;
  INSERT INTO roles VALUES (role, as_kind) ON CONFLICT (name) DO UPDATE SET kind = excluded.kind;
  PERFORM apply_grants();
END $$;

-- Makes the layers those of the levels given. A server may call it, though it owns nothing here; views whose level
-- stays stay, so who has them open reads on.
CREATE FUNCTION set_layers(names text[], levels text[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path FROM CURRENT AS $$
DECLARE
  layer record;
  columns text;
  said text;
  fresh boolean := false;
BEGIN
  FOR layer IN SELECT name, level FROM layers EXCEPT SELECT * FROM unnest(names, levels) LOOP
    EXECUTE format('DROP VIEW %I', layer.name);
    DELETE FROM layers l WHERE l.name = layer.name;
  END LOOP;
  FOR layer IN SELECT * FROM unnest(names, levels) AS l (name, level) EXCEPT SELECT name, level FROM layers LOOP
    columns := CASE layer.level WHEN 'void' THEN 'name'
      ELSE 'code, name, level, parent, tint, attributes ->> ''kind'' AS kind, attributes' END;
    EXECUTE format('CREATE VIEW %I AS SELECT uid AS fid, uid, %s, geometry::geometry(MultiPolygon, 4490) AS geom FROM unit_rows
      WHERE level = %L AND to_version IS NULL', layer.name, columns, layer.level);
    INSERT INTO layers VALUES (layer.name, layer.level);
    fresh := true;
  END LOOP;
  FOR layer IN SELECT name FROM layers LOOP
    said := coalesce((SELECT value FROM meta WHERE key = 'name') || ' ', '') || layer.name
      || CASE (SELECT value FROM meta WHERE key = 'synthetic') WHEN 'true' THEN ': synthetic, not survey data' ELSE '' END;
    IF said IS DISTINCT FROM obj_description(format('{schema}.%I', layer.name)::regclass, 'pg_class') THEN
      EXECUTE format('COMMENT ON VIEW %I IS %L', layer.name, said);
    END IF;
  END LOOP;
  IF fresh THEN
    PERFORM apply_grants();
  END IF;
END $$;
REVOKE ALL ON FUNCTION apply_grants() FROM PUBLIC;
REVOKE ALL ON FUNCTION let_in(text, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION set_layers(text[], text[]) FROM PUBLIC;
