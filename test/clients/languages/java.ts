// The Java SDK.
import { join } from 'node:path';
import { type Language, must } from '../language.ts';

const root = process.cwd();
const sdk = 'generated/clients/java';
const classes = (work: string) => join(work, 'classes');

export const java: Language = {
  name: 'java',
  label: 'Java',
  package: sdk,
  prepare: async (work) =>
    void (await must(
      [
        ...['javac', '-d', classes(work), join(sdk, 'src/main/java/tasksapi/Client.java')],
        'test/clients/java/Program.java',
      ],
      root,
    )),
  programs: (work) => [{ name: 'java', command: ['java', '-cp', classes(work), 'Program'], directory: root }],
  sample: { file: 'Sample.java', command: (work) => ['java', '-cp', classes(work), 'Sample.java'] },
};
