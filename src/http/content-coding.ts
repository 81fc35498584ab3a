// Which content coding a client gets (RFC 9110, section 12.5.3).
import type { ContentCoding } from '../contract/operation.ts';

/** The order of preference among codings with the same weight: the smallest result first. */
const preference: readonly ContentCoding[] = ['br', 'gzip', 'identity'];

/** A longer header field is ignored; browsers send some 30 characters. */
const longest = 1000;

const weight = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/** The weights by coding, in lower case. An element that is not well formed counts as absent. */
const weightsIn = (field: string): ReadonlyMap<string, number> =>
  new Map(
    field.split(',').flatMap((element) => {
      const [coding = '', ...parameters] = element.split(';').map((part) => part.trim().toLowerCase());
      const [, q = parameters.length === 0 ? '1' : undefined] = weight.exec(parameters.join(';')) ?? [];
      return coding === '' || q === undefined ? [] : [[coding.replace(/^x-/, ''), Number(q)] as const];
    }),
  );

/**
 * The coding to use, one of `available` or identity. Without the header field it is identity,
 * because not every client that omits the field can decode. It is also identity if nothing is
 * acceptable: a 406 would help no one.
 */
export const codingFor = (field: string | undefined, available: readonly ContentCoding[]): ContentCoding => {
  if (field === undefined || field.length > longest) return 'identity';
  const weights = weightsIn(field);
  const others = weights.get('*');
  // Identity is acceptable unless it is excluded, and the last choice unless it is named.
  const least = others === 0 ? 0 : Number.MIN_VALUE;
  const weightOf = (coding: ContentCoding): number =>
    weights.get(coding) ?? (coding === 'identity' ? least : (others ?? 0));
  const [best] = preference
    .filter((coding) => coding === 'identity' || available.includes(coding))
    .map((coding) => ({ coding, q: weightOf(coding) }))
    .filter(({ q }) => q > 0)
    .sort((a, b) => b.q - a.q);
  return best?.coding ?? 'identity';
};
