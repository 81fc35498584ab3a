// The Content-Security-Policy of a self-contained page: it allows the page's own inline scripts and
// styles, by their hashes, and nothing else. It contains no host, so the page cannot load from,
// send to, or be framed by anything.
import { createHash } from 'node:crypto';

const hashed = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const blocks = (html: string, element: 'script' | 'style'): string[] => {
  const found = html.matchAll(new RegExp(`<${element}(?:\\s[^>]*)?>([\\s\\S]*?)</${element}>`, 'g'));
  return [...new Set([...found].map(([, text = '']) => hashed(text)))];
};

const common = ["default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"];

/**
 * The policy of an HTML page (Content Security Policy, level 3). The documentation's script adds
 * empty style elements and fills them through the CSSOM, sets style attributes, and searches in
 * workers that it creates from its own text. A page without scripts may do none of that.
 */
export const pagePolicy = (html: string): string => {
  const scripts = blocks(html, 'script');
  const styles = blocks(html, 'style');
  const directives = [
    ...common,
    'img-src data:',
    'font-src data:',
    `style-src ${(scripts.length > 0 ? [hashed(''), ...styles] : styles).join(' ')}`,
    ...(scripts.length > 0
      ? [`script-src ${scripts.join(' ')}`, "style-src-attr 'unsafe-inline'", 'worker-src blob:']
      : []),
  ];
  return directives.join('; ');
};

/**
 * The policy of the console: its own script and styles, by their hashes, and requests to the server
 * that it came from. It allows no evaluation of text, no inline styles, and no host, the server's
 * own files included.
 */
export const consolePolicy = (html: string): string => {
  const [scripts, styles] = [blocks(html, 'script'), blocks(html.replace(/<script>.*/s, ''), 'style')];
  return [
    ...common,
    "connect-src 'self'",
    'img-src data:',
    `script-src ${scripts.join(' ')}`,
    `style-src ${styles.join(' ')}`,
  ].join('; ');
};
