// `npm run drift`: fails when generated/ is not what openapi.yaml generates, and says which file has drifted.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const directory = 'generated';

const contents = (): Map<string, string> =>
  new Map(
    readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(directory, name)).isFile())
      .map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
  );

const before = contents();
execFileSync('npm', ['run', '--silent', 'generate'], { stdio: ['ignore', 'ignore', 'inherit'] });
const after = contents();

const drifted = [...new Set([...before.keys(), ...after.keys()])].filter(
  (name) => before.get(name) !== after.get(name),
);
if (drifted.length > 0) {
  console.error(
    `Not what openapi.yaml generates (now regenerated; commit it):\n${drifted.map((name) => `  ${directory}/${name}`).join('\n')}`,
  );
  process.exit(1);
}
console.log(`${directory}/ is what openapi.yaml generates (${after.size} files).`);
