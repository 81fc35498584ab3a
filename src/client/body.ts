// Reads a body into memory, if it is not too long.

/** The longest body, in bytes after decompression: a few kilobytes on the way can be a gigabyte here. */
export const longestBody = 64 * 2 ** 20;

/** The text of a body; undefined if it is too long. */
export const textOf = async ({ body }: Response): Promise<string | undefined> => {
  if (body === null) return '';
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    length += part.value.byteLength;
    if (length > longestBody) {
      await reader.cancel().catch(() => {});
      return undefined;
    }
    text += decoder.decode(part.value, { stream: true });
  }
  return text + decoder.decode();
};
