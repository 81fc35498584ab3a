-- Up Migration

-- What the webhook has still to report. Every statement that raises `seq` sets `has_news`, and what reports it clears it,
-- if `seq` is still the same. It is true for the clocks that there are, so the webhook begins with one message for each.
-- Without a webhook it stays true: then no write changes a column of an index, and each remains a heap-only update.
-- Whoever reports an owner's news holds it until `notifying_until`; after that time it is anyone's again.
ALTER TABLE owner_clock
  ADD COLUMN has_news boolean NOT NULL DEFAULT true,
  ADD COLUMN notifying_until timestamptz;

CREATE INDEX owner_clock_news ON owner_clock (owner_id) WHERE has_news;

-- The owners who have deleted everything, until the webhook has reported it; always empty without a webhook.
CREATE TABLE erased_owners (
  owner_id        text COLLATE "C" PRIMARY KEY,
  id              uuid NOT NULL DEFAULT gen_random_uuid(),
  notifying_until timestamptz
);

-- Down Migration

DROP TABLE erased_owners;
DROP INDEX owner_clock_news;
ALTER TABLE owner_clock
  DROP COLUMN notifying_until,
  DROP COLUMN has_news;
