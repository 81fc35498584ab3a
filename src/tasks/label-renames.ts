// The renaming of a label, on every task that has it. No index finds them, so the owner's tasks are
// examined in pieces, the oldest first, within one transaction and for a limited time: what one
// request changes is changed at once, and a cursor continues where it ended.
import { type FragmentSqlToken, sql } from 'slonik';
import { z } from 'zod';
import { problems } from '../contract/problem.ts';
import type { Statements } from '../postgres/database.ts';
import { mostOfChange, type Pieces } from './erasure.ts';
import { firstOf, hideFromPlanner, nextChange, ownedBy } from './fragments.ts';
import { valuesOfAuthor, type Writer } from './history/author.ts';
import { grown, newUnit } from './history/unit.ts';
import { foldedLabel } from './labels.ts';
import { lockClock } from './lock-clock.ts';
import { type Slots, statement } from './statement.ts';
import { type PieceSlot, pieceOf, pieceRow, presentOf, takeNumber } from './tombstones.ts';

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

const renamedRow = pieceRow.extend({
  more: z.boolean(),
  created_at: z.string().nullable(),
  id: z.string().nullable(),
});

const label = sql.identifier(['label']);

type LabelSlot = 'label' | 'newLabel';

const folded = (value: string) => sql.fragment`(SELECT ${foldedLabel(sql.fragment`${value}::text`)})`;

// Where the new label is there already, the first of the two stays, in its place and its spelling.
const renamedLabels = (slot: Slots<LabelSlot>, labels: FragmentSqlToken) => {
  const [from, to] = [folded(slot.label), folded(slot.newLabel)];
  return sql.fragment`(
    SELECT coalesce(jsonb_agg(label ORDER BY place), '[]')
    FROM (
      SELECT DISTINCT ON (key) label, place
      FROM (
        SELECT place,
          CASE WHEN ${foldedLabel(label)} = ${from} THEN ${slot.newLabel}::text ELSE label END AS label,
          CASE WHEN ${foldedLabel(label)} = ${from} THEN ${to} ELSE ${foldedLabel(label)} END AS key
        FROM jsonb_array_elements_text(${labels}) WITH ORDINALITY AS item (label, place)
      ) AS keyed
      WHERE label IS NOT NULL
      ORDER BY key, place
    ) AS kept
  )`;
};

const recordRenaming = statement(
  'record_renaming',
  renamedRow,
  (slot: Slots<PieceSlot | LabelSlot | 'createdAt' | 'id' | 'rows'>) => {
    const after = sql.fragment`(
      ${hideFromPlanner(slot.createdAt, sql.fragment`timestamptz`)}, ${hideFromPlanner(slot.id, sql.fragment`uuid`)}
    )`;
    const { queries, columns } = pieceOf(slot, { isDeletion: false });
    return sql.fragment`
      WITH ${nextChange(slot)},
      examined AS MATERIALIZED (${firstOf(
        sql.fragment`
          SELECT created_at, id, labels
          FROM tasks
          WHERE ${ownedBy(slot, 'tasks')} AND (created_at, id) > ${after}
          ORDER BY created_at, id
        `,
        slot.rows,
      )}),
      labelled AS MATERIALIZED (
        SELECT id, labels
        FROM examined
        WHERE labels <> '[]' AND EXISTS (
          SELECT true
          FROM jsonb_array_elements_text(labels) AS item (label)
          WHERE ${foldedLabel(label)} = ${folded(slot.label)}
        )
      ),
      piece AS MATERIALIZED (
        SELECT id FROM labelled WHERE ${renamedLabels(slot, sql.fragment`labelled.labels`)} <> labels
      ),
      ${queries},
      latest AS MATERIALIZED (SELECT created_at, id FROM examined ORDER BY created_at DESC, id DESC LIMIT 1)
      SELECT ${columns},
        (SELECT count(*) FROM examined) = ${slot.rows}::bigint AS more,
        (SELECT created_at FROM latest) AS created_at, (SELECT id FROM latest) AS id
      FROM next_change
    `;
  },
);

// No one else writes tasks while the clock is locked, so their places stay the same.
const renameLabel = statement(
  'rename_label',
  z.strictObject({}),
  (slot: Slots<'owner' | 'ids' | 'seq' | 'at' | LabelSlot>) => sql.fragment`
    WITH written AS (
      UPDATE tasks
      SET labels = ${renamedLabels(slot, sql.fragment`present.labels`)}, updated_at = ${slot.at}::timestamptz,
        version = version + 1, change_seq = ${slot.seq}::bigint
      FROM ${presentOf(slot, sql.fragment`ctid AS place, labels`)}
      WHERE ${ownedBy(slot, 'tasks')} AND tasks.ctid = present.place
    )
    ${takeNumber(slot)}
  `,
);

const beginning: Examined = { createdAt: '-infinity', id: '00000000-0000-0000-0000-000000000000' };

/** `clearing`: how long the owner's other writes may wait, in milliseconds. */
export const labelRenamesOf = (
  database: Statements,
  { owner, author }: Writer,
  { rows, most = mostOfChange, clearing }: Pieces,
): LabelRenames => {
  const renamePiece = async (
    statements: Statements,
    { label, newLabel, ...from }: Omit<Renaming, 'after'> & Examined & typeof newUnit,
  ) => {
    const values = { owner, label, newLabel, rows, ...from, ...valuesOfAuthor(author) };
    const {
      count,
      ids,
      seq,
      at,
      more,
      created_at: createdAt,
      id,
    } = await statements.one(recordRenaming(values));
    if (count > 0) await statements.any(renameLabel({ owner, label, newLabel, ids, seq, at }));
    return {
      unit: grown(from, { seq, count }),
      next: more && createdAt !== null && id !== null ? { createdAt, id } : null,
    };
  };
  return {
    renameLabel: async ({ label, newLabel, after }) => {
      const renamed = await database.transaction(async (statements) => {
        const clock = await statements.maybeOne(lockClock({ owner }));
        if (clock === null) return { unit: newUnit, next: null };
        if (clock.erasing) return 'erasing';
        const until = performance.now() + clearing;
        let [next, unit] = [after ?? beginning, newUnit];
        for (;;) {
          const piece = await renamePiece(statements, { label, newLabel, ...next, ...unit });
          unit = piece.unit;
          if (piece.next === null || unit.written >= most || performance.now() >= until) {
            return { unit, next: piece.next };
          }
          next = piece.next;
        }
      });
      if (renamed === 'erasing') throw problems.erasureInProgress();
      const { unit, next } = renamed;
      if (unit.change !== null) author.made(unit.change);
      return { changed: unit.written, next };
    },
  };
};
