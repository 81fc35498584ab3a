import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from '../../clients/language.ts';
import { cacheOf, clientSteps, goInstall, programOf, runProgram, type Tool } from '../tool.ts';

const [name, version] = ['ogen', '1.24.0'] as const;

export const ogen: Tool = {
  name,
  version,
  makes: 'Go',
  install: () => goInstall(name, version, 'github.com/ogen-go/ogen/cmd/ogen'),
  phases: {
    generate: async ({ work, contract }) => {
      // The client only: a server is as much code again.
      const features = { disable_all: true, enable: ['paths/client'] };
      writeFileSync(join(work, 'ogen.json'), JSON.stringify({ generator: { features } }));
      const options = ['--config', 'ogen.json', '--package', 'api', '--target', 'api', '--clean'];
      await must([join(cacheOf(name, version), name), ...options, contract], work);
      return undefined;
    },
    compile: async ({ work }) => {
      copyFileSync(programOf('ogen.go'), join(work, 'main.go'));
      writeFileSync(
        join(work, 'go.mod'),
        `module program\n\ngo 1.24\n\nrequire github.com/ogen-go/ogen v${version}\n`,
      );
      await must(['go', 'mod', 'tidy'], work);
      await must(['go', 'build', '-p', '1', '-o', 'program', '.'], work);
      return undefined;
    },
    run: (context) => runProgram(['./program'], context),
  },
  steps: clientSteps,
  note: 'checks a request before it sends it; holds the whole export in memory',
};
