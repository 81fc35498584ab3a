// The Java SDK, installed by Maven into a repository of its own, from which a program takes it.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Language, must } from '../language.ts';

const root = process.cwd();
const sdk = 'generated/clients/java';
const program = 'test/clients/java';

const maven = (work: string) => ['mvn', '-B', '-q', `-Dmaven.repo.local=${work}/repository`];

/** What runs a class: the SDK and its dependencies, as Maven puts them together. */
const classPath = (work: string) => readFileSync(join(work, 'java/class-path'), 'utf8');

const programPath = (work: string) => `${join(work, 'classes')}:${classPath(work)}`;

const javac = (work: string, ...more: readonly string[]) => [
  ...['javac', '-Xlint:all', '-Werror', '-d', join(work, 'classes'), '-cp', classPath(work), ...more],
];

export const java: Language = {
  name: 'java',
  label: 'Java',
  package: sdk,
  prepare: async (work) => {
    cpSync(sdk, join(work, 'sdk'), { recursive: true });
    await must([...maven(work), 'install'], join(work, 'sdk'));
    cpSync(program, join(work, 'java'), { recursive: true });
    const version = JSON.parse(readFileSync('generated/openapi.json', 'utf8')).info.version;
    const pom = join(work, 'java/pom.xml');
    writeFileSync(pom, readFileSync(pom, 'utf8').replace('<version>VERSION<', `<version>${version}<`));
    await must(
      [...maven(work), 'dependency:build-classpath', '-Dmdep.outputFile=class-path'],
      join(work, 'java'),
    );
    mkdirSync(join(work, 'classes'));
    await must(javac(work, 'Program.java', 'Checks.java'), join(work, 'java'));
    await must(['java', '-cp', programPath(work), 'Checks'], root);
  },
  programs: (work) => [
    {
      name: 'java',
      command: ['java', '-cp', programPath(work), 'Program'],
      directory: root,
    },
  ],
  sample: { file: 'Sample.java', command: (work) => ['java', '-cp', classPath(work), 'Sample.java'] },
  undo: {
    readme: join(sdk, 'README.md'),
    program: (block) => `import com.example.tasks.*;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

public class Sample {
    public static void main(String[] args) {
        var tasks = TasksClient.builder(System.getenv("API")).token(System.getenv("TOKEN")).build();
        UUID id = UUID.fromString(System.getenv("ID"));
        ${block}
    }
}
`,
  },
};
