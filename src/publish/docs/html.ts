// The little that the docs page needs to write HTML by hand.

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The id of a section with this title. */
export const slugOf = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

/** A heading that shows the link to itself when it is pointed at. */
export const heading = (level: number, id: string, title: string): string =>
  `<h${level} id="${id}">${escaped(title)} <a class="anchor" href="#${id}" aria-label="Link to ${escaped(title)}">#</a></h${level}>`;

/** Code that can be scrolled with a keyboard, too. */
export const code = (text: string): string =>
  `<pre tabindex="0"><code>${escaped(text.trimEnd())}</code></pre>`;

export const json = (value: unknown): string => code(JSON.stringify(value, null, 2));
