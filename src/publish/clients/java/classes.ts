// The generated classes of the Java SDK. The others, in package/, are written by hand.

import type { NamedType } from '../../model/types.ts';
import type { ApiModel } from '../../model.ts';
import { javadoc, javaPackage, pascal } from './names.ts';
import { clientCode, paramsClass } from './operations.ts';
import { enumeration, request, response, union } from './types.ts';

/** The name of the exception of an error of the contract. */
export const exceptionName = (name: string) => `${name.replace(/Error$/, '')}Exception`;

const exceptionCode = (
  name: string,
  status: number,
  description: string,
) => `${javadoc(`${status}: ${description}`)}
public final class ${name} extends ApiException {
    private static final long serialVersionUID = 1L;

    ${name}(Failure failure) {
        super(failure);
    }
}
`;

const statuses = ({ errors }: ApiModel) => `/** The exception of each status. */
final class Statuses {
    private Statuses() {}

    static ApiException exception(ApiException.Failure failure) {
        return switch (failure.status()) {
${errors.map(({ status, name }) => `            case ${status} -> new ${exceptionName(name)}(failure);`).join('\n')}
            default -> new ApiException(failure);
        };
    }
}
`;

const file = (imports: readonly string[], code: string): string => {
  const used = imports.filter((path) => new RegExp(`\\b${path.split('.').at(-1)}\\b`).test(code)).toSorted();
  const lines = used.map((path) => `import ${path};\n`).join('');
  return `// Generated from the contract. Do not edit.\npackage ${javaPackage};\n\n${lines}${lines && '\n'}${code}`;
};

const standard = [
  'com.fasterxml.jackson.databind.JsonNode',
  'java.time.Instant',
  'java.time.LocalDate',
  'java.time.OffsetDateTime',
  'java.util.List',
  'java.util.Map',
  'java.util.Objects',
  'java.util.UUID',
];

/** The generated files, by name. */
export const javaCode = (model: ApiModel): ReadonlyMap<string, string> => {
  const { types } = model;
  const unions = new Map(
    [...types.values()].flatMap((type) =>
      type.kind === 'union' ? type.members.map((member) => [member.name, type] as const) : [],
    ),
  );
  const codeOf = (type: NamedType): string => {
    if (type.kind === 'enum') return enumeration(type);
    if (type.kind === 'union') return union(type);
    return type.isSent ? request(type, types, unions) : response(type, unions);
  };
  return new Map([
    ['TasksClient', file(standard, clientCode(model))],
    ['Statuses', file([], statuses(model))],
    ...[...types.values()].map((type): [string, string] => [type.name, file(standard, codeOf(type))]),
    ...model.operations
      .filter(({ inQuery }) => inQuery.length > 0)
      .map((operation): [string, string] => [
        `${pascal(operation.id)}Params`,
        file(standard, paramsClass(operation)),
      ]),
    ...model.errors.map(({ name, status, description }): [string, string] => [
      exceptionName(name),
      file([], exceptionCode(exceptionName(name), status, description)),
    ]),
  ]);
};
