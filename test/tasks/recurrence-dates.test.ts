// When the next task of a series is due.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type Task, type User } from '../support/app.ts';
import { document } from '../support/contract.ts';
import { applyBatch, complete, follow, getTask } from '../support/series.ts';

describe('the next task of a series', () => {
  let api: Api;
  let user: User;
  beforeAll(async () => {
    api = await startApi();
    user = await api.newUser();
  });
  afterAll(() => api.close());

  const create = (rrule: string, due: string, more: object = {}): Promise<Task> =>
    user.create({ title: 'a', due, recurrence: { rrule, ...more } });

  /** The due dates that follow, where each task is completed on its day; null at the end. */
  const datesAfter = async (first: Task, most: number): Promise<(string | null)[]> => {
    const dates: (string | null)[] = [];
    let task = first;
    while (dates.length < most) {
      const { next_id: next } = await complete(user, task.id, task.due?.slice(0, 10));
      if (next === null) return [...dates, null];
      task = await getTask(user, next);
      dates.push(task.due);
    }
    return dates;
  };

  const kinds: [string, string, string, (string | null)[]][] = [
    ['each 31st', 'FREQ=MONTHLY', '2026-01-31', ['2026-03-31', '2026-05-31', '2026-07-31']],
    ['each last day', 'FREQ=MONTHLY;BYMONTHDAY=-1', '2026-01-31', ['2026-02-28', '2026-03-31']],
    ['each 29 February', 'FREQ=YEARLY', '2024-02-29', ['2028-02-29', '2032-02-29']],
    ['each last Friday', 'FREQ=MONTHLY;BYDAY=-1FR', '2026-01-30', ['2026-02-27', '2026-03-27']],
    [
      'each last weekday',
      'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
      '2026-01-30',
      ['2026-02-27', '2026-03-31'],
    ],
    ['until COUNT', 'FREQ=DAILY;COUNT=3', '2026-01-01', ['2026-01-02', '2026-01-03', null]],
    ['until UNTIL', 'FREQ=WEEKLY;UNTIL=20260115', '2026-01-01', ['2026-01-08', '2026-01-15', null]],
    [
      'at the same time of day when the clocks have changed',
      'FREQ=MONTHLY;INTERVAL=3',
      '2026-01-15T02:30[Europe/Berlin]',
      [
        '2026-04-15T02:30[Europe/Berlin]',
        '2026-07-15T02:30[Europe/Berlin]',
        '2026-10-15T02:30[Europe/Berlin]',
      ],
    ],
    [
      'at a time that is skipped, and one that occurs twice',
      'FREQ=DAILY;INTERVAL=210',
      '2025-08-31T02:30[Europe/Berlin]',
      ['2026-03-29T02:30[Europe/Berlin]', '2026-10-25T02:30[Europe/Berlin]'],
    ],
  ];
  test.each(kinds)('%s', async (_name, rrule, due, expected) => {
    expect(await datesAfter(await create(rrule, due), expected.length)).toEqual(expected);
  });

  // | every weekday | `FREQ=…` | `2026-03-05`, `2026-03-06`, none |
  const documented = [
    ...(document.info.description ?? '').matchAll(/^\| ([^|`]+) \| (`FREQ=[^|]+) \| ([^|]+) \|$/gm),
  ].map(([, name = '', how = '', dates = '']): [string, string, string] => [name, how, dates]);
  test('is shown for several rules in the contract', () => {
    expect(documented.length).toBeGreaterThanOrEqual(10);
  });
  test.each(documented)('of one that recurs %s is due as the contract shows', async (_name, how, dates) => {
    const [rrule = '', anchor = 'schedule'] = how.split(', ').map((part) => part.replaceAll('`', ''));
    const [due = '', ...expected] = dates
      .split(', ')
      .map((date) => (date === 'none' ? null : date.replaceAll('`', '')));
    expect(await datesAfter(await create(rrule, String(due), { anchor }), expected.length)).toEqual(expected);
  });

  test.each([
    ['skip', '2026-11-27', '2026-11-28'],
    ['keep', '2023-11-28', '2023-11-29'],
  ])('after three years, with missed=%s', async (missed, first, second) => {
    const task = await create('FREQ=DAILY', '2023-11-27', { missed });
    const next = await follow(user, task.id, '2026-11-26');
    expect(next.due).toBe(first);
    expect((await follow(user, next.id, first)).due).toBe(second);
  });

  test('comes after the due date, also when it is completed or moved before', async () => {
    const early = await create('FREQ=WEEKLY', '2026-03-09');
    expect((await follow(user, early.id, '2026-03-06')).due).toBe('2026-03-16');
    const moved = await create('FREQ=WEEKLY', '2026-03-09');
    await user.send('PATCH', `tasks/${moved.id}`, { json: { due: '2026-03-06' } });
    expect((await follow(user, moved.id, '2026-03-06')).due).toBe('2026-03-16');
  });

  test('counts from the day of completion with that anchor', async () => {
    const task = await create('FREQ=DAILY;INTERVAL=3', '2026-03-01T10:00', { anchor: 'completion' });
    expect((await follow(user, task.id, '2026-03-10')).due).toBe('2026-03-13T10:00');
    const monthly = await create('FREQ=MONTHLY', '2026-01-05', { anchor: 'completion' });
    expect(monthly.recurrence?.rrule).toBe('FREQ=MONTHLY');
    expect((await follow(user, monthly.id, '2026-01-31')).due).toBe('2026-02-28');
  });

  // The two zones are 25 hours apart, so their dates always differ.
  test.each(['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'UTC'])(
    'counts from the day in %s when the client sends none',
    async (zone) => {
      const dayAfter = () => {
        const day = new Intl.DateTimeFormat('sv', { timeZone: zone }).format(new Date());
        return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
      };
      const due = zone === 'UTC' ? '2026-01-01T10:00' : `2026-01-01T10:00[${zone}]`;
      const before = dayAfter();
      const [first, second] = [
        await create('FREQ=DAILY', due, { anchor: 'completion' }),
        await create('FREQ=DAILY', due, { anchor: 'completion' }),
      ];
      const { results } = (await applyBatch(user, [{ op: 'complete', id: second.id }])).json;
      for (const next of [await follow(user, first.id), results[0].next]) {
        expect([before, dayAfter()]).toContain(next.due.slice(0, 10));
      }
    },
  );

  test('has the moment of start moved by as many days', async () => {
    const task = await user.create({
      title: 'a',
      due: '2026-01-31T09:00',
      start: '2026-01-29',
      recurrence: { rrule: 'FREQ=MONTHLY' },
    });
    expect(await follow(user, task.id, '2026-01-31')).toMatchObject({
      due: '2026-03-31T09:00',
      start: '2026-03-29',
    });
  });
});
