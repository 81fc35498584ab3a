// The generators of one program, each for a language of its own.
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, run } from '../../clients/language.ts';
import {
  type Context,
  cacheOf,
  clientSteps,
  installOnce,
  programOf,
  runProgram,
  type Tool,
} from '../tool.ts';

const [name, version] = ['openapi-generator', '7.25.0'] as const;

const install = () =>
  installOnce(name, version, (directory) =>
    must(
      [
        ...['mvn', '--quiet', '--batch-mode', 'dependency:copy', '-Dmdep.stripVersion=true'],
        ...[`-Dartifact=org.openapitools:openapi-generator-cli:${version}`, `-DoutputDirectory=${directory}`],
      ],
      directory,
    ),
  );

/** Generates a client, without the tests and pages that come with it. */
const generate = async (
  generator: string,
  output: string,
  { work, contract }: Context,
  ...options: readonly string[]
): Promise<undefined> => {
  const nothingElse = '--global-property=apiTests=false,modelTests=false,apiDocs=false,modelDocs=false';
  const jar = join(cacheOf(name, version), 'openapi-generator-cli.jar');
  await must(
    ['java', '-jar', jar, 'generate', '-g', generator, '-i', contract, '-o', output, nothingElse, ...options],
    work,
  );
};

export const openapiGeneratorGo: Tool = {
  name: `${name} go`,
  version,
  makes: 'Go',
  install,
  phases: {
    generate: (context) =>
      generate(
        'go',
        'api',
        context,
        '--additional-properties=packageName=api,withGoMod=false,useOneOfDiscriminatorLookup=true',
      ),
    compile: async ({ work }) => {
      copyFileSync(programOf('openapi-generator.go'), join(work, 'main.go'));
      writeFileSync(join(work, 'go.mod'), 'module program\n\ngo 1.24\n');
      await must(['go', 'mod', 'tidy'], work);
      await must(['go', 'build', '-p', '1', '-o', 'program', '.'], work);
      return undefined;
    },
    run: (context) => runProgram(['./program'], context),
  },
  steps: clientSteps,
  note: 'with `useOneOfDiscriminatorLookup=true`; holds the whole export in memory',
};

/** Compiles the client with its own manifest, and the program with it. */
const compileJava = async ({ work }: Context): Promise<undefined> => {
  const maven = [
    'mvn',
    '--quiet',
    '--batch-mode',
    '-f',
    'client/pom.xml',
    '-DskipTests',
    '-Dmaven.javadoc.skip=true',
  ];
  await must([...maven, 'compile', 'dependency:copy-dependencies', '-DoutputDirectory=target/lib'], work);
  mkdirSync(join(work, 'classes'));
  const path = 'client/target/classes:client/target/lib/*';
  await must(['javac', '-d', 'classes', '-cp', path, programOf('OpenapiGenerator.java')], work);
};

export const openapiGeneratorJava: Tool = {
  name: `${name} java`,
  version,
  makes: 'Java (`native`)',
  install,
  phases: {
    generate: (context) =>
      generate(
        'java',
        'client',
        context,
        ...['--library', 'native', '--additional-properties=useSingleRequestParameter=true'],
        // Every object of Java has a method of this name.
        ...['--parameter-name-mappings', 'wait=waitSeconds'],
      ),
    compile: compileJava,
    run: (context) =>
      runProgram(
        ['java', '-cp', 'classes:client/target/classes:client/target/lib/*', 'OpenapiGenerator'],
        context,
      ),
  },
  steps: clientSteps,
  fails: { export: 'it reads the lines as one JSON value' },
  note: '`useSingleRequestParameter=true`, or new parameters change calls; with it, `--parameter-name-mappings wait=waitSeconds`; the token in an interceptor',
};

const cargo = `[package]
name = "program"
version = "0.0.0"
edition = "2021"

[dependencies]
# The sandbox speaks plain HTTP, and an implementation of TLS takes minutes to compile.
tasks = { path = "client", default-features = false }
serde_json = "1"
`;

export const openapiGeneratorRust: Tool = {
  name: `${name} rust`,
  version,
  makes: 'Rust',
  isSlow: true,
  filter: 'del(.. | .discriminator?)',
  install,
  phases: {
    generate: (context) =>
      generate(
        'rust',
        'client',
        context,
        '--additional-properties=packageName=tasks,supportAsync=false,library=reqwest',
      ),
    compile: async ({ work }) => {
      mkdirSync(join(work, 'src'));
      writeFileSync(join(work, 'Cargo.toml'), cargo);
      copyFileSync(programOf('openapi-generator.rs'), join(work, 'src/main.rs'));
      await must(['cargo', 'build', '--quiet', '--jobs', '1'], work);
      return undefined;
    },
    run: (context) => runProgram(['target/debug/program'], context),
  },
  steps: clientSteps,
  fails: { export: 'it reads the lines as one JSON value' },
  note: 'a new parameter changes calls',
};

/** Installs what Debian has of PHP and of what the client requires, where a part of it is missing. */
const installPhp = async (): Promise<void> => {
  await install();
  const needed =
    "require 'GuzzleHttp/autoload.php'; exit(extension_loaded('curl') && extension_loaded('mbstring') ? 0 : 1);";
  const isInstalled = async (...command: readonly string[]) => (await run(command, '.')).code === 0;
  if ((await isInstalled('php', '-r', needed)) && (await isInstalled('jq', '--version'))) return;
  const packages = ['php-cli', 'php-curl', 'php-mbstring', 'php-guzzlehttp-guzzle', 'jq'];
  // Another installation may be running.
  const apt = ['apt-get', '-o', 'DPkg::Lock::Timeout=240'];
  const command = [...apt, 'install', '-y', '--no-install-recommends', ...packages];
  if (await isInstalled(...command)) return;
  // The lists of packages are missing, or too old.
  await must([...apt, 'update'], '.');
  await must(command, '.');
};

/** Checks each file, because a program loads only those that it needs. */
const lintPhp = async ({ work }: Context): Promise<undefined> => {
  const sources = readdirSync(join(work, 'client/src'), { recursive: true, encoding: 'utf8' });
  for (const source of sources.filter((file) => file.endsWith('.php'))) {
    await must(['php', '-l', join('client/src', source)], work);
  }
};

export const openapiGeneratorPhp: Tool = {
  name: `${name} php-nextgen`,
  version,
  makes: 'PHP',
  filter: 'del(.paths["/openapi.yaml"])',
  install: installPhp,
  phases: {
    generate: (context) => generate('php-nextgen', 'client', context),
    compile: lintPhp,
    run: (context) => runProgram(['php', programOf('openapi-generator.php')], context),
  },
  steps: [...clientSteps, 'batch'],
  note: 'a new parameter changes calls, so name the arguments; holds the whole export in memory',
};
