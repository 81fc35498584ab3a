// The client in Java, with methods for each operation, and the query parameters.

import type { ApiOperation, Paging } from '../../model/operations.ts';
import type { ApiModel } from '../../model.ts';
import { javadoc, javaName, javaType, pascal } from './names.ts';

export const paramsClass = ({ id, inQuery }: ApiOperation): string => {
  const name = `${pascal(id)}Params`;
  const setters = inQuery.map(
    (field) => `
${javadoc(field.description, '    ')}
    public ${name} ${javaName(field.name)}(${javaType(field.type, false)} ${javaName(field.name)}) {
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

/** A method with all its parameters, one without options, and one without query parameters. */
const overloads = ({ name, returns, parameters }: Signature, doc: string, code: string): string => {
  const call = returns === 'void' ? name : `return ${name}`;
  const [last, ...others] = parameters.toReversed();
  const plainest =
    last?.[1] === 'params' && others.length === 0
      ? `
    /** The same, without query parameters. */
    public ${returns} ${name}() {
        ${call}(${last[0]}.create());
    }
`
      : '';
  const declared = (all: Signature['parameters']) => all.map((pair) => pair.join(' ')).join(', ');
  const names = [...parameters.map(([, parameter]) => parameter), 'RequestOptions.create()'].join(', ');
  return `
${javadoc(doc, '    ')}
    public ${returns} ${name}(${declared(parameters)}) {
        ${call}(${names});
    }
${plainest}
    /** The same, with options. */
    public ${returns} ${name}(${declared([...parameters, ['RequestOptions', 'options']])}) {
${code}
    }
`;
};

const pager = (
  { id, result = '', description }: ApiOperation,
  { by, item }: Paging,
  parameters: Signature['parameters'],
) => {
  const next = by === 'cursor' ? 'TaskPage::nextCursor' : 'page -> page.hasMore() ? page.nextSince() : null';
  const pages = `Pages.of(
                ${by} -> ${id}Page(${by} == null ? params : params.${by}(${by}), options),
                ${next.replace('TaskPage', result)})`;
  if (by === 'cursor') {
    return overloads(
      { name: id, returns: `Pages<${item}>`, parameters },
      `${description}\n\nIt follows all pages.`,
      `        ${given('params')};\n        Pages<${result}> pages = ${pages};\n        return pages.items(${result}::items);`,
    );
  }
  return overloads(
    { name: id, returns: `Pages<${result}>`, parameters },
    `${description}\n\nIt follows all pages. After each, store its \`nextSince\` with what it has changed: it is the \`since\` to continue from, now or the next time.`,
    `        ${given('params')};\n        return ${pages};`,
  );
};

const operationCode = (operation: ApiOperation): string => {
  const { id, description, result, isExport, inPath, inQuery, body, paging } = operation;
  const parameters: Signature['parameters'] = [
    ...inPath.map(({ name }) => ['UUID', javaName(name)] as const),
    ...(body ? [[body, 'body'] as const] : []),
    ...(inQuery.length > 0 ? [[`${pascal(id)}Params`, 'params'] as const] : []),
  ];
  const call = `        Call call = ${callOf(operation)};`;
  if (isExport) {
    const doc = `${description}\n\nThe tasks come one by one as they arrive. Close the export if you do not read it to its end.`;
    return overloads(
      { name: id, returns: 'TaskExport', parameters },
      doc,
      `${call}\n        return transport.export(call, options);`,
    );
  }
  const single = overloads(
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
