// Shared code of the samples of several languages.

export const camel = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
export const pascal = (name: string) => camel(name).replace(/^./, (letter) => letter.toUpperCase());
export const indent = (text: string, by: string) => text.replaceAll('\n', `\n${by}`);

/** A value in JSON, which is also the notation of most languages. */
export const literal = (value: unknown) => JSON.stringify(value);

/** A string in single quotes. */
export const quoted = (text: string) => `'${text.replace(/['\\]/g, '\\$&')}'`;
