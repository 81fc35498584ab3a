// Reads an export, and distinguishes a complete one from one that was cut off on the way: behind some
// proxies both are a 200.
import {
  type ExportEnd,
  type ExportLine,
  isExportEnd,
  isExportedTask,
  type Task,
} from '../../generated/clients/typescript/client.ts';

/** An export that does not end as a complete one does: some of its tasks are missing. */
export class IncompleteExport extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'IncompleteExport';
  }
}

async function* linesOf(bytes: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = bytes.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      const parts = (rest + decoder.decode(read.value, { stream: true })).split('\n');
      rest = parts.pop() ?? '';
      yield* parts;
    }
  } finally {
    await reader.cancel();
  }
  if (rest !== '') throw new IncompleteExport('The export ends in the middle of a line');
}

/**
 * The tasks of an export, given what `exportTasks` resolves to or the body of a response. Throws an IncompleteExport
 * after the last task that came when the end is missing, so keep nothing of the tasks before the loop is over. Lines of
 * a type that this version does not know are skipped.
 *
 * @example
 * const exported = await tasks.exportTasks({ path: { user_id: 'me' } });
 * for await (const task of readExport(exported)) console.log(task.title);
 */
export async function* readExport(exported: Blob | ReadableStream<Uint8Array>): AsyncGenerator<Task> {
  let count = 0;
  let end: ExportEnd | undefined;
  for await (const text of linesOf('stream' in exported ? exported.stream() : exported)) {
    if (end !== undefined) throw new IncompleteExport('The export continues after its end');
    const line: ExportLine = JSON.parse(text);
    if (isExportEnd(line)) end = line;
    else if (isExportedTask(line)) {
      count += 1;
      yield line.task;
    }
  }
  if (end === undefined) throw new IncompleteExport('The export has no end');
  if (end.tasks !== count) throw new IncompleteExport(`The export has ${count} of ${end.tasks} tasks`);
}
