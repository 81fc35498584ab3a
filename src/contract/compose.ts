// The composition of characters (Unicode NFC), within a bound: it takes time that grows with the
// square of the number of combining marks that are out of order. A megabyte of them would stop the
// process for minutes.

/**
 * More combining marks in a row than this, in UTF-16 units, are more than 50 characters after their
 * composition, and no label is so long.
 */
const mostMarks = 400;

/**
 * The text without white space around it, and with its characters composed. A text that is too long
 * to have at most `most` characters afterwards stays uncomposed; it has more than `most` as it is.
 * A character is the composition of at most four code points (Unicode Standard Annex 15, section
 * 3.3), of two UTF-16 units each. Of labels in a list, one that is too long leaves the list as it is.
 */
export const compose = (text: string, most: number): string => {
  const trimmed = text.trim();
  if (trimmed.length > most * 8) return trimmed;
  const runs: readonly string[] = trimmed.match(/\p{M}+/gu) ?? [];
  return runs.some(({ length }) => length > mostMarks) ? trimmed : trimmed.normalize('NFC').trim();
};
