-- Up Migration

-- An owner whose data is being deleted in pieces: nothing of it is shown, and nothing is created beside it. The clock goes
-- with the last piece.
ALTER TABLE owner_clock ADD COLUMN erasing boolean NOT NULL DEFAULT false;

-- For what finishes a deletion that was interrupted. It is empty nearly always.
CREATE INDEX owner_clock_erasing ON owner_clock (owner_id) WHERE erasing;

-- Down Migration

DROP INDEX owner_clock_erasing;
ALTER TABLE owner_clock DROP COLUMN erasing;
