-- Up Migration

-- What each change found of a task or list: the row as it was before it, under the names that its columns have in their
-- table. Those are null if the change created the row. `change` is the number of the first of the rows that one request
-- has written, and `total` how many there are up to this number. What is recorded was valid, so the types are plain ones:
-- for a null, the constraints of a domain would be checked again, which takes as long as the whole write of a task.
CREATE TABLE history (
  owner_id     text COLLATE "C" NOT NULL,
  change_seq   bigint NOT NULL,
  id           uuid NOT NULL,
  is_list      boolean NOT NULL DEFAULT false,
  change       bigint NOT NULL,
  total        integer NOT NULL,
  at           timestamptz NOT NULL,
  operation    text COLLATE "C" NOT NULL,
  client_id    text COLLATE "C",
  undoes       bigint,
  is_deletion  boolean NOT NULL,
  -- The number of the row's change before. If the row was deleted and is there again, that is the deletion, so that
  -- its versions are one chain; they are numbered on.
  former_seq   bigint,
  -- Of an undo: the number of the change that had left the row as it is now once more.
  restored_seq bigint,
  -- Of a deletion: the version that the request had made of the row before it deleted it. Null if none.
  reached      integer,
  name         text COLLATE "C",
  title        text COLLATE "C",
  description  text,
  completed    boolean,
  completed_at timestamptz,
  created_at   timestamptz,
  updated_at   timestamptz,
  version      integer,
  due          text COLLATE "C",
  start        text COLLATE "C",
  priority     task_priority,
  labels       jsonb,
  metadata     jsonb,
  list_id      uuid,
  parent_id    uuid,
  position     text COLLATE "C",
  recurrence   jsonb,
  series_id    uuid,
  occurrence   jsonb,
  next_id      uuid,
  PRIMARY KEY (owner_id, change_seq, id)
);

-- For the sweep.
CREATE INDEX history_by_at ON history (at);
-- By which change another one was undone last.
CREATE INDEX history_by_undone ON history (owner_id, undoes, change) WHERE undoes IS NOT NULL;

-- The latest deletion of an id: there is one for each undo of its creation.
DROP INDEX task_tombstones_by_id;
CREATE INDEX task_tombstones_by_id ON task_tombstones (owner_id, id, is_list, change_seq);

-- Down Migration

DROP INDEX task_tombstones_by_id;
CREATE INDEX task_tombstones_by_id ON task_tombstones (owner_id, id);
DROP TABLE history;
