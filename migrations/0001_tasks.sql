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

-- What a value may be is said of its type where it can be: Postgres reads the text of a table's CHECKs anew at each write,
-- which takes longer than the writing of an index. An owner is plain text in every table: a proxy that spreads owners over
-- several databases hashes the value, and must find the same type everywhere.
CREATE DOMAIN task_title AS text COLLATE "C" CHECK (char_length(VALUE) BETWEEN 1 AND 200 AND VALUE ~ '\S');
CREATE DOMAIN task_description AS text CHECK (char_length(VALUE) <= 2000);
CREATE DOMAIN task_version AS integer CHECK (VALUE >= 1);
CREATE DOMAIN change_number AS bigint CHECK (VALUE >= 1);

-- Every key begins with the owner: each query touches one owner's rows only, so owners can be spread over several
-- databases that each have this schema. OPERATIONS.md says how.
CREATE TABLE tasks (
  owner_id     text COLLATE "C" NOT NULL CHECK (char_length(owner_id) BETWEEN 1 AND 255),
  id           uuid NOT NULL DEFAULT gen_random_uuid(),
  title        task_title NOT NULL,
  description  task_description,
  completed    boolean NOT NULL,
  completed_at timestamptz,
  created_at   timestamptz NOT NULL,
  updated_at   timestamptz NOT NULL,
  version      task_version NOT NULL DEFAULT 1,
  change_seq   change_number NOT NULL,
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
  seq      change_number NOT NULL
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
DROP DOMAIN IF EXISTS change_number;
DROP DOMAIN IF EXISTS task_version;
DROP DOMAIN IF EXISTS task_description;
DROP DOMAIN IF EXISTS task_title;
DROP COLLATION task_search;
