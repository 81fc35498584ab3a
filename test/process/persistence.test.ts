// What a stop and a start must not change.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newDataDirectory, newDirectory, startService } from '../support/process.ts';

const tasksPath = '/api/v1/users/me/tasks';

describe('a restart', { timeout: 300_000 }, () => {
  test('with SIGTERM keeps every task unchanged, and the first development token valid', async () => {
    const env = { DATA_DIR: await newDataDirectory() };
    const first = await startService(env);
    const ids: string[] = [];
    for (const title of ['kept', 'changed', 'completed', 'deleted']) {
      ids.push(
        (await first.send('POST', tasksPath, { json: { title, description: `${title} é 🦆` } })).json.id,
      );
    }
    await first.send('PATCH', `${tasksPath}/${ids[1]}`, {
      json: { title: 'changed twice', description: null },
    });
    await first.send('PATCH', `${tasksPath}/${ids[2]}/complete`);
    await first.send('DELETE', `${tasksPath}/${ids[3]}`);
    const before = await first.send('GET', tasksPath);
    expect(before.json.items).toHaveLength(3);
    expect(await first.end('SIGTERM')).toEqual({ code: 0, signal: null });

    const second = await startService(env);
    const token = first.token;
    expect((await second.send('GET', tasksPath, { token })).text).toBe(before.text);
    expect((await second.send('GET', '/api/v1/session', { token })).json.user_id).toBe('dev');
    expect((await second.send('GET', `${tasksPath}/${ids[3]}`, { token })).status).toBe(404);
    const headers = { 'If-Match': '"2"' };
    const json = { title: 'changed after the restart' };
    expect(
      (await second.send('PATCH', `${tasksPath}/${ids[1]}`, { token, json, headers })).json.version,
    ).toBe(3);
  });

  test('finds data that only the owner of the directory can read', async () => {
    const directory = join(await newDirectory(), 'data');
    await startService({ DATA_DIR: directory });
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(join(directory, 'jwt-secret'))).mode & 0o777).toBe(0o600);
  });
});
