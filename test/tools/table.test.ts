// The table of other tools in the README follows from their modules, which a run of the tools proves.
import { expect, test } from 'vitest';
import { tools } from './all.ts';
import { currentTable, tableOf } from './table.ts';

test('the README has the table of the tools', () => {
  expect(currentTable()).toBe(tableOf(tools));
});

test('a tool declares only steps of its own as not working', () => {
  for (const { name, phases, steps, fails = {} } of tools) {
    const own = [...Object.keys(phases), ...steps];
    expect(own, name).toEqual(expect.arrayContaining(Object.keys(fails)));
    expect(new Set(own).size, name).toBe(own.length);
  }
});

test('is worse by a step that does not work, and names it', () => {
  const [tool] = tools;
  if (tool === undefined) throw new Error('no tools');
  const text = tableOf([{ ...tool, fails: { delete: 'it forgets how' } }]);
  expect(text).toContain('all but “delete” |');
  expect(text).toContain('“delete”: it forgets how');
  expect(text).not.toBe(tableOf([tool]));
});
