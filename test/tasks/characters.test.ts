// Contract and database agree about every character: what the one takes the other stores, whatever
// the database's locale. Each code point is a title by itself, where white space is all that is
// refused.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../src/db/migrations.ts';
import { createLogger } from '../../src/observability/log.ts';
import { type Api, startApi, type User } from '../support/app.ts';
import { isRealPostgres, startEmptyPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts';

// All of the scripts below U+3000, and beyond them: the ideographic space, fillers, private use,
// the byte order mark, specials and noncharacters, musical controls, tags, the last one.
const codePoints = [
  ...Array.from({ length: 0x3000 }, (_, n) => n).slice(1),
  ...[0x3000, 0x3164, 0xe000, 0xfe00, 0xfeff, 0xffa0, 0xfff9, 0xfffa, 0xfffb, 0xfffc, 0xfffd, 0xfffe, 0xffff],
  ...[0x1d173, 0x1d17a, 0x1f986, 0x1fffe, 0xe0001, 0xe0020, 0xe007f, 0xf0000, 0x10ffff],
];
const isWhiteSpace = (n: number) => String.fromCodePoint(n).trim() === '';

// Over HTTP: all spaces, controls, formats and the Latin letters, and of the others every
// sixteenth.
const sent = codePoints.filter(
  (n) => n < 0x250 || n % 16 === 0 || n >= 0x3000 || /[\p{Z}\p{Cc}\p{Cf}]/u.test(String.fromCodePoint(n)),
);

const databases: [string, () => Promise<TestPostgres>][] = [['the database of the tests', startPostgres]];
if (isRealPostgres) {
  databases.push([
    'an ICU database',
    async () => {
      const options = "TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en'";
      const postgres = await startEmptyPostgres(options);
      await migrate({ url: postgres.url, direction: 'up' }, createLogger('silent'));
      return { poolMax: 4, preparedStatements: true, ...postgres };
    },
  ]);
}

describe.each(databases)('on %s', (_name, start) => {
  let api: Api;
  let user: User;
  beforeAll(async () => {
    api = await startApi({ postgres: await start() });
    user = await api.newUser();
  });
  afterAll(() => api.close());

  const stored = async (): Promise<[string, string | null][]> => {
    const text = (await user.send('GET', 'task-export')).text;
    const lines = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
    return lines.flatMap(({ task }) => (task === undefined ? [] : [[task.title, task.description]]));
  };

  test('a title and a description of any one character are stored as they are', async () => {
    const characters = sent.filter((n) => !isWhiteSpace(n)).map((n) => String.fromCodePoint(n));
    for (let from = 0; from < characters.length; from += 100) {
      const operations = characters
        .slice(from, from + 100)
        .map((title) => ({ op: 'create', task: { title, description: title } }));
      const answer = await user.send('POST', 'task-batches', { json: { operations } });
      expect([from, answer.status]).toEqual([from, 200]);
    }
    const expected = characters.map((title) => [title, title]);
    expect((await stored()).sort()).toEqual(expected.sort());
  });

  test('a title of white space alone, NUL or half a character is refused', async () => {
    const refused = [...sent.filter(isWhiteSpace).map((n) => String.fromCodePoint(n)), '\0', '\ud800'];
    for (const character of refused) {
      const answer = await user.send('POST', 'tasks', { json: { title: character } });
      expect([character, answer.status]).toEqual([character, 422]);
      expect(answer.json.errors[0].loc).toEqual(['body', 'title']);
    }
    expect(refused.length).toBeGreaterThan(20);
  });

  test('the database takes for white space what the contract does', async () => {
    const client = new pg.Client(api.postgres.url);
    await client.connect();
    try {
      const results = await client.query(`
        DO $$
        DECLARE
          n integer;
          refused integer[] := '{}';
        BEGIN
          FOREACH n IN ARRAY '{${codePoints.join(',')}}'::integer[] LOOP
            BEGIN
              PERFORM chr(n)::task_title;
            EXCEPTION WHEN check_violation THEN refused := refused || n;
            END;
          END LOOP;
          PERFORM set_config('test.refused', array_to_string(refused, ','), false);
        END
        $$;
        SELECT current_setting('test.refused') AS refused`);
      const rows = (results as unknown as pg.QueryResult<{ refused: string }>[]).at(-1)?.rows;
      expect(rows?.[0]?.refused.split(',').map(Number)).toEqual(codePoints.filter(isWhiteSpace));
    } finally {
      await client.end();
    }
  });
});
