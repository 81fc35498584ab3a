// What the address of the service may look like below its host: the service itself is at the root, and a proxy in front
// may put it below a path. The characters need no escape in JSON, YAML, HTML or a header field.

/** No empty segment, so that a prefix is never read as a host (`//host`), and none of dots, which clients resolve. */
const prefix = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)*$/;

const longest = 200;

/** Whether this can stand before every path: nothing, or segments that each begin with a slash, 200 characters at most. */
export const isPathPrefix = (text: string): boolean => text.length <= longest && prefix.test(text);
