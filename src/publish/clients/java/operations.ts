// The client in Java, with methods for each operation, and the query parameters.

import type { ApiOperation, Paging } from '../../model/operations.ts';
import type { Type } from '../../model/types.ts';
import type { ApiModel } from '../../model.ts';
import { javadoc, javaName, javaType, pascal } from './names.ts';

// An instant has no offset, and the day and the time of the user follow from theirs.
const parameterType = (type: Type): string =>
  type.kind === 'date-time' ? 'OffsetDateTime' : javaType(type, false);

export const paramsClass = ({ id, inQuery }: ApiOperation): string => {
  const name = `${pascal(id)}Params`;
  const setters = inQuery.map(
    (field) => `
${javadoc(field.description, '    ')}
    public ${name} ${javaName(field.name)}(${parameterType(field.type)} ${javaName(field.name)}) {
        return with("${field.name}", ${javaName(field.name)});
    }
`,
  );
  return `/** The query parameters of {@link TasksClient#${id}}. They do not change: each method returns new ones. */
public final class ${name} {
    private final Map<String, Object> values;

    private ${name}(Map<String, Object> values) {
        this.values = values;
    }

    /** Returns parameters that set nothing. */
    public static ${name} create() {
        return new ${name}(Map.of());
    }

    private ${name} with(String name, Object value) {
        Map<String, Object> more = new java.util.LinkedHashMap<>(values);
        more.put(name, value);
        return new ${name}(more);
    }
${setters.join('')}
    Map<String, Object> values() {
        return values;
    }
}
`;
};

/** An argument that must be given. */
const given = (name: string) => `Objects.requireNonNull(${name}, "${name} must not be null")`;

const callOf = (operation: ApiOperation): string => {
  const { method, path, user, inPath, inQuery, constants, body, keyed, secured } = operation;
  const { statuses, headers } = operation;
  const segments = [...(user ? ['transport.user'] : []), ...inPath.map(({ name }) => given(javaName(name)))];
  const parts = [
    `new Call(${[`"${method}"`, `"${path.replace(/\{\w+\}/g, '%s')}"`, ...segments].join(', ')})`,
    ...(inQuery.length > 0 ? [`.query(${given('params')}.values())`] : []),
    ...Object.entries(constants).map(([name, value]) => `.query(Map.of("${name}", "${value}"))`),
    ...(body ? [`.body(${given('body')})`] : []),
    ...(keyed ? ['.keyed()'] : []),
    ...(secured ? ['.secured()'] : []),
    `.success(${statuses.join(', ')})`,
    ...(headers.length > 0 ? [`.takes(${headers.map((name) => `"${name}"`).join(', ')})`] : []),
  ];
  return parts.join('\n                ');
};

interface Signature {
  readonly name: string;
  readonly returns: string;
  readonly parameters: readonly (readonly [type: string, name: string])[];
}

/** The value of a parameter that can be left out; undefined for one that must be given. */
const defaultOf = ([type, name]: Signature['parameters'][number], { needsBody }: ApiOperation) => {
  if (name === 'params') return `${type}.create()`;
  return name === 'body' && !needsBody ? `new ${type}()` : undefined;
};

/** A method with all its parameters, and others without options, and without what can be left out. */
const overloads = (
  operation: ApiOperation,
  { name, returns, parameters }: Signature,
  doc: string,
  code: string,
): string => {
  const call = returns === 'void' ? name : `return ${name}`;
  const declared = (all: Signature['parameters']) => all.map((pair) => pair.join(' ')).join(', ');
  const options = ['RequestOptions', 'options'] as const;
  const method = (words: string, given: Signature['parameters'], passed: readonly string[]) => `
${words}
    public ${returns} ${name}(${declared(given)}) {
        ${call}(${passed.join(', ')});
    }
`;
  const namesOf = (all: Signature['parameters']) => all.map(([, parameter]) => parameter);
  const last = parameters.at(-1);
  const others = parameters.slice(0, -1);
  const value = last && defaultOf(last, operation);
  const left = last?.[1] === 'params' ? 'query parameters' : 'a body';
  const plainer =
    value === undefined
      ? ''
      : method(`    /** The same, without ${left}. */`, others, [...namesOf(others), value]) +
        method(
          `    /** The same, without ${left}, with options. */`,
          [...others, options],
          [...namesOf(others), value, 'options'],
        );
  return `${method(javadoc(doc, '    '), parameters, [...namesOf(parameters), 'RequestOptions.create()'])}${plainer}
    /** The same, with options. */
    public ${returns} ${name}(${declared([...parameters, options])}) {
${code}
    }
`;
};

const pager = (operation: ApiOperation, { by, item }: Paging, parameters: Signature['parameters']) => {
  const { id, result = '', description, inPath } = operation;
  const before = inPath.map(({ name }) => `${javaName(name)}, `).join('');
  const next = by === 'cursor' ? 'TaskPage::nextCursor' : 'page -> page.hasMore() ? page.nextSince() : null';
  const pages = `Pages.of(
                ${by} -> ${id}Page(${before}${by} == null ? params : params.${by}(${by}), options),
                ${next.replace('TaskPage', result)})`;
  if (by === 'cursor') {
    return overloads(
      operation,
      { name: id, returns: `Pages<${item}>`, parameters },
      `${description}\n\nIt follows all pages.`,
      `        ${given('params')};\n        Pages<${result}> pages = ${pages};\n        return pages.items(${result}::items);`,
    );
  }
  return overloads(
    operation,
    { name: id, returns: `Pages<${result}>`, parameters },
    `${description}\n\nIt follows all pages. After each, store its \`nextSince\` with what it has changed: it is the \`since\` to continue from, now or the next time.`,
    `        ${given('params')};\n        return ${pages};`,
  );
};

const operationCode = (operation: ApiOperation): string => {
  const { id, description, result, isExport, inPath, inQuery, body, paging } = operation;
  const parameters: Signature['parameters'] = [
    ...inPath.map(({ name, type }) => [javaType(type, false), javaName(name)] as const),
    ...(body ? [[body, 'body'] as const] : []),
    ...(inQuery.length > 0 ? [[`${pascal(id)}Params`, 'params'] as const] : []),
  ];
  const call = `        Call call = ${callOf(operation)};`;
  if (isExport) {
    const doc = `${description}\n\nThe tasks come one by one as they arrive. Close the export if you do not read it to its end.`;
    return overloads(
      operation,
      { name: id, returns: 'TaskExport', parameters },
      doc,
      `${call}\n        return transport.export(call, options);`,
    );
  }
  const single = overloads(
    operation,
    { name: paging ? `${id}Page` : id, returns: result ?? 'void', parameters },
    paging ? `Returns one page of what \`${id}\` returns.` : description,
    `${call}\n        ${result ? `return transport.send(call, options, ${result}::from)` : 'transport.send(call, options, null)'};`,
  );
  return paging ? `${pager(operation, paging, parameters)}${single}` : single;
};

export const clientCode = (model: ApiModel): string => `/**
 * A client of the Tasks API, for the user of its token. It is safe for use by several threads; make one and share it.
 */
public final class TasksClient {
    /** The version of the contract that this client is generated from. */
    public static final String VERSION = "${model.version}";

    private final Transport transport;

    TasksClient(Transport transport) {
        this.transport = transport;
    }

    /** Returns the settings of a client of the server at {@code baseUrl}. */
    public static TasksClientBuilder builder(String baseUrl) {
        return new TasksClientBuilder(baseUrl);
    }

    @Override
    public String toString() {
        return "TasksClient of " + transport;
    }
${model.operations.map((operation) => operationCode(operation)).join('')}}
`;
