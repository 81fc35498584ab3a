// `npm run generate:console`: puts Swagger UI and src/console together as one self-contained page,
// so that an installation without development dependencies has it, and its policy needs no host.
// The server serves it at /console.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const page = 'generated/console.html';
const read = (file: string) => readFileSync(file, 'utf8');

const withoutMap = (text: string): string => text.replace(/\n(?:\/\/|\/\*)# sourceMappingURL=.*\s*$/, '\n');

/** A script for a script element, which ends at the first thing that looks like its end. */
const inline = (script: string): string => script.replaceAll(/<(?=\/script|!--)/gi, '\\x3C');

/** Puts `content` where the page has `place`. Throws if the page has no such place. */
const fill = (html: string, place: string, content: string): string => {
  const [before, after, ...more] = html.split(place);
  if (before === undefined || after === undefined || more.length > 0) throw new Error(`No single ${place}`);
  return before + content + after;
};

const swagger = 'node_modules/swagger-ui-dist/swagger-ui';
if (!existsSync(`${swagger}.css`)) throw new Error('swagger-ui-dist is not installed: run npm install');
const styles = [`${swagger}.css`, 'src/console/console.css'].map(read).map(withoutMap).join('');
// The licences of what the bundle contains are a file of comments.
const scripts = [`${swagger}-bundle.js.LICENSE.txt`, `${swagger}-bundle.js`, 'src/console/console.js']
  .map(read)
  .map(withoutMap)
  .join('\n');
const withStyles = fill(read('src/console/page.html'), '/* styles */', styles);
writeFileSync(page, fill(withStyles, '/* script */', inline(scripts)));
console.log(`${page}: ${Math.round(readFileSync(page).length / 1024)} KiB`);
