-- The groups of edits of a plan that was handed in, with what was decided of each, as JSON; the plan that its returned
-- edits became; who lets it become a version on its day, and which files lie with it, as JSON.
ALTER TABLE plans ADD COLUMN decisions TEXT NOT NULL DEFAULT '[]';
ALTER TABLE plans ADD COLUMN returned_as INTEGER;
ALTER TABLE plans ADD COLUMN scheduled TEXT NOT NULL DEFAULT 'null';
ALTER TABLE plans ADD COLUMN attachments TEXT NOT NULL DEFAULT '[]';
