// Shared code of the samples of several languages.
import type { Operation } from '../operations.ts';

export const camel = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
export const pascal = (name: string) => camel(name).replace(/^./, (letter) => letter.toUpperCase());
export const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
export const indent = (text: string, by: string) => text.replaceAll('\n', `\n${by}`);

/** A value in JSON, which is also the notation of most languages. */
export const literal = (value: unknown) => JSON.stringify(value);

/** A string in single quotes. */
export const quoted = (text: string) => `'${text.replace(/['\\]/g, '\\$&')}'`;

/** The values of the path's parameters. */
export const pathValues = ({ inPath }: Operation) => inPath.map(({ example }) => literal(example));

/**
 * The fields of a body whose values are all plain, so that a language's own constructor accepts
 * them.
 */
export const plainFields = ({ body }: Operation): readonly [string, unknown][] | null => {
  const fields = Object.entries(body?.value ?? {});
  return body?.schema.properties && fields.every(([, value]) => typeof value !== 'object' || value === null)
    ? fields
    : null;
};
