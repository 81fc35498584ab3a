// If-Match and If-None-Match (RFC 9110, section 13.1) against a task's version. An entity tag is
// the version in double quotes; any other tag is well formed but matches no task.

/** What the two headers demand of the version that a task has now. */
export interface Precondition {
  /** The versions of which it must have one; null for no demand. */
  readonly match: readonly number[] | null;
  /** The versions of which it must have none. */
  readonly noneMatch: readonly number[];
  /** True for `If-None-Match: *`, which no existing task meets. */
  readonly mustNotExist: boolean;
  /** True for any `If-Match`, which what has been deleted does not meet. */
  readonly mustExist?: boolean;
}

export interface ConditionalHeaders {
  readonly 'if-match'?: string;
  readonly 'if-none-match'?: string;
}

// RFC 9110, section 8.8.3: an opaque tag may hold any visible character, and bytes above ASCII,
// which Node reads as Latin-1.
const entityTag = /(W\/)?"([\x21\x23-\x7E\x80-\xFF]*)"/g;
const version = /^[1-9]\d{0,9}$/;
/** The largest version that a task can have, an integer of Postgres. */
export const maxVersion = 2 ** 31 - 1;

/**
 * The opaque tags of an If-None-Match header, compared weakly; null for `*`, which any page has.
 */
export const tagsIn = (header: string | undefined): string[] | null =>
  header === '*' ? null : [...(header ?? '').matchAll(entityTag)].map(([, , opaque = '']) => opaque);

const versionsIn = (header: string, comparison: 'strong' | 'weak'): number[] => {
  const versions = [...header.matchAll(entityTag)].flatMap(([, weak, opaque = '']) => {
    if (weak !== undefined && comparison === 'strong') return [];
    return version.test(opaque) && Number(opaque) <= maxVersion ? [Number(opaque)] : [];
  });
  return [...new Set(versions)];
};

/** Reads the two headers, which the contract has found well formed. */
export const preconditionOf = (headers: ConditionalHeaders): Precondition => {
  const match = headers['if-match'];
  const noneMatch = headers['if-none-match'];
  return {
    match: match === undefined || match === '*' ? null : versionsIn(match, 'strong'),
    noneMatch: noneMatch === undefined || noneMatch === '*' ? [] : versionsIn(noneMatch, 'weak'),
    mustNotExist: noneMatch === '*',
    mustExist: match !== undefined,
  };
};

/** Whether a task of this version meets the demand of If-Match. */
export const meetsMatch = ({ match }: Precondition, current: number): boolean =>
  match === null || match.includes(current);

/** Whether a task of this version meets the demand of If-None-Match. */
export const meetsNoneMatch = ({ noneMatch, mustNotExist }: Precondition, current: number): boolean =>
  !mustNotExist && !noneMatch.includes(current);

/** Whether a task of this version meets both. */
export const meets = (precondition: Precondition, current: number): boolean =>
  meetsMatch(precondition, current) && meetsNoneMatch(precondition, current);

/** The strong entity tag of a version (RFC 9110, section 8.8.3). */
export const etagOf = ({ version: current }: { readonly version: number }): string => `"${current}"`;
