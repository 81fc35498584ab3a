// How much structure a JSON text has, counted byte by byte as it arrives and before it is parsed.
// JSON.parse of a few megabytes of brackets, or of a million names, blocks the process for half a
// second, and the validation of the result for longer; the same amount of text in strings takes
// milliseconds.

/**
 * The maximum number of values in the body of a batch, both members and items; any other body may
 * have a tenth. That is far more than any operation accepts, so the response to a body with
 * slightly too many of something can name it.
 */
export const maxValues = 10_000;

/** The maximum depth of nested arrays and objects. */
export const maxDepth = 32;

export interface JsonCounter {
  /**
   * Counts the next bytes of the text. Returns false once the text has too many values or is nested
   * too deep.
   */
  add(bytes: Uint8Array): boolean;
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
// `[` and `{`, `]` and `}` differ by this bit only.
const brace = 0x20;
const open = 0x7b;
const close = 0x7d;

/**
 * This many bytes of a string are read one by one before its end is searched for, because a search
 * costs as much to begin.
 */
const short = 128;

/** The number of backslashes directly before `at`, not counting those before `from`. */
const backslashesBefore = (bytes: Uint8Array, from: number, at: number): number => {
  let start = at;
  while (start > from && bytes[start - 1] === backslash) start -= 1;
  return at - start;
};

/** The position of the unescaped quote that ends the string at `at`, or the end of the bytes. */
const endOfString = (bytes: Uint8Array, at: number): number => {
  for (let next = bytes.indexOf(quote, at); next >= 0; next = bytes.indexOf(quote, next + 1)) {
    if (backslashesBefore(bytes, at, next) % 2 === 0) return next;
  }
  return bytes.length;
};

/**
 * A counter for one text of at most this many values. Whether the text is JSON is left to the
 * parser.
 */
export const createJsonCounter = (most: number): JsonCounter => {
  let values = 1;
  let depth = 0;
  let inString = false;
  let isEscaped = false;
  return {
    add: (bytes) => {
      // By index, and on bytes: every body passes through here, and `for … of` or a string takes
      // several times as long.
      let start = 0;
      for (let at = 0; at < bytes.length; at++) {
        const byte = bytes[at] as number;
        if (inString) {
          if (isEscaped) isEscaped = false;
          else if (byte === backslash) isEscaped = true;
          else if (byte === quote) inString = false;
          else if (at - start > short) {
            const end = endOfString(bytes, at);
            inString = end === bytes.length;
            isEscaped = inString && backslashesBefore(bytes, at, end) % 2 === 1;
            at = end;
          }
        } else if (byte === quote) {
          inString = true;
          start = at;
        } else if (byte === comma) values += 1;
        else if ((byte | brace) === open) {
          values += 1;
          depth += 1;
          if (depth > maxDepth) return false;
        } else if ((byte | brace) === close) depth -= 1;
      }
      return values <= most && depth <= maxDepth;
    },
  };
};
