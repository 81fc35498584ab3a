// Whose turn is next, by what the turns before have cost.
import { describe, expect, test } from 'vitest';
import { createFairQueue, type Party } from '../../src/postgres/fair-queue.ts';

interface Turn {
  readonly party: Party<Turn>;
  readonly owner: string;
}

/** How long a turn of each owner takes, in milliseconds. */
type Costs = Readonly<Record<string, number>>;

const createLine = (costs: Costs) => {
  const queue = createFairQueue<Turn>(3);
  const join = (owner: string, count: number): void => {
    for (let n = 0; n < count; n++) queue.join({ party: queue.partyOf(owner), owner }, false);
  };
  /** Serves so many turns, one at a time, and returns whose they were. */
  const serve = (count: number, after: (owner: string) => void = () => {}): string[] =>
    Array.from({ length: count }, () => {
      const turn = queue.next();
      if (turn === undefined) return 'none';
      queue.began(turn.party);
      queue.ended(turn.party, costs[turn.owner] ?? 0);
      after(turn.owner);
      return turn.owner;
    });
  return { queue, join, serve };
};

const countOf = (served: readonly string[], owner: string): number =>
  served.filter((each) => each === owner).length;

describe('owners whose turns cost the same', () => {
  test.each([
    ['little', { a: 1, b: 1, c: 1 }],
    ['much', { a: 50, b: 50, c: 50 }],
  ])('are served in turn, each in their own order, where they cost %s', (_name, costs) => {
    const { join, serve } = createLine(costs);
    join('a', 4);
    join('b', 2);
    join('c', 2);
    expect(serve(9)).toEqual(['a', 'b', 'c', 'a', 'b', 'c', 'a', 'a', 'none']);
  });

  test('come behind those who wait when they have just been served', () => {
    const { join, serve } = createLine({ a: 1, b: 1 });
    join('a', 1);
    serve(1);
    join('a', 2);
    join('b', 2);
    serve(1);
    expect(serve(3)).toEqual(['b', 'a', 'b']);
  });
});

describe('an owner whose turns take ten times as long', () => {
  const costs = { dear: 50, b: 5, c: 5 };

  test('gets a tenth of the turns while others wait, hence the same time', () => {
    const { join, serve } = createLine(costs);
    for (const owner of ['dear', 'b', 'c']) join(owner, 200);
    const served = serve(210);
    expect(countOf(served, 'dear')).toBe(10);
    expect([countOf(served, 'b'), countOf(served, 'c')]).toEqual([100, 100]);
  });

  test('that asks for one turn after the other does not get more', () => {
    const { join, serve } = createLine(costs);
    join('dear', 1);
    join('b', 200);
    const served = serve(110, (owner) => {
      if (owner === 'dear') join('dear', 1);
    });
    expect(countOf(served, 'dear')).toBeLessThanOrEqual(11);
  });

  test('waits for no one when it is alone', () => {
    const { join, serve } = createLine(costs);
    join('dear', 20);
    expect(countOf(serve(20), 'dear')).toBe(20);
  });

  test('does not owe for ever', () => {
    const { queue, join, serve } = createLine({ dear: 1e9, b: 5 });
    join('dear', 2);
    join('b', 2000);
    // Passed over for forty turns, and not more.
    expect(serve(60).lastIndexOf('dear')).toBeGreaterThan(30);
    expect(queue.length).toBe(1942);
  });
});
