-- Up Migration

-- The key of a task's place in the manual order (src/tasks/position.ts). Keys are compared by code point.
CREATE DOMAIN task_position AS text COLLATE "C" CHECK (
  octet_length(VALUE) <= 255
  AND (VALUE COLLATE "C") ~ '^(?:o[0-9A-Za-z]{15}|p[0-9A-Za-z]{16})(?:[0-9A-Za-z]*[1-9A-Za-z])?$'
);

-- The key of a new task. Numbers that are too large make `p#`, which is not a key. Postgres puts the body in the place
-- of the call because all of it is immutable, which to_char is not.
CREATE FUNCTION task_creation_key(seq bigint, ordinal integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT (
    'p' || CASE
      WHEN seq BETWEEN 0 AND 9999999999999 AND ordinal BETWEEN 0 AND 999
        THEN lpad(seq::text, 13, '0') || lpad(ordinal::text, 3, '0')
      ELSE '#'
    END
  ) COLLATE "C"
$$;

-- A key strictly between two keys, where null is an open end: the same one as `anyKeyBetween` returns. The bounds are keys
-- in ascending order, or it fails. It can be too long for the domain, so that a statement can see that.
CREATE FUNCTION task_key_between(lower task_position, upper task_position) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
  digits CONSTANT text COLLATE "C" := '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  low text COLLATE "C" := lower;
  high text COLLATE "C" := upper;
  whole text COLLATE "C";
  padded text COLLATE "C";
  place integer;
  middle integer;
  most integer;
  kept integer;
  next_key text COLLATE "C";
  low_digit integer;
  high_digit integer;
BEGIN
  IF low >= high THEN
    RAISE EXCEPTION 'no key between % and %', low, high USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF low IS NULL THEN
    IF high IS NULL THEN RETURN 'p' || repeat('0', 16); END IF;
    whole := left(high, CASE left(high, 1) WHEN 'o' THEN 16 ELSE 17 END);
    IF whole < high THEN RETURN whole; END IF;
    kept := length(rtrim(whole, '0'));
    IF kept > 1 THEN
      RETURN left(whole, kept - 1) || substr(digits, strpos(digits, substr(whole, kept, 1)) - 1, 1)
        || repeat('z', length(whole) - kept);
    END IF;
    IF left(whole, 1) = 'p' THEN RETURN 'o' || repeat('z', 15); END IF;
    RAISE EXCEPTION 'no key before %', high USING ERRCODE = 'invalid_parameter_value';
  END IF;
  place := CASE left(low, 1) WHEN 'o' THEN 16 ELSE 17 END;
  whole := left(low, place);
  IF starts_with(high, whole) THEN
    -- How many characters are the same, by halves, where a fraction that has ended goes on with zeros.
    padded := rpad(low, length(high), '0');
    most := length(high) - 1;
    WHILE place < most LOOP
      middle := (place + most + 1) / 2;
      IF left(padded, middle) = left(high, middle) THEN place := middle; ELSE most := middle - 1; END IF;
    END LOOP;
    place := place + 1;
    low_digit := strpos(digits, substr(padded, place, 1));
    high_digit := strpos(digits, substr(high, place, 1));
    IF high_digit - low_digit > 1 THEN
      RETURN left(high, place - 1) || substr(digits, (low_digit + high_digit + 1) / 2, 1);
    END IF;
    IF length(high) > place THEN RETURN left(high, place); END IF;
    whole := left(high, place - 1) || substr(digits, low_digit, 1);
  ELSE
    kept := length(rtrim(whole, 'z'));
    next_key := CASE
      WHEN kept > 1 THEN
        left(whole, kept - 1) || substr(digits, strpos(digits, substr(whole, kept, 1)) + 1, 1) || repeat('0', place - kept)
      WHEN left(whole, 1) = 'o' THEN 'p' || repeat('0', 16)
    END;
    IF next_key < high OR high IS NULL AND next_key IS NOT NULL THEN RETURN next_key; END IF;
  END IF;
  -- Halfway to where the integer, or the digit, becomes another one.
  kept := place + 1;
  WHILE substr(low, kept, 1) = 'z' LOOP kept := kept + 1; END LOOP;
  low_digit := strpos(digits, coalesce(nullif(substr(low, kept, 1), ''), '0'));
  RETURN whole || repeat('z', kept - place - 1) || substr(digits, (low_digit + 64) / 2, 1);
END
$$;

-- A function for the same reason as for labels. What the rule says is for the service to check.
CREATE FUNCTION is_task_recurrence(recurrence jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT coalesce(
    jsonb_typeof(recurrence -> 'rrule') = 'string'
    AND char_length(recurrence ->> 'rrule') BETWEEN 1 AND 500
    AND recurrence ->> 'anchor' IN ('schedule', 'completion')
    AND recurrence ->> 'missed' IN ('skip', 'keep')
    AND CASE jsonb_typeof(recurrence) WHEN 'object' THEN recurrence - ARRAY['rrule', 'anchor', 'missed'] = '{}' END,
    false
  )
$$;

CREATE DOMAIN task_recurrence AS jsonb CHECK (VALUE IS NULL OR is_task_recurrence(VALUE));

CREATE FUNCTION is_task_occurrence(occurrence jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT coalesce(
    ((occurrence ->> 'start') COLLATE "C") ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
    AND ((occurrence ->> 'date') COLLATE "C") ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
    AND CASE jsonb_typeof(occurrence -> 'number')
      WHEN 'number' THEN (occurrence ->> 'number')::numeric BETWEEN 1 AND 2147483647
    END
    AND CASE jsonb_typeof(occurrence) WHEN 'object' THEN occurrence - ARRAY['start', 'date', 'number'] = '{}' END,
    false
  )
$$;

CREATE DOMAIN task_occurrence AS jsonb CHECK (VALUE IS NULL OR is_task_occurrence(VALUE));

-- The default is for the previous version, which still inserts during a deployment: its tasks come first.
ALTER TABLE tasks
  ADD COLUMN list_id uuid,
  ADD COLUMN parent_id uuid,
  ADD COLUMN position task_position NOT NULL DEFAULT 'p0000000000000000',
  ADD COLUMN recurrence task_recurrence,
  ADD COLUMN series_id uuid,
  ADD COLUMN occurrence task_occurrence,
  ADD COLUMN next_id uuid;

-- Each of an owner's tasks took a change number when it was created, so none of these is as late as the next one.
UPDATE tasks
SET position = task_creation_key(place, 0)
FROM (
  SELECT owner_id, id, row_number() OVER (PARTITION BY owner_id ORDER BY created_at, id) AS place FROM tasks
) AS ordered
WHERE tasks.owner_id = ordered.owner_id AND tasks.id = ordered.id;

CREATE INDEX tasks_by_position ON tasks (owner_id, position, id);
CREATE INDEX tasks_by_list ON tasks (owner_id, list_id, completed, position, id) WHERE list_id IS NOT NULL;
CREATE INDEX tasks_by_parent ON tasks (owner_id, parent_id, position, id) WHERE parent_id IS NOT NULL;
CREATE INDEX tasks_by_series ON tasks (owner_id, series_id) WHERE recurrence IS NOT NULL;

-- That a task's list and its parent exist is for the service to keep: all writes of an owner wait for the clock, and a
-- foreign key would cost each of them a look-up.
CREATE TABLE lists (
  owner_id   text COLLATE "C" NOT NULL CHECK (char_length(owner_id) BETWEEN 1 AND 255),
  id         uuid NOT NULL DEFAULT gen_random_uuid(),
  name       task_title NOT NULL,
  metadata   task_metadata NOT NULL DEFAULT '{}',
  position   task_position NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  version    task_version NOT NULL DEFAULT 1,
  change_seq change_number NOT NULL,
  PRIMARY KEY (owner_id, id)
);

CREATE INDEX lists_by_position ON lists (owner_id, position, id);
CREATE INDEX lists_by_change_seq ON lists (owner_id, change_seq);

ALTER TABLE task_tombstones ADD COLUMN is_list boolean NOT NULL DEFAULT false;

-- Down Migration

DELETE FROM task_tombstones WHERE is_list;
ALTER TABLE task_tombstones DROP COLUMN is_list;
DROP TABLE lists;
ALTER TABLE tasks
  DROP COLUMN next_id,
  DROP COLUMN occurrence,
  DROP COLUMN series_id,
  DROP COLUMN recurrence,
  DROP COLUMN position,
  DROP COLUMN parent_id,
  DROP COLUMN list_id;
DROP DOMAIN IF EXISTS task_occurrence;
DROP FUNCTION IF EXISTS is_task_occurrence;
DROP DOMAIN IF EXISTS task_recurrence;
DROP FUNCTION IF EXISTS is_task_recurrence;
DROP FUNCTION IF EXISTS task_key_between;
DROP FUNCTION IF EXISTS task_creation_key;
DROP DOMAIN IF EXISTS task_position;
