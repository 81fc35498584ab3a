// The tables of MIGRATING.md: what stands for a field of another service is a field of this one, or
// a moment or a rule that it accepts.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { canonicalMoment } from '../../src/tasks/moment.ts';
import { canonicalRule } from '../../src/tasks/recurrence/successor.ts';
import { propertiesOf } from '../support/contract-values.ts';

const text = readFileSync(new URL('../../MIGRATING.md', import.meta.url), 'utf8');
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
  .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));

test('each table has three columns, and each row names what there is', () => {
  expect(rows.length).toBeGreaterThan(100);
  const known = new Set([
    ...propertiesOf('Task').keys(),
    ...propertiesOf('TaskListCreate').keys(),
    'ETag',
    'rrule',
  ]);
  const wrong = rows.filter(([, , here = '', , ...rest]) => {
    const names = [...here.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
    const isThere = (name: string) =>
      known.has(name) ||
      canonicalMoment(name, (zone) => zone).moment === name ||
      canonicalRule(name, '2026-03-01', 'completion').text === name;
    return rest.length !== 1 || (names.length === 0 ? !/^–$|^here$/.test(here) : !names.every(isThere));
  });
  expect(wrong).toEqual([]);
});
