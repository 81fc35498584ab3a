// A client that deletes, undoes and restores under faults, and keeps a ledger of what must be there:
// it repeats each request until it knows that it has happened, so at the end every task has exactly
// the version that the ledger has. A change that was lost, made twice or half made shows there.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Task } from './app.ts';
import type { ApiResponse, Send } from './client.ts';

interface Step {
  readonly method: string;
  readonly path: string;
  readonly json?: unknown;
  readonly key?: string;
}

type Row = Pick<Task, 'title' | 'version' | 'completed'>;

const rowOf = ({ title, version, completed }: Task): Row => ({ title, version, completed });

/** How long a request is repeated, in milliseconds. */
const patience = 30_000;

/** A round is a batch, the deletion of all completed tasks, its undo, an update and a restore. */
function* rounds(ledger: Map<string, Row>, acknowledged: Set<string>): Generator<Step, never, ApiResponse> {
  const acknowledge = (response: ApiResponse): string => {
    const change = response.headers.get('change');
    if (change === null) throw new Error(`no change: ${response.status} ${response.text}`);
    acknowledged.add(change);
    return change;
  };
  const put = (task: Task) => ledger.set(task.id, rowOf(task));
  const clear = () => ({ method: 'DELETE', path: 'tasks?completed=true', key: randomUUID() });
  for (let n = 0; ; n++) {
    const parent = randomUUID();
    const operations = [
      { op: 'create', task: { id: parent, title: `parent ${n}`, completed: true } },
      { op: 'create', task: { title: `below ${n}`, completed: true, parent_id: parent } },
      { op: 'create', task: { title: `single ${n}`, completed: true } },
    ];
    const made = yield { method: 'POST', path: 'task-batches', json: { operations }, key: randomUUID() };
    acknowledge(made);
    for (const { task } of made.json.results) put(task);

    const change = acknowledge(yield clear());
    const cleared = [...ledger];
    ledger.clear();
    // With a key it is repeated; without one, the second time finds it undone.
    const undone = yield {
      method: 'POST',
      path: `changes/${change}/undo`,
      ...(n % 2 === 0 && { key: randomUUID() }),
    };
    if (undone.status === 200) acknowledge(undone);
    for (const [id, row] of cleared) ledger.set(id, { ...row, version: row.version + 1 });

    const path = `tasks/${parent}`;
    const changed = yield { method: 'PATCH', path, json: { title: 'changed' }, key: randomUUID() };
    acknowledge(changed);
    put(changed.json);
    const version = changed.json.version - 1;
    const restored = yield { method: 'POST', path: `${path}/restore`, json: { version }, key: randomUUID() };
    acknowledge(restored);
    put(restored.json);

    if (n % 10 === 9) {
      acknowledge(yield clear());
      ledger.clear();
    }
  }
}

const isDone = ({ status, text, json }: ApiResponse): boolean => {
  if (status < 300 || json?.type === '/problems/already-undone') return true;
  if (status === 503 || json?.type === '/problems/idempotency-in-progress') return false;
  throw new Error(`${status} ${text}`);
};

export interface UndoClient {
  /**
   * Works while `isGoing`, and finishes the step that it has begun. When the connection breaks, it
   * rejects with fetch's TypeError, and the next call goes on with the same step.
   */
  work(send: Send, isGoing: () => boolean): Promise<void>;
  /** What must be there. */
  readonly ledger: ReadonlyMap<string, Row>;
  /** The changes that responses have named. */
  readonly acknowledged: ReadonlySet<string>;
}

export const createUndoClient = (): UndoClient => {
  const ledger = new Map<string, Row>();
  const acknowledged = new Set<string>();
  const steps = rounds(ledger, acknowledged);
  let step = steps.next({} as ApiResponse).value;
  let isBegun = false;
  return {
    ledger,
    acknowledged,
    work: async (send, isGoing) => {
      const until = performance.now() + patience;
      while (isGoing() || isBegun) {
        isBegun = true;
        const { method, path, json, key } = step;
        const headers: Record<string, string> = key === undefined ? {} : { 'Idempotency-Key': key };
        const response = await send(method, path, { headers, ...(json !== undefined && { json }) });
        if (isDone(response)) {
          isBegun = false;
          step = steps.next(response).value;
        } else if (performance.now() > until) throw new Error(`no end of ${method} ${path}`);
        else await sleep(50);
      }
    },
  };
};

/** The tasks that are there, as the ledger has them. */
export const storedRows = async (send: Send): Promise<Map<string, Row>> => {
  const rows = new Map<string, Row>();
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { status, json, text } = await send('GET', `tasks?limit=100${cursor && `&cursor=${cursor}`}`);
    if (status !== 200) throw new Error(`${status} ${text}`);
    for (const task of json.items) rows.set(task.id, rowOf(task));
    cursor = json.next_cursor;
  }
  return rows;
};

/** An owner's ($1) changes without history, history without changes, and changes that are not whole. */
export const historyFaults = `
  WITH own AS (SELECT * FROM history WHERE owner_id = $1),
  written AS (
    SELECT id, change_seq FROM tasks WHERE owner_id = $1
    UNION ALL SELECT id, change_seq FROM task_tombstones WHERE owner_id = $1
  )
  SELECT 'change ' || number || ' has no history' AS fault
  FROM owner_clock
  CROSS JOIN LATERAL generate_series(1, seq) AS number
  WHERE owner_id = $1 AND number NOT IN (SELECT change_seq FROM own)
  UNION ALL
  SELECT 'row ' || id || ' of change ' || change_seq || ' has no history'
  FROM written
  WHERE (id, change_seq) NOT IN (SELECT id, change_seq FROM own)
  UNION ALL
  SELECT 'history of ' || id || ' has change ' || change_seq || ', which was not made'
  FROM own
  WHERE (id, change_seq) NOT IN (SELECT id, change_seq FROM written)
    AND (id, change_seq) NOT IN (SELECT id, former_seq FROM own WHERE former_seq IS NOT NULL)
  UNION ALL
  SELECT 'change ' || change || ' is not whole' FROM own GROUP BY change HAVING count(*) <> max(total)
  UNION ALL
  SELECT 'change ' || undoes || ' was undone twice'
  FROM own
  WHERE undoes IS NOT NULL
  GROUP BY undoes
  HAVING count(DISTINCT change) > 1
`;
