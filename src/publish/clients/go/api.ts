// The generated part of the Go SDK, api.go. The rest, in package/, is written by hand.
import type { ApiModel } from '../../model.ts';
import { comment } from './names.ts';
import { operationCode } from './operations.ts';
import { enumeration, struct, union } from './types.ts';

/** The name of an error of the contract. */
export const errorName = (name: string) => `Err${name.replace(/Error$/, '')}`;

const errors = ({ errors: all }: ApiModel): string => {
  const lines = all.map(
    ({ status, name, description }) =>
      `${comment(`${errorName(name)} (${status}): ${description}`, '\t')}\n\t${errorName(name)} error = statusError(${status})`,
  );
  return `// The errors of the statuses, for [errors.Is].\nvar (\n${lines.join('\n\n')}\n)\n`;
};

/** The text of api.go. */
export const goCode = (model: ApiModel): string => {
  const { types } = model;
  const declarations = [...types.values()].map((type) => {
    if (type.kind === 'object') return struct(types, type);
    return type.kind === 'enum' ? enumeration(type) : union(type);
  });
  const code = [
    `// Version is the version of the contract that this client is generated from.\nconst Version = "${model.version}"\n`,
    ...model.operations.map((operation) => operationCode(operation)),
    ...declarations,
    errors(model),
  ].join('\n');
  const packages = ['bytes', 'context', 'encoding/json', 'iter', 'net/url', 'strconv', 'time'].filter(
    (path) => code.includes(`${path.split('/').at(-1)}.`),
  );
  return `// Code generated from the contract; DO NOT EDIT.

package tasks

import (
${packages.map((path) => `\t"${path}"`).join('\n')}
)

${code}`;
};
