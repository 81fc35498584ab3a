// When two labels are the same one: letter case does not matter. The database decides, because its
// version of Unicode can be older than the one of the service: what it has no small letter for stays
// as it is in all that reads labels. The service only refuses equal labels in one task.
import { type FragmentSqlToken, type IdentifierSqlToken, sql } from 'slonik';

/**
 * A label in one letter case. Greek writes its sigma in another way at the end of a word, and the
 * capital dotted I has no single letter to become.
 */
export const foldLabel = (label: string): string =>
  label.replaceAll('\u0130', 'i').toLowerCase().replaceAll('ς', 'σ');

/** `foldLabel` in SQL, as a text that is ordered by code point. */
export const foldedLabel = (label: FragmentSqlToken | IdentifierSqlToken): FragmentSqlToken => sql.fragment`
  (replace(lower(replace(${label}, 'İ', 'i') COLLATE task_search), 'ς', 'σ') COLLATE "C")
`;

/**
 * The different labels of a list that is separated by commas and composed (NFC), each as it is
 * stored.
 */
export const labelsOfList = (list: string): string[] => [
  ...new Set(list.split(',').map((label) => label.trim())),
];

/** An array of labels, null or a value of a statement, in one letter case: folded once, not per row. */
export const foldedArray = (labels: FragmentSqlToken): FragmentSqlToken => sql.fragment`
  (SELECT array_agg(${foldedLabel(sql.fragment`label`)}) FROM unnest(${labels}) AS item (label))
`;

/**
 * The labels of a row in one letter case. The JSON text of labels has no letters but theirs, so it
 * is folded as a whole.
 */
export const foldedLabels = sql.fragment`
  CASE WHEN labels = '[]' THEN labels ELSE ${foldedLabel(sql.fragment`labels::text`)}::jsonb END
`;

/**
 * What it costs to read the labels of a row: their bytes, and as much for each label as it costs to
 * count one. A long list, which may be stored compressed or elsewhere, counts as the longest one,
 * so that it is not read at all: hence it is tested first.
 */
export const labelWork = sql.fragment`
  CASE
    WHEN pg_column_compression(labels) IS NOT NULL OR pg_column_size(labels) > 1500 THEN 5000
    WHEN labels = '[]' THEN 0
    ELSE pg_column_size(labels) + 40 * jsonb_array_length(labels)
  END
`;
