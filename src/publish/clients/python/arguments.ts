// The arguments of a method of the Python SDK: those of the path and the fields of the body, then
// those that every call has.
import type { ApiOperation } from '../../model/operations.ts';
import type { Field, Types } from '../../model/types.ts';
import { identifier, typeOf } from './names.ts';

/** An argument of a method. */
export interface Argument {
  readonly name: string;
  readonly type: string;
  /** None if the argument is required. */
  readonly default?: string;
  readonly doc: string;
  readonly isPositional?: boolean;
}

const userId: Argument = { name: 'user_id', type: 'str', default: '"me"', doc: '' };

const ofCall: readonly Argument[] = [
  {
    name: 'extra_headers',
    type: 'Mapping[str, str] | None',
    default: 'None',
    doc: 'Other header fields of this call.',
  },
  {
    name: 'timeout',
    type: 'Timeout',
    default: 'NOT_GIVEN',
    doc: 'The time-out of this call instead of that of the client.',
  },
  {
    name: 'max_retries',
    type: 'int | None',
    default: 'None',
    doc: 'The number of repetitions instead of that of the client.',
  },
];

const inPath = ({ inPath: all }: ApiOperation): readonly Argument[] =>
  all.map(({ name, description }) => ({ name, type: 'str', doc: description, isPositional: true }));

const inQuery = (types: Types, { inQuery: all }: ApiOperation): readonly Argument[] =>
  all.map((field) => ({
    name: identifier(field.name),
    type: `${typeOf(types, field, 'argument')} | None`,
    default: 'None',
    doc: field.description,
  }));

/** The fields of the body, which are arguments of the method. */
export const fieldsOfBody = (types: Types, { body = '' }: ApiOperation): readonly Field[] => {
  const type = types.get(body);
  return type?.kind === 'object' ? type.fields : [];
};

const inBody = (types: Types, operation: ApiOperation): readonly Argument[] => {
  const fields = fieldsOfBody(types, operation);
  return fields.map((field) => {
    const type = typeOf(types, field, 'argument');
    return {
      name: identifier(field.name),
      type: field.required ? type : `${type} | NotGiven`,
      ...(!field.required && { default: 'NOT_GIVEN' }),
      doc: field.description.trim(),
      // The only field of a body need not be named.
      isPositional: fields.length === 1,
    };
  });
};

/** A read has no use for If-Match. */
export const takesIfMatch = ({ method, headers }: ApiOperation): boolean =>
  method !== 'GET' && headers.includes('If-Match');

const ifNoneMatch: Argument = {
  name: 'if_none_match',
  type: 'str | int | HasETag | None',
  default: 'None',
  doc: 'What you have, its version or its entity tag: the result is `None` if it has not changed since.',
};

const inHeaders = (operation: ApiOperation): readonly Argument[] => [
  ...(takesIfMatch(operation)
    ? [
        {
          name: 'if_match',
          type: 'str | int | HasETag | None',
          default: 'None',
          doc: 'The task or list as you know it, its version or its entity tag: if it has changed since, nothing is written and `PreconditionFailedError` is raised.',
        },
      ]
    : []),
  ...(operation.keyed
    ? [
        {
          name: 'idempotency_key',
          type: 'str | None',
          default: 'None',
          doc: 'A key of your own. Without one, each call has a new key, which all its attempts share.',
        },
      ]
    : []),
];

export const argumentsOf = (types: Types, operation: ApiOperation): readonly Argument[] => {
  const { user, canBeUnchanged } = operation;
  return [
    ...inPath(operation),
    ...inBody(types, operation),
    ...inQuery(types, operation),
    ...inHeaders(operation),
    ...(canBeUnchanged ? [ifNoneMatch] : []),
    ...(user ? [{ ...userId, doc: user.description }] : []),
    ...ofCall,
  ];
};
