// The Content-Security-Policy of a self-contained page: it allows the page's own inline scripts and
// styles, by their hashes, and nothing else. It contains no host, so the page cannot load from,
// send to, or be framed by anything.
import { createHash } from 'node:crypto';

const hashed = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const hashOf = (html: string, element: 'script' | 'style'): string => {
  const [, text = ''] = new RegExp(`<${element}>([\\s\\S]*?)</${element}>`).exec(html) ?? [];
  return hashed(text);
};

const common = ["default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"];

/**
 * The policy of a page with one style and no script (Content Security Policy, level 3); the icon is
 * an empty `data:` address.
 */
export const pagePolicy = (html: string): string =>
  [...common, 'img-src data:', `style-src ${hashOf(html, 'style')}`].join('; ');

/**
 * The policy of the console: its one script and style, and requests to the server that it came
 * from. It allows no evaluation of text, no inline styles, and no host, the server's own files
 * included.
 */
export const consolePolicy = (html: string): string =>
  [pagePolicy(html), "connect-src 'self'", `script-src ${hashOf(html, 'script')}`].join('; ');
