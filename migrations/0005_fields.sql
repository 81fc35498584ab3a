-- Up Migration

-- The order of the words is the order of the sort.
CREATE TYPE task_priority AS ENUM ('none', 'low', 'medium', 'high', 'urgent');

-- A day, a local time, or a time in a zone. make_date refuses a day that the calendar does not have. The collation is
-- named because the check would otherwise run under the database's own.
CREATE DOMAIN task_moment AS text COLLATE "C" CHECK (
  CASE
    WHEN (VALUE COLLATE "C") ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}(T([01][0-9]|2[0-3])(:[0-5][0-9]){1,2}(\[[A-Za-z0-9_+/-]{1,64}\])?)?$'
    THEN make_date(left(VALUE, 4)::integer, substr(VALUE, 6, 2)::integer, substr(VALUE, 9, 2)::integer) IS NOT NULL
    ELSE VALUE IS NULL
  END
);

-- A domain cannot look at each item of a value by itself; a function can. A new task without labels and metadata does not
-- call them.
CREATE FUNCTION are_task_labels(labels jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT CASE
    WHEN jsonb_typeof(labels) = 'array' THEN
      jsonb_array_length(labels) <= 20
      AND NOT EXISTS (
        SELECT
        FROM jsonb_array_elements(labels) AS item (label)
        WHERE jsonb_typeof(label) <> 'string'
          OR char_length(label #>> '{}') NOT BETWEEN 1 AND 50
          OR ((label #>> '{}') COLLATE "C") ~ '[,\u0001-\u001f\u007f-\u009f]'
      )
    ELSE false
  END
$$;

CREATE FUNCTION is_task_metadata(metadata jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT CASE
    WHEN jsonb_typeof(metadata) = 'object' THEN
      (
        SELECT count(*) <= 16
          AND bool_and((key COLLATE "C") ~ '^[a-z0-9_.-]{1,40}$' AND jsonb_typeof(value) = 'string')
          AND bool_and(char_length(value #>> '{}') <= 500)
        FROM jsonb_each(metadata)
      )
    ELSE false
  END
$$;

CREATE DOMAIN task_labels AS jsonb CHECK (VALUE = '[]' OR are_task_labels(VALUE));
CREATE DOMAIN task_metadata AS jsonb CHECK (VALUE = '{}' OR is_task_metadata(VALUE));

-- The defaults are for the previous version, which still inserts during a deployment.
ALTER TABLE tasks
  ADD COLUMN due task_moment,
  ADD COLUMN start task_moment,
  ADD COLUMN priority task_priority NOT NULL DEFAULT 'none',
  ADD COLUMN labels task_labels NOT NULL DEFAULT '[]',
  ADD COLUMN metadata task_metadata NOT NULL DEFAULT '{}';

-- Down Migration

ALTER TABLE tasks
  DROP COLUMN metadata,
  DROP COLUMN labels,
  DROP COLUMN priority,
  DROP COLUMN start,
  DROP COLUMN due;
DROP DOMAIN IF EXISTS task_metadata;
DROP DOMAIN IF EXISTS task_labels;
DROP FUNCTION IF EXISTS is_task_metadata;
DROP FUNCTION IF EXISTS are_task_labels;
DROP DOMAIN IF EXISTS task_moment;
DROP TYPE IF EXISTS task_priority;
