// When two labels are the same one: letter case does not matter. The service and the database
// compare them by the same rule.
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

/** The labels of a list that is separated by commas, each as it is stored, in one letter case. */
export const foldedLabelsOf = (list: string): string[] =>
  list.split(',').map((label) => foldLabel(label.normalize('NFC').trim()));

/**
 * The labels of a row in one letter case. The JSON text of labels has no letters but theirs, so it
 * is folded as a whole.
 */
export const foldedLabels = sql.fragment`
  CASE WHEN labels = '[]' THEN labels ELSE ${foldedLabel(sql.fragment`labels::text`)}::jsonb END
`;
