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
