// Series of recurring tasks: what a task's recurrence becomes when a client writes it, and which
// task follows when a recurring one is completed. A task recurs only while it is open, has a due
// date and is not a subtask: completing it moves `recurrence` to the task that follows, so a series
// has at most one task that recurs.
import type { Fault } from '../contract/problem.ts';
import type { Task, TaskUpdate } from './columns.ts';
import { completionDay } from './completion-day.ts';
import { newTask } from './content.ts';
import { canonicalRule, newSeries, type Series, successorOf } from './recurrence/successor.ts';
import type { FieldFault } from './relations.ts';

type Given = NonNullable<TaskUpdate['recurrence']>;

const fault = (field: string | readonly string[], msg: string, type: Fault['type']): FieldFault => ({
  field: [field].flat(),
  msg,
  type,
});

/** What is written, and what is known around it. */
export interface Rewritten {
  /** The task as it was; null for a new one. */
  readonly present: Task | null;
  /** What the client has sent. */
  readonly changes: Pick<TaskUpdate, 'recurrence' | 'completed'>;
  /** Whether another task of its series recurs. */
  readonly isContinued: boolean;
}

const whyNot = (task: Task, { present, isContinued }: Rewritten): string | null => {
  if (task.parent_id !== null) return 'must be null for a subtask';
  if (task.completed && present?.completed !== false) return 'must be null for a completed task';
  return isContinued ? 'must be null while another open task continues the series' : null;
};

// The same rule keeps its place in the series: COUNT runs down however often it is sent. So does one
// that an occurrence without a rule gets: it is given back when a completion is taken back. Of that
// series, COUNT would not be below the number of the occurrence.
const withRule = (task: Task, due: string, { rrule, ...given }: Given): Task | FieldFault => {
  const { recurrence: old, occurrence } = task;
  const { anchor = old?.anchor ?? 'schedule', missed = old?.missed ?? 'skip' } = given;
  const isSame = (text: string) => occurrence !== null && old?.rrule === text && old.anchor === anchor;
  if (isSame(rrule)) return { ...task, recurrence: { rrule, anchor, missed } };
  const day = due.slice(0, 10);
  const kept = old === null ? occurrence : null;
  const first = kept !== null && kept.date < day ? kept.date : day;
  const { rule, text, fault: wrong } = canonicalRule(rrule, day, anchor, first);
  if (wrong !== undefined) return fault(['recurrence', 'rrule'], wrong, 'rrule');
  const recurrence = { rrule: text, anchor, missed };
  if (isSame(text)) return { ...task, recurrence };
  const { start, date, number } = newSeries(text, anchor, missed, day);
  return {
    ...task,
    recurrence,
    series_id: task.series_id ?? task.id,
    occurrence: kept !== null && kept.number <= (rule.count ?? kept.number) ? kept : { start, date, number },
    next_id: null,
  };
};

/**
 * The task with the recurrence that it has after a change; `task` has the other changes already. The
 * texts in both are canonical.
 */
export const recurring = (task: Task, rewritten: Rewritten): Task | FieldFault => {
  const { present, changes } = rewritten;
  const { recurrence: given } = changes;
  if (given === null) return { ...task, recurrence: null };
  if (given !== undefined) {
    // The request that completed the task, once more: its recurrence has moved on.
    const isRepeated = changes.completed === true && present?.completed === true;
    if (isRepeated && task.series_id !== null) return task;
    const refused = whyNot(task, rewritten);
    if (refused !== null) return fault('recurrence', refused, 'recurrence');
    if (task.due === null) {
      return fault('recurrence', 'must come with due, from which the rule counts', 'recurrence');
    }
    return withRule(task, task.due, given);
  }
  if (task.recurrence === null) return task;
  if (task.due === null) return fault('due', 'must not be null while the task recurs', 'recurrence');
  if (task.parent_id !== null) return fault('parent_id', 'must be null while the task recurs', 'recurrence');
  return task;
};

/** A new task, as the first one of its series if it recurs. */
export const firstOf = (id: string, created: Parameters<typeof newTask>[1]): Task | FieldFault => {
  const task = newTask(id, created);
  return recurring(task, { present: null, changes: created.given, isContinued: false });
};

/** When a task is completed, and what the task that follows is to have. */
export interface Completing {
  /** The time of the change. */
  readonly at: string;
  /** The day of completion, if the client has sent it. */
  readonly completedOn: string | undefined;
  /** The id of the task that follows. */
  readonly id: string;
}

/**
 * A completed task, and the one that follows, whose position is still that of the completed one;
 * null at the end of the series.
 */
export interface Finished {
  readonly task: Task;
  readonly next: Task | null;
}

const seriesOf = ({ recurrence, occurrence }: Task, due: string): Series | null => {
  if (recurrence === null) return null;
  const { rrule, anchor, missed } = recurrence;
  return { ...newSeries(rrule, anchor, missed, due.slice(0, 10)), ...occurrence };
};

/** What becomes of a task that is completed, apart from its being complete. */
export const finished = (task: Task, { at, completedOn, id }: Completing): Finished => {
  const { due, start } = task;
  const series = due === null ? null : seriesOf(task, due);
  if (due === null || series === null) return { task, next: null };
  const day = completedOn ?? completionDay(due, at);
  const follows = successorOf({ due, start, series, completedOn: day });
  const done: Task = { ...task, recurrence: null, next_id: follows === null ? null : id };
  if (follows === null) return { task: done, next: null };
  const next: Task = {
    ...task,
    id,
    completed: false,
    completed_at: null,
    due: follows.due,
    start: follows.start,
    occurrence: { start: follows.series.start, date: follows.series.date, number: follows.series.number },
    next_id: null,
    created_at: at,
    updated_at: at,
    version: 1,
  };
  return { task: done, next };
};
