// The tables of what the SDKs do follow from the scenario and missing.ts.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { missing } from './missing.ts';
import { packageSteps, requirements, steps } from './scenario.ts';
import { currentSummary, page, pageOf, summaryOf } from './table.ts';

// Out of date? `node test/clients/table.ts` writes them.
test('the README has the summary, and the page every step', () => {
  expect(currentSummary()).toBe(summaryOf(missing));
  expect(readFileSync(page, 'utf8')).toBe(pageOf(missing));
});

test('every step belongs to a requirement, and has a row of its own', () => {
  const all = [...packageSteps, ...steps];
  const text = pageOf({});
  for (const step of all) {
    expect(requirements[step.requirement], step.id).toBeDefined();
    expect(text.split(`| ${step.text} |`), step.text).toHaveLength(2);
  }
  expect(text.match(/\| yes \|/g)?.length).toBeGreaterThan(0);
});

test('a step that an SDK lacks shows in its column only', () => {
  const [first] = steps;
  const id = first?.id ?? '';
  const changed = pageOf({ go: [id] })
    .split('\n')
    .filter((line, at) => line !== pageOf({}).split('\n')[at]);
  expect(changed).toEqual([`| ${first?.text} | yes | yes | no | yes |`]);
  expect(summaryOf({ go: [id] })).toMatch(/\| Retries \| yes \| yes \| \d+ of \d+ \| yes \|/);
});
