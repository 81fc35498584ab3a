// One process at a time on a data directory: the second must leave it alone and report why.
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newDataDirectory, newDirectory, run, runToEnd, startService } from '../support/process.ts';

const tasksPath = '/api/v1/users/me/tasks';

const refusal = (directory: string) =>
  `Another process is using ${directory}. Stop it first, or set DATA_DIR to another directory.\n`;

describe('a data directory', { timeout: 300_000 }, () => {
  test('that is in use refuses a second process, and the first is not affected', async () => {
    const directory = await newDataDirectory();
    const first = await startService({ DATA_DIR: directory });
    const before = await first.send('POST', tasksPath, { json: { title: 'before' } });
    const second = await runToEnd('src/start.js', [], { PORT: '0', DATA_DIR: directory });
    expect(second).toEqual({ code: 1, signal: null, stdout: '', stderr: refusal(directory) });
    const after = await first.send('POST', tasksPath, { json: { title: 'after' } });
    expect(after.status).toBe(201);
    expect((await first.send('GET', tasksPath)).json.items).toEqual([after.json, before.json]);

    await first.end('SIGTERM');
    const next = await startService({ DATA_DIR: directory });
    expect((await next.send('GET', tasksPath)).json.items).toEqual([after.json, before.json]);
  });

  test('is refused under another name, too', async () => {
    const directory = await newDataDirectory();
    const alias = join(await newDirectory(), 'alias');
    await symlink(directory, alias);
    await startService({ DATA_DIR: directory });
    const second = await runToEnd('src/start.js', [], { PORT: '0', DATA_DIR: alias });
    expect(second).toEqual({ code: 1, signal: null, stdout: '', stderr: refusal(alias) });
  });

  test('of a killed process is free at once', async () => {
    const directory = await newDataDirectory();
    const first = await startService({ DATA_DIR: directory });
    const created = await first.send('POST', tasksPath, { json: { title: 'kept' } });
    await first.end('SIGKILL');
    const next = await startService({ DATA_DIR: directory });
    expect((await next.send('GET', tasksPath)).json.items).toEqual([created.json]);
  });

  test('that two processes open at the same moment, before it exists, is used by only one of them', async () => {
    const directory = join(await newDirectory(), 'not', 'there');
    const env = { PORT: '0', DATA_DIR: directory };
    const both = [run('src/start.js', [], env), run('src/start.js', [], env)];
    const loser = await Promise.race(both.map((program) => program.exited.then(() => program)));
    expect(await loser.exited).toEqual({ code: 1, signal: null });
    expect(loser.stderr()).toBe(refusal(directory));
    const winner = both.find((program) => program !== loser);
    expect(await winner?.until(() => winner.stdout().includes('"msg":"listening"'))).toBe(true);
  });

  test('that cannot be written is refused with that reason', async () => {
    const directory = await newDirectory();
    await writeFile(join(directory, 'file'), '');
    await mkdir(join(directory, 'taken', 'lock'), { recursive: true });
    for (const unusable of [join(directory, 'file', 'data'), join(directory, 'taken')]) {
      const start = await runToEnd('src/start.js', [], { PORT: '0', DATA_DIR: unusable });
      expect(start).toEqual({
        code: 1,
        signal: null,
        stdout: '',
        stderr: `${unusable} cannot be used. Make it writable, or set DATA_DIR to another directory.\n`,
      });
    }
  });
});
