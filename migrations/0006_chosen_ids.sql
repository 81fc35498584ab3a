-- Up Migration

-- A client may choose the id of a new task, but not one that is remembered as deleted.
CREATE INDEX task_tombstones_by_id ON task_tombstones (owner_id, id);

-- Down Migration

DROP INDEX task_tombstones_by_id;
