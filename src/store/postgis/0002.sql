-- Run as 0001. Accounts, sessions, keys, tries, the log, apart with the people. Moments are milliseconds since 1970;
-- grants and origins are JSON.

-- One row. Every change to accounts, keys or the log locks it first.
CREATE TABLE {private}.directory (one boolean PRIMARY KEY DEFAULT true CHECK (one), revision bigint NOT NULL);
INSERT INTO {private}.directory (revision) VALUES (0);

CREATE TABLE {private}.accounts (
  id bigint PRIMARY KEY, name text NOT NULL, folded text NOT NULL UNIQUE, display_name text NOT NULL, password text,
  disabled bigint NOT NULL, grants text NOT NULL, created bigint NOT NULL, changed bigint NOT NULL,
  link bytea UNIQUE, link_expires bigint,
  -- Who they are at a provider of single sign-on; then there is no password.
  issuer text, subject text, UNIQUE (issuer, subject),
  CHECK ((issuer IS NULL) = (subject IS NULL) AND (issuer IS NULL OR (password IS NULL AND link IS NULL)))
);

-- Of a session's secret, and of a key's, the SHA-256 alone is kept.
CREATE TABLE {private}.sessions (
  digest bytea PRIMARY KEY, account bigint NOT NULL REFERENCES {private}.accounts (id), created bigint NOT NULL,
  seen bigint NOT NULL, expires bigint NOT NULL, address text NOT NULL, agent text NOT NULL
);
CREATE INDEX sessions_account ON {private}.sessions (account);

CREATE TABLE {private}.keys (
  id bigint PRIMARY KEY, kind text NOT NULL CHECK (kind IN ('api', 'page')), digest bytea NOT NULL UNIQUE,
  shown text NOT NULL, name text NOT NULL, account bigint REFERENCES {private}.accounts (id), grants text NOT NULL,
  origins text NOT NULL, created bigint NOT NULL, expires bigint, used bigint, revoked bigint
);

-- When passwords were tried, by name and by address; nothing in the key can be read.
CREATE TABLE {private}.tries (
  key text PRIMARY KEY, times text NOT NULL, turned_away bigint NOT NULL, until bigint NOT NULL
);
CREATE INDEX tries_until ON {private}.tries (until);

-- The log, and where it ends. Rows are added at its end and never changed. A server's role may add rows, and it is the
-- trigger, with its owner's rights, that moves the end.
CREATE TABLE {private}.audit (
  seq bigint PRIMARY KEY, at text NOT NULL, who text NOT NULL, via text NOT NULL, address text NOT NULL,
  action text NOT NULL, target text NOT NULL, outcome text NOT NULL, before text NOT NULL, after text NOT NULL,
  hash bytea NOT NULL
);
CREATE TABLE {private}.audit_head (
  one boolean PRIMARY KEY DEFAULT true CHECK (one), seq bigint NOT NULL, hash bytea NOT NULL
);
INSERT INTO {private}.audit_head (seq, hash) VALUES (0, decode(repeat('00', 32), 'hex'));
CREATE FUNCTION {private}.audit_continues() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE {private}.audit_head SET seq = NEW.seq, hash = NEW.hash WHERE seq = NEW.seq - 1;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'a record must continue the log';
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION {private}.audit_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'the log is never changed';
END $$;
CREATE TRIGGER audit_continues AFTER INSERT ON {private}.audit
  FOR EACH ROW EXECUTE FUNCTION {private}.audit_continues();
CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON {private}.audit
  FOR EACH STATEMENT EXECUTE FUNCTION {private}.audit_stays();
REVOKE ALL ON FUNCTION {private}.audit_continues() FROM PUBLIC;
REVOKE ALL ON FUNCTION {private}.audit_stays() FROM PUBLIC;

-- Gives every role that was let in what it may do, and no more. A server writes, but changes no version and no row
-- that is there beyond saying until when it held; and of the log it may add rows and nothing else.
CREATE OR REPLACE FUNCTION apply_grants() RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
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
      EXECUTE format('GRANT SELECT ON {private}.directory, {private}.audit_head TO %I', role.name);
      EXECUTE format('GRANT UPDATE (revision) ON {private}.directory TO %I', role.name);
      EXECUTE format('GRANT SELECT, INSERT ON {private}.accounts, {private}.keys, {private}.audit TO %I', role.name);
      EXECUTE format('GRANT UPDATE (display_name, password, disabled, grants, changed, link, link_expires)
        ON {private}.accounts TO %I', role.name);
      EXECUTE format('GRANT UPDATE (used, revoked) ON {private}.keys TO %I', role.name);
      EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON {private}.sessions, {private}.tries TO %I', role.name);
    ELSE
      EXECUTE format('GRANT SELECT ON about TO %I', role.name);
      FOR layer IN SELECT name FROM layers LOOP
        EXECUTE format('GRANT SELECT ON %I TO %I', layer.name, role.name);
      END LOOP;
    END IF;
  END LOOP;
END $$;
