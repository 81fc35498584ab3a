// Reads an export as it arrives, and distinguishes a complete one from one that was cut off on the
// way: behind some proxies both are a 200.
import type { ExportLine, Task } from '../../generated/clients/typescript/types.ts';
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

const isLine = (value: unknown): value is ExportLine => {
  if (typeof value !== 'object' || value === null) return false;
  const { type, task, tasks } = value as { type?: unknown; task?: unknown; tasks?: unknown };
  if (type === 'end') return typeof tasks === 'number';
  return typeof type === 'string' && (type !== 'task' || (typeof task === 'object' && task !== null));
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

async function* tasksOf(lines: AsyncIterable<string>): AsyncGenerator<Task> {
  let count = 0;
  let total: number | undefined;
  for await (const text of lines) {
    if (total !== undefined) throw new IncompleteExportError('the export continues after its end');
    const line = parsed(text);
    if (line.type === 'end') total = line.tasks;
    // A later version may add types of lines.
    else if (line.type === 'task') {
      count += 1;
      yield line.task;
    }
  }
  if (total === undefined) throw new IncompleteExportError('the export has no end');
  if (total !== count) throw new IncompleteExportError(`the export has ${count} of ${total} tasks`);
}

/**
 * The tasks of an export that was stored as it came, as bytes. Throws an IncompleteExportError after
 * the last task that is there when the end is missing.
 */
export const readExport = (bytes: ReadableStream<Uint8Array>): AsyncGenerator<Task> =>
  tasksOf(linesOf(bytes));

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
export const exportOf = (begin: () => Promise<Attempt>): AsyncIterable<Task> => ({
  async *[Symbol.asyncIterator]() {
    const { content, deadline } = await begin();
    const lines = linesOf(content as ReadableStream<Uint8Array>, deadline);
    const bounded = async function* () {
      try {
        yield* lines;
      } catch (thrown) {
        throw brokenOff(deadline, thrown);
      }
    };
    yield* tasksOf(bounded());
  },
});
