// The Go SDK, installed from a module proxy that has nothing else, as `go get` would install it.
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { goModule } from '../../../src/publish/clients/go.ts';
import { type Language, must } from '../language.ts';

const sdk = join(process.cwd(), 'generated/clients/go');
const program = 'test/clients/go';
const version = 'v0.0.1';

const goIn = (work: string): string[] => [
  'env',
  `GOPROXY=file://${work}/proxy`,
  'GONOSUMDB=*',
  `GOMODCACHE=${work}/modules`,
  'GOFLAGS=-mod=mod -modcacherw',
  'go',
];

// `python3 -m zipfile` adds entries of folders, which Go refuses.
const zip = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as made:
    for name in sys.argv[2:]:
        made.write(name)
`;

/** Puts the module into a proxy of files (https://go.dev/ref/mod#goproxy-protocol). */
const publish = async (work: string): Promise<void> => {
  const versions = join(work, 'proxy', goModule, '@v');
  mkdirSync(versions, { recursive: true });
  const files = readdirSync(sdk).map((name) => `${goModule}@${version}/${name}`);
  cpSync(sdk, join(work, 'zip', `${goModule}@${version}`), { recursive: true });
  await must(['python3', '-c', zip, join(versions, `${version}.zip`), ...files], join(work, 'zip'));
  cpSync(join(sdk, 'go.mod'), join(versions, `${version}.mod`));
  writeFileSync(join(versions, `${version}.info`), JSON.stringify({ Version: version }));
  writeFileSync(join(versions, 'list'), `${version}\n`);
};

const goMod = `module program\n\ngo 1.24\n\nrequire ${goModule} ${version}\n`;

export const go: Language = {
  name: 'go',
  label: 'Go',
  package: sdk,
  prepare: async (work) => {
    const unformatted = await must(['gofmt', '-l', sdk, program], process.cwd());
    if (unformatted !== '') throw new Error(`not as gofmt formats it: ${unformatted}`);
    await must(['go', 'vet', './...'], sdk);
    await must(['go', 'test', './...'], sdk);
    await publish(work);
    cpSync(program, join(work, 'go'), { recursive: true });
    writeFileSync(join(work, 'go/go.mod'), goMod);
    await must([...goIn(work), 'vet', '.'], join(work, 'go'));
  },
  programs: (work) => [{ name: 'go', command: [...goIn(work), 'run', '.'], directory: join(work, 'go') }],
  sample: {
    file: 'sample.go',
    command: (work) => [...goIn(work), 'run', '.'],
    files: { 'go.mod': goMod },
  },
  undo: {
    readme: join(sdk, 'README.md'),
    program: (block) => `package main

import (
	"context"
	"log"
	"os"

	"${goModule}"
)

func example(ctx context.Context, client *tasks.Client, id string) error {
${block}
	return nil
}

func main() {
	client, err := tasks.New(os.Getenv("API"), tasks.WithToken(os.Getenv("TOKEN")))
	if err != nil {
		log.Fatal(err)
	}
	if err := example(context.Background(), client, os.Getenv("ID")); err != nil {
		log.Fatal(err)
	}
}
`,
  },
};
