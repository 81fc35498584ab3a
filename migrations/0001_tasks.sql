-- Up Migration

-- Case-insensitive search must know every language's letters, whatever the database's own locale. Postgres 17 brings
-- such a collation with it; older ones take it from the operating system or from ICU.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_collation WHERE collname = 'pg_c_utf8') THEN
    CREATE COLLATION task_search FROM pg_c_utf8;
  ELSIF EXISTS (SELECT FROM pg_collation WHERE collname = 'C.utf8' AND collencoding IN (-1, 6)) THEN
    CREATE COLLATION task_search FROM "C.utf8";
  ELSE
    CREATE COLLATION task_search FROM "und-x-icu";
  END IF;
END
$$;

-- Every key begins with the owner: each query touches one owner's rows only, and the tables can be distributed by
-- owner_id as they are.
CREATE TABLE tasks (
  owner_id     text COLLATE "C" NOT NULL CHECK (char_length(owner_id) BETWEEN 1 AND 255),
  id           uuid NOT NULL DEFAULT gen_random_uuid(),
  title        text COLLATE "C" NOT NULL CHECK (char_length(title) BETWEEN 1 AND 200 AND title ~ '\S'),
  description  text CHECK (char_length(description) <= 2000),
  completed    boolean NOT NULL,
  completed_at timestamptz,
  created_at   timestamptz NOT NULL,
  updated_at   timestamptz NOT NULL,
  version      integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  change_seq   bigint NOT NULL CHECK (change_seq >= 1),
  PRIMARY KEY (owner_id, id),
  CHECK (completed = (completed_at IS NOT NULL))
);

CREATE INDEX tasks_by_created_at ON tasks (owner_id, created_at, id);
CREATE INDEX tasks_by_completed ON tasks (owner_id, completed, created_at, id);
CREATE INDEX tasks_by_updated_at ON tasks (owner_id, updated_at, id);
CREATE INDEX tasks_by_title ON tasks (owner_id, title, id);
CREATE INDEX tasks_by_change_seq ON tasks (owner_id, change_seq);

-- The number of an owner's latest change. Every write locks this row before it touches a task and stamps the task with
-- the next number; the lock is held until commit, so the numbers follow the order of commits.
CREATE TABLE owner_clock (
  owner_id text COLLATE "C" PRIMARY KEY,
  seq      bigint NOT NULL CHECK (seq >= 1)
);

-- What is left of a deleted task.
CREATE TABLE task_tombstones (
  owner_id   text COLLATE "C" NOT NULL,
  id         uuid NOT NULL,
  change_seq bigint NOT NULL,
  deleted_at timestamptz NOT NULL,
  PRIMARY KEY (owner_id, change_seq, id)
);

-- Down Migration

DROP TABLE task_tombstones;
DROP TABLE owner_clock;
DROP TABLE tasks;
DROP COLLATION task_search;
