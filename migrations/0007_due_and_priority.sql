-- Up Migration

-- For lists by due date and by priority. Tasks without one have no entry, so they cost a write nothing. A time with
-- seconds follows the same one without: a space comes before the colon, and the bracket of a zone after it.
CREATE INDEX tasks_by_due ON tasks (owner_id, completed, translate(due, '[', ' '), id) WHERE due IS NOT NULL;
CREATE INDEX tasks_by_priority ON tasks (owner_id, completed, priority, id) WHERE priority <> 'none';

-- Down Migration

DROP INDEX tasks_by_priority;
DROP INDEX tasks_by_due;
