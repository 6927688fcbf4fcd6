-- Run as 0001. The groups of edits of a plan that was handed in, with what was decided of each, as JSON; the plan that its
-- returned edits became; who lets it become a version on its day, and which files lie with it, as JSON.
ALTER TABLE plans
  ADD COLUMN decisions text NOT NULL DEFAULT '[]', ADD COLUMN returned_as bigint,
  ADD COLUMN scheduled text NOT NULL DEFAULT 'null', ADD COLUMN attachments text NOT NULL DEFAULT '[]';

-- Files that lie with plans: they may name persons. Which of them a plan has stands with the plan. Moments are
-- milliseconds since 1970.
CREATE TABLE {private}.attachments (
  id bigint PRIMARY KEY, plan bigint NOT NULL, name text NOT NULL, media_type text NOT NULL, sha256 text NOT NULL,
  size bigint NOT NULL, author text NOT NULL, at bigint NOT NULL, body bytea NOT NULL
);

-- What roles may do with these, beside what they might before.
ALTER FUNCTION apply_grants() RENAME TO apply_grants_of_plans;
CREATE FUNCTION apply_grants() RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
  role record;
BEGIN
  PERFORM apply_grants_of_plans();
  FOR role IN SELECT name FROM roles JOIN pg_roles ON rolname = name WHERE kind = 'server' LOOP
    EXECUTE format('GRANT UPDATE (decisions, returned_as, scheduled, attachments) ON plans TO %I', role.name);
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON {private}.attachments TO %I', role.name);
  END LOOP;
END $$;
