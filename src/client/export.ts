// Reads an export as it arrives, and distinguishes a complete one from one that was cut off on the
// way: behind some proxies both are a 200.
import type { ExportLine, Task, TaskList } from '../../generated/clients/typescript/types.ts';
import type { TaskExport } from './call.ts';
import type { Deadline } from './deadline.ts';
import { ConnectionError, IncompleteExportError } from './errors.ts';
import type { Attempt } from './transport.ts';

async function* linesOf(bytes: ReadableStream<Uint8Array>, deadline?: Deadline): AsyncGenerator<string> {
  const reader = bytes.getReader();
  // The clock runs while the server has to send, not while the caller works on what has arrived.
  const next = () => {
    deadline?.restart();
    return reader.read().finally(() => deadline?.pause());
  };
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (let read = await next(); !read.done; read = await next()) {
      const parts = (rest + decoder.decode(read.value, { stream: true })).split('\n');
      rest = parts.pop() ?? '';
      if (rest.length > longestLine) throw new IncompleteExportError('the export has a line without an end');
      yield* parts;
    }
  } finally {
    deadline?.end();
    // Of a connection that is broken already, the reason has been thrown.
    await reader.cancel().catch(() => {});
  }
  if (rest !== '') throw new IncompleteExportError('the export ends in the middle of a line');
}

/** No line is as long as this, in characters: a task has at most a tenth of it. */
const longestLine = 4 * 2 ** 20;

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isLine = (value: unknown): value is ExportLine => {
  if (!isObject(value)) return false;
  const { type, list, task, tasks } = value as Readonly<Record<string, unknown>>;
  if (type === 'end') return typeof tasks === 'number';
  if (type === 'list') return isObject(list);
  return typeof type === 'string' && (type !== 'task' || isObject(task));
};

const parsed = (text: string): ExportLine => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new IncompleteExportError('the export has a line that is not JSON', { cause });
  }
  if (!isLine(value)) throw new IncompleteExportError('the export has a line that the service does not send');
  return value;
};

/** The tasks of the lines. Lists are added to `lists`. */
async function* tasksOf(lines: AsyncIterable<string>, lists: TaskList[]): AsyncGenerator<Task> {
  let count = 0;
  let end: Partial<Extract<ExportLine, { type: 'end' }>> | undefined;
  for await (const text of lines) {
    if (end !== undefined) throw new IncompleteExportError('the export continues after its end');
    const line = parsed(text);
    if (line.type === 'end') end = line;
    else if (line.type === 'list') lists.push(line.list);
    // A later version may add types of lines.
    else if (line.type === 'task') {
      count += 1;
      yield line.task;
    }
  }
  if (end === undefined) throw new IncompleteExportError('the export has no end');
  if (end.tasks !== count) throw new IncompleteExportError(`the export has ${count} of ${end.tasks} tasks`);
  // An export that was stored by an earlier version has no lists.
  if ((end.lists ?? 0) !== lists.length) {
    throw new IncompleteExportError(`the export has ${lists.length} of ${end.lists} lists`);
  }
}

/**
 * The tasks of an export that was stored as it came, as bytes. Throws an IncompleteExportError after
 * the last task that is there when the end is missing.
 */
export const readExport = (bytes: ReadableStream<Uint8Array>): TaskExport & AsyncGenerator<Task> => {
  const lists: TaskList[] = [];
  return Object.assign(tasksOf(linesOf(bytes), lists), { lists });
};

/** The error of a stream that broke; the caller's own abort stays what it is. */
const brokenOff = (deadline: Deadline, thrown: unknown): unknown => {
  if (thrown instanceof IncompleteExportError) return thrown;
  const cause = deadline.errorOf(thrown);
  if (!(cause instanceof ConnectionError)) return cause;
  return new IncompleteExportError(`the export was cut off: ${cause.message}`, { cause });
};

/**
 * The tasks of an export, requested when the first one is read. Throws an IncompleteExportError after
 * the last task that came when the end is missing, so keep nothing before the loop is over.
 */
export const exportOf = (begin: () => Promise<Attempt>): TaskExport => {
  let lists: TaskList[] = [];
  return {
    get lists() {
      return lists;
    },
    async *[Symbol.asyncIterator]() {
      lists = [];
      const { stream, deadline } = await begin();
      // A success without a body.
      if (stream === undefined) throw new IncompleteExportError('the export has no end');
      const lines = linesOf(stream, deadline);
      const bounded = async function* () {
        try {
          yield* lines;
        } catch (thrown) {
          throw brokenOff(deadline, thrown);
        }
      };
      yield* tasksOf(bounded(), lists);
    },
  };
};
