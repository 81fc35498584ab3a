-- Up Migration

-- A title holds something besides white space, and white space is what ECMAScript takes for it, as the contract does:
-- spelled out, because what `\s` means depends on the collation and on the operating system. The collation is named,
-- because the check would otherwise run under the database's own.
ALTER DOMAIN task_title DROP CONSTRAINT task_title_check;
ALTER DOMAIN task_title ADD CONSTRAINT task_title_check CHECK (
  char_length(VALUE) BETWEEN 1 AND 200
  AND (VALUE COLLATE "C") ~ '[^\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]'
);

-- Down Migration

-- The check before refuses titles that this one takes, so it is not held against what is there.
ALTER DOMAIN task_title DROP CONSTRAINT task_title_check;
ALTER DOMAIN task_title ADD CONSTRAINT task_title_check
  CHECK (char_length(VALUE) BETWEEN 1 AND 200 AND VALUE ~ '\S') NOT VALID;
