-- Up Migration

-- `epoch` tells two clocks of one owner apart: deleting everything an owner has ends one, and the next write begins
-- another at 1. `horizon` is the number of the latest change whose tombstone has been forgotten.
CREATE DOMAIN change_horizon AS bigint CHECK (VALUE >= 0);
ALTER TABLE owner_clock
  ADD COLUMN epoch uuid NOT NULL DEFAULT gen_random_uuid(),
  ADD COLUMN horizon change_horizon NOT NULL DEFAULT 0;

-- For the sweep of what has been kept long enough.
CREATE INDEX task_tombstones_by_deleted_at ON task_tombstones (deleted_at);

-- Results of writes with an Idempotency-Key. `status` is null only inside the transaction of the first request.
CREATE TABLE idempotency_keys (
  owner_id    text COLLATE "C" NOT NULL,
  key         text COLLATE "C" NOT NULL CHECK (char_length(key) BETWEEN 1 AND 255),
  fingerprint text COLLATE "C" NOT NULL,
  created_at  timestamptz NOT NULL,
  status      integer CHECK (status BETWEEN 200 AND 299),
  headers     text,
  body        text,
  PRIMARY KEY (owner_id, key)
);

CREATE INDEX idempotency_keys_by_created_at ON idempotency_keys (created_at);

-- The secret that change tokens are sealed with: 244 random bits. It lies beside the data because it protects nothing
-- that who can read them does not have, and every process of the service finds it there without being told.
CREATE TABLE sync_secret (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  secret    text NOT NULL
);

INSERT INTO sync_secret (secret)
VALUES (gen_random_uuid()::text || gen_random_uuid()::text);

-- Down Migration

DROP TABLE sync_secret;
DROP TABLE idempotency_keys;
DROP INDEX task_tombstones_by_deleted_at;
ALTER TABLE owner_clock
  DROP COLUMN horizon,
  DROP COLUMN epoch;
DROP DOMAIN IF EXISTS change_horizon;
