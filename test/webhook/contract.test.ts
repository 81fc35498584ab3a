// The webhook as it is published: what is sent is what the contract declares, the documentation shows
// it, and the receiver of OPERATIONS.md works.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { OpenAPIV3 } from 'openapi-types';
import { expect, onTestFinished, test } from 'vitest';
import { webhooksOf } from '../../src/publish/contract.ts';
import { startApi } from '../support/app.ts';
import { document, violations } from '../support/contract.ts';
import { newDirectory, run } from '../support/process.ts';
import { newSecret, ownPostgres, settingsFor, startReceiver, startWebhookApi } from '../support/receiver.ts';
import { testSecret } from '../support/tokens.ts';

const postgres = ownPostgres();

const [declared] = webhooksOf(document as OpenAPIV3.Document);

test('a message is what the contract declares, and so are its examples', async () => {
  const receiver = await startReceiver();
  const api = await startWebhookApi(receiver.url, { postgres: postgres() });
  const user = await api.newUser();
  await user.create({ title: 'x' });
  await expect.poll(() => receiver.of(user.id).length).toBe(1);
  await user.send('DELETE', '/api/v1/users/me');
  await expect.poll(() => receiver.of(user.id).at(-1)?.change).toBeNull();
  const schema = declared?.body?.schema ?? {};
  const examples = Object.values(declared?.body?.examples ?? {}).map((one) => 'value' in one && one.value);
  expect(examples).toHaveLength(2);
  for (const body of [...receiver.of(user.id).map((one) => JSON.parse(one.body)), ...examples]) {
    expect(violations(schema, body)).toEqual([]);
  }
  for (const { headers } of receiver.of(user.id)) {
    for (const { name, schema: header = {} } of declared?.parameters ?? []) {
      expect([name, violations(header, headers[name])]).toEqual([name, []]);
    }
  }
  expect(readFileSync('generated/docs.html', 'utf8')).toContain('id="tasksChanged"');
});

/** The receiver, and its back-end.js for development. */
const examples = () => {
  const page = readFileSync('OPERATIONS.md', 'utf8');
  const [, section = ''] = /### A receiver\n([\s\S]*?)\n## /.exec(page) ?? [];
  return [...section.matchAll(/```js\n([\s\S]*?)```/g)].map(([, code = '']) =>
    code.replace(/'(standardwebhooks|jose)'/, (_, name) => JSON.stringify(import.meta.resolve(name))),
  );
};

/** Passes requests on to `url`. It cuts off the first one, and responds with each of `statuses` to those after it. */
const startUnreliable = async (url: string, statuses: readonly number[]): Promise<string> => {
  const left = [...statuses];
  let isFirst = true;
  const server = http.createServer(async (request, response) => {
    if (isFirst) {
      isFirst = false;
      request.socket.destroy();
      return;
    }
    const status = left.shift();
    if (status !== undefined) return response.writeHead(status).end();
    const { authorization = '' } = request.headers;
    const passed = await fetch(new URL(request.url ?? '', url), { headers: { authorization } });
    return response.writeHead(passed.status).end(await passed.text());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

test('the receiver of OPERATIONS.md follows each user, also when the API fails, and after everything was deleted', {
  timeout: 60_000,
}, async () => {
  const secret = newSecret();
  // The port of a receiver that was there a moment ago is free.
  const place = await startReceiver();
  await place.close();
  const api = await startApi({
    postgres: postgres(),
    webhook: { settings: settingsFor(place.url, secret) },
  });
  try {
    const user = await api.newUser();
    const directory = await newDirectory();
    const file = join(directory, 'receiver.js');
    const [receiver = '', backEnd = ''] = examples();
    await writeFile(join(directory, 'package.json'), '{"type":"module"}');
    await writeFile(join(directory, 'back-end.js'), backEnd);
    await writeFile(file, receiver);
    const program = run(pathToFileURL(file).pathname, [], {
      API: await startUnreliable(api.url, [429, 503]),
      PORT: new URL(place.url).port,
      WEBHOOK_SECRET: secret,
      JWT_SECRET: testSecret,
    });
    await expect
      .poll(() =>
        fetch(place.url, { method: 'POST', body: '{}' }).then(
          (one) => one.status,
          () => null,
        ),
      )
      .toBe(401);
    const follows = (isAnew: boolean, title: string) => () =>
      program
        .stdout()
        .split('\n')
        .some((line) => line.includes(`"isAnew":${isAnew}`) && line.includes(title));
    await user.create({ title: 'first' });
    await program.until(follows(true, '"title":"first"'));
    expect(program.stderr().match(/is read again in \d+ s: .*/g)).toEqual([
      expect.stringContaining('1 s: TypeError: fetch failed'),
      expect.stringContaining('2 s: Error: the feed responded with 429'),
      expect.stringContaining('4 s: Error: the feed responded with 503'),
    ]);
    await user.create({ title: 'second' });
    await program.until(follows(false, '"title":"second"'));
    await user.send('DELETE', '/api/v1/users/me');
    await program.until(follows(true, '"items":[]'));
  } finally {
    await api.close();
  }
});
