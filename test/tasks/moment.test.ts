// Moments: what is accepted, in which spelling it comes back, and what is refused. `Temporal` is the
// second opinion on the calendar, and Postgres on what may be stored.
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canonicalMoment, zoneNamesOf } from '../../src/tasks/moment.ts';
import { type Api, startApi, type User } from '../support/app.ts';
import { propertiesOf } from '../support/contract-values.ts';
import { queryPostgres } from '../support/postgres.ts';

const regions = [
  'Europe/Berlin',
  'America/Los_Angeles',
  'Asia/Tokyo',
  'Australia/Lord_Howe',
  'Europe/Kyiv',
  'UTC',
];
const zones = zoneNamesOf([
  ...regions,
  'posix/Europe/Berlin',
  'right/UTC',
  'Factory',
  'localtime',
  'CET',
  'EST',
]);

const two = (number: number) => String(number).padStart(2, '0');

const digits = fc.tuple(
  fc.integer({ min: 0, max: 9999 }),
  fc.integer({ min: 0, max: 13 }),
  fc.integer({ min: 0, max: 32 }),
);
const anyDate = digits.map(
  ([year, month, day]) => `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`,
);
const anyTime = fc
  .tuple(
    fc.integer({ min: 0, max: 24 }),
    fc.integer({ min: 0, max: 60 }),
    fc.option(fc.integer({ min: 0, max: 60 })),
  )
  .map(([hour, minute, second]) => `T${two(hour)}:${two(minute)}${second === null ? '' : `:${two(second)}`}`);
const anyOffset = fc.constantFrom('Z', '+00:00', '-00:00', '+01:00', '-08:00', '+14:00', '+05:45', '-23:59');
const anyZone = fc.constantFrom(...regions).map((zone) => `[${zone}]`);
const anyMoment = fc
  .tuple(anyDate, fc.oneof(fc.constant(''), anyTime), fc.oneof(fc.constant(''), anyOffset, anyZone))
  .map((parts) => parts.join(''));

/** What Temporal reads, which is laxer than this API in ways that these texts do not use. */
const readByTemporal = (text: string): boolean => {
  const [, time, offset, zone] = /^\d{4}-\d\d-\d\d(T[\d:]+)?(Z|[+-][\d:]+)?(\[.*\])?$/.exec(text) ?? [];
  if (text.startsWith('0000') || time?.endsWith(':60') || (time === undefined && (offset || zone)))
    return false;
  try {
    if (offset === undefined)
      return Temporal.PlainDateTime.from(text.replace(/\[.*\]/, ''), { overflow: 'reject' }).year > 0;
    const { year } = Temporal.Instant.from(text).toZonedDateTimeISO('UTC');
    return year >= 1 && year <= 9999;
  } catch {
    return false;
  }
};

const minute = (time = '') => /^T\d\d:60|^T\d\d:\d\d:60/.test(time);

describe('canonicalMoment', () => {
  test('accepts what Temporal reads, and nothing else', () => {
    fc.assert(
      fc.property(anyMoment, (text) => {
        expect([text, canonicalMoment(text, zones).fault === undefined]).toEqual([
          text,
          readByTemporal(text) && !minute(text.slice(10)),
        ]);
      }),
      { numRuns: 20_000 },
    );
  });

  test('has one spelling for each moment, which stands for the same', () => {
    fc.assert(
      fc.property(anyMoment, (text) => {
        const { moment } = canonicalMoment(text, zones);
        if (moment === undefined) return;
        expect(canonicalMoment(moment, zones)).toEqual({ moment });
        const [, offset, zone] = /(?:T[\d:]+)(Z|[+-][\d:]+)?(\[.*\])?$/.exec(text) ?? [];
        if (offset !== undefined) {
          const instant = Temporal.Instant.from(text).epochMilliseconds;
          expect(Temporal.ZonedDateTime.from(moment).epochMilliseconds).toBe(instant);
        } else {
          const local = (one: string) => Temporal.PlainDateTime.from(one.replace(/\[.*\]/, '')).toString();
          expect([local(moment), moment.includes('[')]).toEqual([local(text), zone !== undefined]);
        }
      }),
      { numRuns: 5000 },
    );
  });

  test('keeps the order of time within the first two forms', () => {
    const pairs = fc.tuple(anyDate, anyTime, anyDate, anyTime);
    fc.assert(
      fc.property(pairs, ([date, time, otherDate, otherTime]) => {
        for (const [one, other] of [
          [date, otherDate],
          [date + time, otherDate + otherTime],
        ] as const) {
          const [a, b] = [canonicalMoment(one, zones).moment, canonicalMoment(other, zones).moment];
          if (a === undefined || b === undefined) return;
          const order = Temporal.PlainDateTime.compare(a, b);
          expect([a, b, a < b, a > b]).toEqual([a, b, order < 0, order > 0]);
        }
      }),
      { numRuns: 5000 },
    );
  });

  test('its pattern in the contract accepts all that it accepts', () => {
    const pattern = new RegExp(propertiesOf('TaskCreate').get('due')?.pattern ?? '$^', 'u');
    fc.assert(
      fc.property(anyMoment, (text) => {
        if (canonicalMoment(text, zones).fault === undefined) expect(text).toMatch(pattern);
      }),
    );
  });

  test.each([
    ['2026-03-01T09:30:00', '2026-03-01T09:30'],
    ['2026-03-01T09:30:15', '2026-03-01T09:30:15'],
    ['2026-03-01T09:30:00.000Z', '2026-03-01T09:30[UTC]'],
    ['2026-03-01T09:30:15.000000000[UTC]', '2026-03-01T09:30:15[UTC]'],
    ['2026-03-01T09:30Z', '2026-03-01T09:30[UTC]'],
    ['2026-03-01T00:30:00+01:00', '2026-02-28T23:30[UTC]'],
    ['2026-03-01T09:30:15-08:00', '2026-03-01T17:30:15[UTC]'],
    ['2026-03-01T09:30[europe/kyiv]', '2026-03-01T09:30[Europe/Kyiv]'],
    ['0001-01-01T00:00[Asia/Tokyo]', '0001-01-01T00:00[Asia/Tokyo]'],
    ['9999-12-31T23:59:59[America/Los_Angeles]', '9999-12-31T23:59:59[America/Los_Angeles]'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59[UTC]'],
  ])('%s is %s', (text, moment) => {
    expect(canonicalMoment(text, zones)).toEqual({ moment });
  });
});

const odd = [
  ...['2026-02-31', '2025-02-29', '1900-02-29', '2026-13-01', '2026-00-10', '2026-04-31', '0000-01-01'],
  ...['2026-03-01T24:00', '2026-03-01T09:60', '2026-03-01T09:30:60', '2026-03-01t09:30', '2026-03-01 09:30'],
  ...[
    '2026-03-01T9:30',
    '2026-03-01T0930',
    '20260301',
    '2026-W09-7',
    '2026-060',
    '-000001-01-01',
    '+002026-03-01',
  ],
  ...['2026-03-01T09:30z', '2026-03-01T09:30+1', '2026-03-01T09:30+0100', '2026-03-01T09:30:15.5Z'],
  ...[
    '2026-03-01T',
    '2026-03-01T09:30 ',
    ' 2026-03-01',
    '2026-03-01 in the morning',
    '',
    'tomorrow',
    '2026-03-01\n',
  ],
  ...['2026-03-01Z', '2026-03-01[Europe/Berlin]', '2026-03-01T09:30[]', '2026-03-01T09:30[Europe/Nowhere]'],
  ...[
    '2026-03-01T09:30[Europe/Berlin][UTC]',
    '2026-03-01T09:30+01:00[Europe/Berlin]',
    '2026-03-01T09:30[!UTC]',
  ],
  ...[
    '2026-03-01T09:30[+01:00]',
    '2026-03-01T09:30[UTC+1]',
    '2026-03-01T09:30[GMT+1]',
    '2026-03-01T09:30[FOO3]',
  ],
  ...['2026-03-01T09:30[posix/Europe/Berlin]', '2026-03-01T09:30[right/UTC]', '2026-03-01T09:30[posixrules]'],
  ...['Factory', 'localtime', 'CET', 'EET', 'MET', 'WET', 'EST', 'HST', 'MST', 'PST', 'cet'].map(
    (zone) => `2026-03-01T09:30[${zone}]`,
  ),
  ...[
    '0001-01-01T00:00+09:00',
    '9999-12-31T23:59-08:00',
    '٢٠٢٦-03-01',
    `2026-03-01T09:30[${'A'.repeat(60)}]`,
  ],
];

describe('a moment in a request', () => {
  let api: Api;
  let user: User;
  beforeAll(async () => {
    api = await startApi();
    user = await api.newUser();
  });
  afterAll(() => api.close());

  test.each(odd)('%j is refused with what is expected, and changes nothing', async (text) => {
    const owner = await api.newUser();
    const task = await owner.create({ title: 'x', due: '2026-03-01' });
    const create = { op: 'create', task: { title: 'y', start: text } };
    const requests = [
      ['POST', 'tasks', { title: 'y', due: text }, ['body', 'due']],
      ['PATCH', `tasks/${task.id}`, { start: text }, ['body', 'start']],
      [
        'PUT',
        `tasks/${task.id}`,
        { title: 'y', description: null, completed: false, due: text },
        ['body', 'due'],
      ],
      ['POST', 'task-batches', { operations: [create] }, ['body', 'operations', 0, 'task', 'start']],
      [
        'POST',
        'task-batches',
        { operations: [{ op: 'update', id: task.id, changes: { due: text } }] },
        ['body', 'operations', 0, 'changes', 'due'],
      ],
    ] as const;
    for (const [method, path, json, loc] of requests) {
      const refused = await owner.send(method, path, { json });
      expect([refused.status, refused.json.errors]).toMatchObject([422, [{ loc }]]);
      expect(refused.json.errors[0].msg).toMatch(
        /^(must be a day|is not a day of|is not in the years|has a zone that is not|must have at most|must have an hour)/,
      );
    }
    expect((await owner.send('GET', 'tasks')).json.items).toEqual([task]);
  });

  test.each([
    ['2026-03-01T09:30:15.5Z', 'without fractions of a second'],
    ['2026-03-01T09:30+01:00[Europe/Berlin]', 'not with both an offset and a zone'],
    ['2026-03-01T09:30[Pacific Standard Time]', 'a zone of the IANA database'],
    ['2026-03-01T24:00', 'an hour from 00 to 23'],
    ['2026-03-01T23:59:60Z', 'seconds from 00 to 59'],
    ['2026-03-01T09:30+24:00', 'an offset of less than 24 hours'],
  ])('%s is refused with the reason', async (due, reason) => {
    const refused = await user.send('POST', 'tasks', { json: { title: 'x', due } });
    expect([refused.status, refused.json.errors.length]).toEqual([422, 1]);
    expect(refused.json.errors[0].msg.replace(/\s+/g, ' ')).toContain(reason);
  });

  test('may be what toISOString() returns', async () => {
    const { due } = await user.create({
      title: 'x',
      due: new Date(Date.UTC(2026, 2, 1, 8, 30)).toISOString(),
    });
    expect(due).toBe('2026-03-01T08:30[UTC]');
  });

  test('has one spelling on every way in, and under an Idempotency-Key', async () => {
    const due = '2026-03-01T09:30:00[EUROPE/berlin]';
    const spelled = '2026-03-01T09:30[Europe/Berlin]';
    const task = await user.create({ title: 'x', due });
    expect(task.due).toBe(spelled);
    const operations = [
      { op: 'create', task: { title: 'y', due } },
      { op: 'update', id: task.id, changes: { start: '2026-03-01T09:30:00Z' } },
    ];
    const { results } = (await user.send('POST', 'task-batches', { json: { operations } })).json;
    expect(results.map(({ task: one }: { task: typeof task }) => [one.due, one.start])).toEqual([
      [spelled, null],
      [spelled, '2026-03-01T09:30[UTC]'],
    ]);
    const headers = { 'Idempotency-Key': crypto.randomUUID() };
    const first = await user.send('PATCH', `tasks/${task.id}`, {
      json: { due: '2026-03-01T01:00+01:00' },
      headers,
    });
    const again = await user.send('PATCH', `tasks/${task.id.toUpperCase()}`, {
      json: { due: '2026-03-01T00:00:00Z' },
      headers,
    });
    expect([first.json.due, again.status, again.json]).toEqual(['2026-03-01T00:00[UTC]', 200, first.json]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  test('may name each zone that the database and this runtime know, and Postgres reads it', async () => {
    const names = (await queryPostgres(api.postgres.url, 'SELECT name FROM pg_timezone_names')).map(
      ({ name }) => String(name),
    );
    const known = zoneNamesOf(names);
    const accepted = names.filter((name) => known(name) !== undefined);
    expect(accepted.length).toBeGreaterThan(300);
    expect(names.filter((name) => known(name.toUpperCase()) !== known(name))).toEqual([]);
    expect(accepted).toEqual(expect.arrayContaining(['Europe/Kyiv', 'Europe/Berlin', 'UTC']));
    expect(accepted.filter((name) => /^(posix|right)\/|Factory|localtime|^[CEMW]ET$/.test(name))).toEqual([]);
    const operations = accepted
      .slice(0, 100)
      .map((name) => ({ op: 'create', task: { title: name, due: `2026-03-01T09:30[${name}]` } }));
    const { results } = (await user.send('POST', 'task-batches', { json: { operations } })).json;
    expect(results.map(({ task }: { task: { title: string; due: string } }) => task.due)).toEqual(
      operations.map(({ task }) => task.due),
    );
  });

  test('is never stored in another form, whoever writes it', async () => {
    const task = await user.create({ title: 'x' });
    for (const text of odd) {
      const written = await queryPostgres(
        api.postgres.url,
        'UPDATE tasks SET due = $1 WHERE id = $2 RETURNING due',
        [text, task.id],
      ).catch(() => []);
      // What is between the brackets is a name for the service, and a form for the database.
      const isForm = /^2026-03-01T09:30\[[A-Za-z0-9/_+-]{1,64}\]$/.test(text);
      expect([text, written.length]).toEqual([text, isForm ? 1 : 0]);
    }
  });
});
