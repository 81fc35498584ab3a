// All that a user has, as the export shows it.
import type { Task, TaskList } from '../../src/client/edit.ts';
import type { User } from './app.ts';

/** The user's tasks and lists, by id. */
export const exported = async (user: User) => {
  const { text } = await user.send('GET', 'task-export');
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const of = <T extends { id: string }>(type: 'task' | 'list'): Map<string, T> =>
    new Map(lines.filter((line) => line.type === type).map((line) => [line[type].id, line[type]]));
  return { tasks: of<Task>('task'), lists: of<TaskList>('list') };
};
