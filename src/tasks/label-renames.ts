// The renaming of a label, on every task that has it. No index finds them, so the owner's tasks are
// examined in pieces, the oldest first, within one transaction and for a limited time: what one
// request changes is changed at once, and a cursor continues where it ended.
import { sql } from 'slonik';
import { z } from 'zod';
import type { OwnerId } from '../auth/principal.ts';
import { problems } from '../contract/problem.ts';
import type { Statements } from '../postgres/database.ts';
import type { Pieces } from './erasure.ts';
import { believedOne, firstOf, hideFromPlanner, moveClock, nextChange, ownedBy } from './fragments.ts';
import { foldedLabel } from './labels.ts';
import { lockClock } from './lock-clock.ts';
import { type Slots, statement } from './statement.ts';

/** After which task the next request continues, in the order of their creation. */
export interface Examined {
  readonly createdAt: string;
  readonly id: string;
}

export interface Renaming {
  readonly label: string;
  /** Null removes the label. */
  readonly newLabel: string | null;
  readonly after: Examined | null;
}

export interface Renamed {
  /** How many tasks were changed. */
  readonly changed: number;
  /** Null when every task has been examined. */
  readonly next: Examined | null;
}

export interface LabelRenames {
  /** Throws a Problem while everything is being deleted. */
  renameLabel(renaming: Renaming): Promise<Renamed>;
}

const pieceRow = z.strictObject({
  changed: z.int(),
  more: z.boolean(),
  created_at: z.string().nullable(),
  id: z.string().nullable(),
});

const label = sql.identifier(['label']);

// Where the new label is there already, the first of the two stays, in its place and its spelling.
// No one else writes tasks while the clock is locked, so their places stay the same.
const renameLabel = statement(
  'rename_label',
  pieceRow,
  (slot: Slots<'owner' | 'label' | 'newLabel' | 'createdAt' | 'id' | 'rows'>) => {
    const after = sql.fragment`(
      ${hideFromPlanner(slot.createdAt, sql.fragment`timestamptz`)}, ${hideFromPlanner(slot.id, sql.fragment`uuid`)}
    )`;
    const folded = (value: string) => sql.fragment`(SELECT ${foldedLabel(sql.fragment`${value}::text`)})`;
    const [from, to] = [folded(slot.label), folded(slot.newLabel)];
    return sql.fragment`
      WITH ${nextChange(slot)},
      examined AS MATERIALIZED (${firstOf(
        sql.fragment`
          SELECT ctid AS place, created_at, id, labels
          FROM tasks
          WHERE ${ownedBy(slot, 'tasks')} AND (created_at, id) > ${after}
          ORDER BY created_at, id
        `,
        slot.rows,
      )}),
      labelled AS MATERIALIZED (
        SELECT place, labels
        FROM examined
        WHERE labels <> '[]' AND EXISTS (
          SELECT true FROM jsonb_array_elements_text(labels) AS item (label) WHERE ${foldedLabel(label)} = ${from}
        )
      ),
      renamed AS MATERIALIZED (
        SELECT place, labelled.labels AS before, (
          SELECT coalesce(jsonb_agg(label ORDER BY place), '[]')
          FROM (
            SELECT DISTINCT ON (key) label, place
            FROM (
              SELECT place,
                CASE WHEN ${foldedLabel(label)} = ${from} THEN ${slot.newLabel}::text ELSE label END AS label,
                CASE WHEN ${foldedLabel(label)} = ${from} THEN ${to} ELSE ${foldedLabel(label)} END AS key
              FROM jsonb_array_elements_text(labelled.labels) WITH ORDINALITY AS item (label, place)
            ) AS keyed
            WHERE label IS NOT NULL
            ORDER BY key, place
          ) AS kept
        ) AS labels
        FROM labelled
      ),
      written AS (
        UPDATE tasks
        SET labels = renamed.labels, updated_at = at, version = version + 1, change_seq = seq
        FROM next_change CROSS JOIN (${believedOne(sql.fragment`SELECT * FROM renamed`)}) AS renamed
        WHERE ${ownedBy(slot, 'tasks')} AND tasks.ctid = renamed.place AND renamed.labels <> renamed.before
        RETURNING seq
      ),
      changed AS (SELECT seq FROM written LIMIT 1),
      moved AS (${moveClock(slot)}),
      latest AS MATERIALIZED (SELECT created_at, id FROM examined ORDER BY created_at DESC, id DESC LIMIT 1)
      SELECT (SELECT count(*)::int4 FROM written) AS changed,
        (SELECT count(*) FROM examined) = ${slot.rows}::bigint AS more,
        (SELECT created_at FROM latest) AS created_at, (SELECT id FROM latest) AS id
    `;
  },
);

const beginning: Examined = { createdAt: '-infinity', id: '00000000-0000-0000-0000-000000000000' };

/** `clearing`: how long the owner's other writes may wait, in milliseconds. */
export const labelRenamesOf = (
  database: Statements,
  owner: OwnerId,
  { rows, clearing }: Pieces,
): LabelRenames => ({
  renameLabel: async ({ label, newLabel, after }) => {
    const renamed = await database.transaction(async (statements): Promise<Renamed | 'erasing'> => {
      const clock = await statements.maybeOne(lockClock({ owner }));
      if (clock === null) return { changed: 0, next: null };
      if (clock.erasing) return 'erasing';
      const until = performance.now() + clearing;
      let next = after ?? beginning;
      for (let changed = 0; ; ) {
        const piece = await statements.one(
          renameLabel({ owner, label, newLabel, rows, createdAt: next.createdAt, id: next.id }),
        );
        changed += piece.changed;
        if (!piece.more || piece.created_at === null || piece.id === null) return { changed, next: null };
        next = { createdAt: piece.created_at, id: piece.id };
        if (performance.now() >= until) return { changed, next };
      }
    });
    if (renamed === 'erasing') throw problems.erasureInProgress();
    return renamed;
  },
});
