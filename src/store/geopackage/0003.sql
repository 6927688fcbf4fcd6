-- The groups of edits of a plan that was handed in, with what was decided of each, as JSON; the plan that its returned
-- edits became.
ALTER TABLE plans ADD COLUMN decisions TEXT NOT NULL DEFAULT '[]';
ALTER TABLE plans ADD COLUMN returned_as INTEGER;
