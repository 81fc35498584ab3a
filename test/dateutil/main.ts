// Compares the dates of random rules with those by python-dateutil, the implementation from which
// most others are derived. See `run`.
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { formatDay, parseDay } from '../../src/tasks/calendar.ts';
import { daysAfter } from '../../src/tasks/recurrence/occurrence.ts';
import { explicitRule, parseRule } from '../../src/tasks/recurrence/rule.ts';
import { anyCase, type RandomCase, type RandomRule, textOf } from '../support/random-rules.ts';

const [python = 'python3'] = process.argv.slice(2);
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000_000);
const rules = Number(process.env.RULES ?? 15_000);
/** How many dates of each rule. */
const count = 3;
/** Dateutil continues to the year 9999 where it finds nothing. A rule needs its dates within these days. */
const patience = 12 * 366;

interface Case {
  readonly rule: string;
  readonly start: string;
  readonly after: string;
  readonly count: number;
  readonly expected: readonly string[];
}

/** What dateutil does in another way than the RFC. Such rules are left out. */
const deviations: Readonly<Record<string, (rule: RandomRule) => boolean>> = {
  'days with and without an ordinal in BYDAY: it intersects them': ({ weekdays }) =>
    weekdays.some(([nth]) => nth === 0) && weekdays.some(([nth]) => nth !== 0),
  'ordinals above 5 in BYDAY with BYMONTH: it raises IndexError': ({ months, weekdays }) =>
    months.length > 0 && weekdays.some(([nth]) => Math.abs(nth) > 5),
};

// For BYSETPOS, dateutil's first week begins at the start and not at WKST. So the second week is the first one here.
const searchedFrom = ({ rule, start, later }: RandomCase): number => {
  const isPartial = rule.frequency === 'WEEKLY' && rule.positions.length > 0;
  return parseDay(start) + Math.max(later % 1_500, isPartial ? 7 : 0);
};

const caseOf = (random: RandomCase): Case | string => {
  for (const [name, applies] of Object.entries(deviations)) if (applies(random.rule)) return name;
  const text = textOf(random.rule);
  const { rule, fault } = parseRule(text);
  if (rule === undefined) throw new Error(`${text} ${fault}`);
  const after = searchedFrom(random);
  const expected: string[] = [];
  for (const day of daysAfter(explicitRule(rule, random.start), parseDay(random.start), after)) {
    if (day > after + patience) break;
    expected.push(formatDay(day));
    if (expected.length === count)
      return { rule: text, start: random.start, after: formatDay(after), count, expected };
  }
  return `fewer than ${count} dates in 12 years`;
};

const leftOut: Record<string, number> = {};
const cases: Case[] = [];
for (const random of fc.sample(anyCase, { numRuns: rules, seed })) {
  const found = caseOf(random);
  if (typeof found === 'string') leftOut[found] = (leftOut[found] ?? 0) + 1;
  else cases.push(found);
}

const { status, stdout, stderr } = spawnSync(python, ['test/dateutil/dates.py'], {
  input: cases.map((one) => JSON.stringify(one)).join('\n'),
  maxBuffer: 1e9,
  encoding: 'utf8',
});
if (status !== 0) throw new Error(stderr);

let failed = 0;
const lines = stdout.trimEnd().split('\n');
for (const [index, one] of cases.entries()) {
  if (lines[index] === undefined) throw new Error('dateutil has returned fewer lines than rules');
  if (JSON.stringify(one.expected) === JSON.stringify(JSON.parse(lines[index]))) continue;
  failed += 1;
  if (failed <= 20)
    console.log(
      `FAILED ${one.rule} from ${one.start}, after ${one.after}: ${one.expected}; by dateutil ${lines[index]}`,
    );
}
console.log(`seed ${seed}: ${cases.length} rules; left out:`, leftOut);
console.log(`${cases.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 || cases.length < rules / 2 ? 1 : 0;
