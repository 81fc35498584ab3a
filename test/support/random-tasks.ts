// Random tasks with moments and labels in every form, and what is expected of them: `Temporal`
// decides which are overdue, and JavaScript counts.
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import type { Task, User } from './app.ts';

const two = (number: number) => String(number).padStart(2, '0');

// Around the times at which tests ask, and around changes of the clocks.
const day = fc
  .tuple(fc.constantFrom('2026-03', '2026-10', '2026-11'), fc.integer({ min: 1, max: 30 }))
  .map(([month, date]) => `${month}-${two(date)}`);
const clock = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }), fc.constantFrom('', ':07'))
  .map(([hour, minute, second]) => `T${two(hour)}:${two(minute)}${second}`);
const zone = fc.constantFrom(
  'Europe/Berlin',
  'America/Los_Angeles',
  'Asia/Kolkata',
  'Pacific/Auckland',
  'UTC',
);

const due = fc.oneof(
  fc.constant(null),
  day,
  fc.tuple(day, clock).map(([date, time]) => date + time),
  fc.tuple(day, clock, zone).map(([date, time, name]) => `${date}${time}[${name}]`),
  // Twice that day, and never.
  fc.constantFrom('2026-10-25T02:30[Europe/Berlin]', '2026-03-29T02:30[Europe/Berlin]'),
  fc.constantFrom('0001-01-01T00:00[Asia/Tokyo]', '9999-12-31T23:59[America/Los_Angeles]'),
);

const words = [
  'home',
  'Home',
  'HOME',
  'straße',
  'Straße',
  'ὈΔΥΣΣΕΎΣ',
  'ὀδυσσεύς',
  'İzmir',
  'izmir',
  'a/b',
  '100%',
  '"q"',
  'x\\y',
  '🦆',
];

/** Labels are compared in lower case. */
export const keyOf = (label: string): string => label.replaceAll('İ', 'i').toLowerCase().replaceAll('ς', 'σ');

const labels = fc.uniqueArray(fc.constantFrom(...words), { maxLength: 4, selector: keyOf });

const task = fc.record({
  title: fc.constant('x'),
  completed: fc.boolean(),
  due,
  priority: fc.constantFrom('none', 'low', 'medium', 'high', 'urgent'),
  labels,
});

/** The same tasks for the same seed. */
export const randomTasks = (count: number, seed: number) => fc.sample(task, { numRuns: count, seed });

/** Whether a moment is before `at`, an RFC 3339 time, where its offset is in force. */
export const isBefore = (moment: string, at: string): boolean => {
  const instant = Temporal.Instant.from(at);
  const offset = /Z$/.test(at) ? 'UTC' : at.slice(-6);
  const local = instant.toZonedDateTimeISO(offset).toPlainDateTime();
  if (moment.endsWith(']')) {
    const [wall = '', name = ''] = moment.slice(0, -1).split('[');
    // Of a time that occurs twice, the later one; a skipped one is moved forward.
    const zoned = Temporal.PlainDateTime.from(wall).toZonedDateTime(name, { disambiguation: 'later' });
    return Temporal.Instant.compare(zoned.toInstant(), instant) < 0;
  }
  if (moment.includes('T')) return Temporal.PlainDateTime.compare(moment, local) < 0;
  return Temporal.PlainDate.compare(moment, local.toPlainDate()) < 0;
};

const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

interface Count {
  readonly key: string;
  readonly label: string;
  readonly count: number;
}

/** How many of the tasks have each label, in the spelling that most of them have. */
export const countLabels = (tasks: readonly Task[]): Count[] => {
  const spellings = new Map<string, number>();
  for (const label of tasks.flatMap((one) => one.labels)) {
    spellings.set(label, (spellings.get(label) ?? 0) + 1);
  }
  const groups = Map.groupBy(spellings, ([label]) => keyOf(label));
  return [...groups].map(([key, group]) => {
    const [[label] = ['']] = group.toSorted(([a, m], [b, n]) => n - m || byCodePoint(a, b));
    return { key, label, count: group.reduce((sum, [, count]) => sum + count, 0) };
  });
};

export const inOrderOfKeys = (a: Count, b: Count): number => byCodePoint(a.key, b.key);

/** Creates tasks, and returns them in the same order. */
export const fill = async (user: User, tasks: readonly object[]): Promise<Task[]> => {
  const created: Task[] = [];
  for (let start = 0; start < tasks.length; start += 100) {
    const operations = tasks.slice(start, start + 100).map((task) => ({ op: 'create', task }));
    const { json } = await user.send('POST', 'task-batches', { json: { operations } });
    created.push(...json.results.map(({ task }: { task: Task }) => task));
  }
  return created;
};
