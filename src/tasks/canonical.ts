// What a client may spell in several ways is rewritten to one spelling before anything else sees
// it: the stored result of an Idempotency-Key, the store, and so every response. The contract's
// schemas have checked the types; what they cannot check is refused here.
import { type Fault, problems } from '../contract/problem.ts';
import { isRecord } from '../contract/record.ts';
import { momentNames } from './columns.ts';
import { firstId, lastId } from './fragments.ts';
import { foldLabel } from './labels.ts';
import { canonicalMoment, type ZoneNames, zoneIn } from './moment.ts';
import { parseRule, ruleText } from './recurrence/rule.ts';

type Fields = Record<string, unknown>;

interface Part {
  readonly fields: Fields;
  readonly loc: Fault['loc'];
}

/** The objects of a body that hold fields of a task: the body itself, or parts of a batch. */
const partsOf = (body: unknown): Part[] => {
  if (!isRecord(body)) return [];
  if (!Array.isArray(body.operations)) return [{ fields: body, loc: ['body'] }];
  return body.operations.flatMap((operation: unknown, index) => {
    if (!isRecord(operation)) return [];
    const loc = ['body', 'operations', index];
    return [
      { fields: operation, loc },
      ...['task', 'list', 'changes'].flatMap((name) => {
        const fields = operation[name];
        return isRecord(fields) ? [{ fields, loc: [...loc, name] }] : [];
      }),
    ];
  });
};

const namesZone = ({ fields }: Part): boolean =>
  momentNames.some((name) => {
    const value = fields[name];
    return typeof value === 'string' && zoneIn(value) !== undefined;
  });

const repeatedLabels = (labels: readonly unknown[], loc: Fault['loc']): Fault[] => {
  const seen = new Map<string, string>();
  return labels.flatMap((label, index) => {
    if (typeof label !== 'string') return [];
    const earlier = seen.get(foldLabel(label));
    seen.set(foldLabel(label), earlier ?? label);
    if (earlier === undefined) return [];
    const msg =
      earlier === label
        ? 'is there twice (labels are compared in composed form, NFC)'
        : `is ${earlier} in other letter case`;
    return [{ loc: [...loc, 'labels', index], msg, type: 'uniqueItems' }];
  });
};

// A UUID in other letter case is the same (RFC 9562, section 4).
const lowerCase = (fields: Fields, names: readonly string[]): void => {
  for (const name of names) {
    const id = fields[name];
    if (typeof id === 'string') fields[name] = id.toLowerCase();
  }
};

// What the rule takes from `due` is for the store, which knows the task.
const rewriteRule = (recurrence: unknown, loc: Fault['loc']): Fault[] => {
  if (!isRecord(recurrence) || typeof recurrence.rrule !== 'string') return [];
  const { rule, fault } = parseRule(recurrence.rrule);
  if (rule === undefined) return [{ loc: [...loc, 'recurrence', 'rrule'], msg: fault, type: 'rrule' }];
  recurrence.rrule = ruleText(rule);
  return [];
};

const rewrite = ({ fields, loc }: Part, zones: ZoneNames): Fault[] => {
  const faults: Fault[] = [];
  lowerCase(fields, ['id', 'list_id', 'parent_id']);
  if (isRecord(fields.place)) lowerCase(fields.place, ['before', 'after']);
  if (fields.op === undefined && (fields.id === firstId || fields.id === lastId)) {
    faults.push({ loc: [...loc, 'id'], msg: 'must not be the nil or the max UUID', type: 'format' });
  }
  for (const name of momentNames) {
    const text = fields[name];
    if (typeof text !== 'string') continue;
    const { moment, fault } = canonicalMoment(text, zones);
    if (fault === undefined) fields[name] = moment;
    else faults.push({ loc: [...loc, name], msg: fault, type: 'moment' });
  }
  faults.push(...rewriteRule(fields.recurrence, loc));
  if (Array.isArray(fields.labels)) faults.push(...repeatedLabels(fields.labels, loc));
  return faults;
};

/** More faults than these are not listed. */
const maxFaults = 100;

/**
 * Rewrites, in place, the fields of the tasks in a request's body. Throws a validation-error
 * Problem. `zones` is called only if a moment names a zone.
 */
export const canonicalise = async (body: unknown, zones: () => Promise<ZoneNames>): Promise<void> => {
  const parts = partsOf(body);
  const known = parts.some(namesZone) ? await zones() : () => undefined;
  const faults = parts.flatMap((part) => rewrite(part, known));
  if (faults.length > 0) throw problems.invalid(faults.slice(0, maxFaults));
};
