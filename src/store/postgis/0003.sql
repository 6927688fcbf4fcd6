-- Run as 0001. Plans: drafts of versions. Steps are JSON; of them `done` are in force, the rest can be done again. So are
-- the codes of the units that a plan touches. Moments are milliseconds since 1970.
CREATE TABLE plans (
  id bigint PRIMARY KEY, title text NOT NULL, note text NOT NULL, document text NOT NULL, status text NOT NULL,
  revision bigint NOT NULL, base bigint NOT NULL REFERENCES versions (number), account bigint, author text NOT NULL,
  created bigint NOT NULL, changed bigint NOT NULL, effective_from text, steps text NOT NULL, done bigint NOT NULL,
  touches text NOT NULL, reviewer text NOT NULL,
  reason text NOT NULL, published bigint REFERENCES versions (number)
);
-- A command as it was given, and what it drew: never changed.
CREATE TABLE plan_edits (
  plan bigint NOT NULL REFERENCES plans (id), record bigint NOT NULL, body text NOT NULL, drawn text NOT NULL,
  author text NOT NULL, at bigint NOT NULL, PRIMARY KEY (plan, record)
);
-- Codes and uids that edits drew: never drawn again, whether they come to be used or not.
CREATE TABLE reserved (code text PRIMARY KEY, uid bigint NOT NULL, plan bigint NOT NULL REFERENCES plans (id));

-- What roles may do with plans, beside what they might before.
ALTER FUNCTION apply_grants() RENAME TO apply_grants_of_versions;
CREATE FUNCTION apply_grants() RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  role record;
BEGIN
  PERFORM apply_grants_of_versions();
  FOR role IN SELECT name FROM roles JOIN pg_roles ON rolname = name WHERE kind = 'server' LOOP
    EXECUTE format('GRANT INSERT ON plans, plan_edits, reserved TO %I', role.name);
    EXECUTE format('GRANT UPDATE (title, note, document, status, revision, base, changed, effective_from, steps, done,
      touches, reviewer, reason, published) ON plans TO %I', role.name);
  END LOOP;
END $$;
