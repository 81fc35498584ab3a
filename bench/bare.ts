// The baseline: the cost of node:http, pg and the service's own statements, with nothing around
// them. It checks no token, validates nothing and trusts the path.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import pg from 'pg';
import { placeholders, type Statement, statements } from './statements.ts';

const { DATABASE_URL: connectionString, PORT } = process.env;
const pool = new pg.Pool({ connectionString, max: 10 });
pool.on('error', () => {});

const run = async ({ name, text, values }: Statement, filled: Record<string, string>) => {
  const { rows } = await pool.query({
    name,
    text,
    values: values.map((value) => filled[value as string] ?? value),
  });
  return rows;
};

const bodyOf = async (request: IncomingMessage): Promise<{ title: string }> => {
  let text = '';
  for await (const chunk of request) text += chunk;
  return JSON.parse(text);
};

const answer = async (request: IncomingMessage): Promise<[number, unknown]> => {
  const [path = ''] = (request.url ?? '').split('?');
  const [, , , , owner = '', , id = ''] = path.split('/');
  const filled = { [placeholders.owner]: owner, [placeholders.id]: id };
  if (request.method === 'GET') {
    if (id !== '') return [200, (await run(statements.get, filled))[0]];
    const items = await run(statements.list, filled);
    return [200, { items: items.slice(0, 20), next_cursor: items[20]?.id ?? null }];
  }
  const { title } = await bodyOf(request);
  const statement = request.method === 'POST' ? statements.create : statements.update;
  const [row] = await run(statement, { ...filled, [placeholders.title]: title });
  return [request.method === 'POST' ? 201 : 200, row];
};

const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const [status, body] = await answer(request);
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
  });
  response.end(text);
};

createServer((request, response) => {
  serve(request, response).catch((error) => {
    console.error(error);
    response.writeHead(500).end();
  });
}).listen(Number(PORT), '127.0.0.1');
