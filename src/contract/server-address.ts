// The possible paths of the service's address. The service itself is at the root, and a proxy in
// front may serve it below a path. The characters need no escape in JSON, YAML, HTML or a header
// field.

/**
 * No empty segment, so that a prefix is never read as a host (`//host`), and no segment of dots,
 * which clients resolve.
 */
const prefix = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)*$/;

const longest = 200;

/**
 * Whether a text can be a prefix of every path: empty, or segments that each begin with a slash, at
 * most 200 characters.
 */
export const isPathPrefix = (text: string): boolean => text.length <= longest && prefix.test(text);
