// The contract's descriptions, which are Markdown, as HTML. Their second-level headings are sections
// of the page.
import { Marked } from 'marked';
import { code, escaped, heading, slugOf } from './html.ts';

const marked = new Marked({
  renderer: {
    heading: ({ depth, text }) => heading(depth, slugOf(text), text),
    code: ({ text }) => code(text),
    // A command that fits a phone stays on one line, where a hyphen would break it.
    codespan: ({ text }) =>
      `<code${/^npm /.test(text) && text.length <= 30 ? ' class="command"' : ''}>${escaped(text)}</code>`,
    table(token) {
      const cells = (row: typeof token.header, tag: string) =>
        `<tr>${row.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join('')}</tr>`;
      const rows = token.rows.map((row) => cells(row, 'td')).join('\n');
      return `<table>\n<thead>${cells(token.header, 'th')}</thead>\n<tbody>${rows}</tbody>\n</table>\n`;
    },
  },
});

export const markdown = (text = ''): string => marked.parse(text, { async: false });

/** Markdown without a paragraph around it. */
export const inline = (text = ''): string => marked.parseInline(text.trim(), { async: false });
