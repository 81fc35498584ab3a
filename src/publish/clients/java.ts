// The Java SDK.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sdkBundle } from '../sdk-bundle.ts';
import { generateWithRedocly } from './redocly.ts';

/**
 * The Java generator throws at an object of a type that it does not know, which a later version may
 * add to a list. This leaves such objects out of the list instead. Throws if there is nothing left
 * to replace.
 */
const skipUnknownTypes = (code: string): string =>
  [
    [/throw new IllegalArgumentException\("Unknown \w+ value: " \+ data\.get\("\w+"\)\);/g, 'return null;'],
    [
      /out\.add\(item\.apply\(entry\)\);/g,
      'T read = item.apply(entry);\n            if (read != null) {\n                out.add(read);\n            }',
    ],
  ].reduce((before, [pattern = '', replacement = '']) => {
    const after = before.replace(pattern, String(replacement));
    if (after === before) throw new Error('The Java generator has changed: see skipUnknownTypes.');
    return after;
  }, code);

export const java = (directory: string): void => {
  const sources = join(directory, 'src/main/java/tasksapi');
  mkdirSync(sources, { recursive: true });
  generateWithRedocly('java', join(sources, 'client.ts'));
  const client = join(sources, 'Client.java');
  writeFileSync(client, skipUnknownTypes(readFileSync(client, 'utf8')));
  writeFileSync(
    join(directory, 'pom.xml'),
    `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tasksapi</groupId>
  <artifactId>tasks-api</artifactId>
  <version>${sdkBundle().info.version}</version>
  <description>Client of the Tasks API, generated from its contract</description>
  <properties>
    <maven.compiler.release>17</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
</project>
`,
  );
};
