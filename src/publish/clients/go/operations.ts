// The methods of the client in Go, one for each operation, and their query parameters.
import type { ApiOperation, Paging } from '../../model/operations.ts';
import type { Field } from '../../model/types.ts';
import { comment, goName, goParameter, goType, isPlainParameter } from './names.ts';

const textOf = ({ type }: Field, value: string): string => {
  if (type.kind === 'named') return `string(${value})`;
  if (type.kind === 'integer') return `strconv.Itoa(${value})`;
  if (type.kind === 'boolean') return `strconv.FormatBool(${value})`;
  if (type.kind === 'date-time') return `${value}.Format(timeFormat)`;
  return value;
};

const zeroTest = ({ type }: Field, value: string): string => {
  if (type.kind === 'date-time') return `!${value}.IsZero()`;
  return `${value} != ${type.kind === 'integer' ? '0' : '""'}`;
};

const parameters = ({ id, inQuery, constants }: ApiOperation): string => {
  const name = `${goName(id)}Params`;
  const fields = inQuery.map(
    (field) =>
      `${comment(field.description, '\t')}\n\t${goName(field.name)} ${isPlainParameter(field) ? goType(field.type) : `Optional[${goType(field.type)}]`}\n`,
  );
  const sets = inQuery.map((field) => {
    const value = `p.${goName(field.name)}`;
    const set = (text: string) => `query.Set("${field.name}", ${textOf(field, text)})`;
    return isPlainParameter(field)
      ? `\tif ${zeroTest(field, value)} {\n\t\t${set(value)}\n\t}`
      : `\tif value, ok := ${value}.Get(); ok {\n\t\t${set('value')}\n\t}`;
  });
  const fixed = Object.entries(constants).map(([key, value]) => `\tquery.Set("${key}", "${value}")`);
  return `// ${name} are the query parameters of [Client.${goName(id)}]. None is required.
type ${name} struct {
${fields.join('\n')}}

func (p ${name}) query() url.Values {
	query := url.Values{}
${[...fixed, ...sets].join('\n')}
	return query
}
`;
};

/** The arguments of an operation in its declaration: what must be passed. */
const declared = ({ id, inPath, inQuery, body }: ApiOperation): string[] => [
  ...inPath.map(({ name }) => `${goParameter(name)} string`),
  ...(body ? [`body ${body}`] : []),
  ...(inQuery.length > 0 ? [`params ${goName(id)}Params`] : []),
];

const requestOf = ({
  method,
  path,
  user,
  inPath,
  inQuery,
  constants,
  body,
  keyed,
  secured,
  isExport,
  statuses,
  headers,
  result,
}: ApiOperation) => {
  const segments = inPath.map(({ name }) => goParameter(name));
  const fixed = Object.entries(constants).map(([name, value]) => `"${name}": {"${value}"}`);
  const fields = [
    `method: "${method}"`,
    `path: "${path.replace(/\{\w+\}/g, '%s')}"`,
    ...(user ? ['ofUser: true'] : []),
    ...(segments.length > 0 ? [`segments: []string{${segments.join(', ')}}`] : []),
    ...(inQuery.length > 0 ? ['query: params.query()'] : []),
    ...(inQuery.length === 0 && fixed.length > 0 ? [`query: url.Values{${fixed.join(', ')}}`] : []),
    ...(body ? ['body: body'] : []),
    ...(keyed ? ['keyed: true'] : []),
    ...(secured ? ['secured: true'] : []),
    `success: []int{${statuses.join(', ')}}`,
    ...(result === undefined ? [] : ['hasBody: true']),
    ...(headers.length > 0 ? [`takes: []string{${headers.map((one) => `"${one}"`).join(', ')}}`] : []),
    ...(isExport ? ['accept: "application/x-ndjson"'] : []),
  ];
  return `request{${fields.join(', ')}}`;
};

const method = (name: string, description: string) =>
  comment(`${name} ${description.replace(/^./, (letter) => letter.toLowerCase())}`);

const listMethod = ({ id, inPath, result = '', description }: ApiOperation, { by, item }: Paging): string => {
  const name = goName(id);
  const places = inPath.map((one) => goParameter(one.name));
  const declaredPlaces = places.map((place) => `${place} string, `).join('');
  const head = `(ctx context.Context, ${declaredPlaces}params ${name}Params, options ...Option)`;
  const follow = (field: string, next: string) => `pages(func(${field} string) (*${result}, error) {
		page := params
		if ${field} != "" {
			page.${goName(field)} = ${field}
		}
		return c.${name}Page(${['ctx', ...places, 'page', 'options...'].join(', ')})
	}, ${next})`;
  const nextSince = `func(page *${result}) string {
		if !page.HasMore {
			return ""
		}
		return page.NextSince
	}`;
  if (by === 'since') {
    return `${method(name, description)}
//
// It follows all pages. After each, store its NextSince with what it has changed: it is the Since to
// continue from, now or the next time.
func (c *Client) ${name}${head} iter.Seq2[*${result}, error] {
	return ${follow('since', nextSince)}
}
`;
  }
  const nextCursor = `func(page *${result}) string {
		if page.NextCursor == nil {
			return ""
		}
		return *page.NextCursor
	}`;
  return `${method(name, description)}
//
// It follows all pages.
func (c *Client) ${name}${head} iter.Seq2[${item}, error] {
	all := ${follow('cursor', nextCursor)}
	return items(all, func(page *${result}) []${item} { return page.Items })
}
`;
};

export const operationCode = (operation: ApiOperation): string => {
  const { id, description, result, isExport, inQuery, paging } = operation;
  const name = goName(id);
  const args = ['ctx context.Context', ...declared(operation), 'options ...Option'].join(', ');
  const params = inQuery.length > 0 ? `${parameters(operation)}\n` : '';
  const sent = requestOf(operation);
  if (isExport) {
    const passed = ['ctx', ...declared(operation).map((one) => one.split(' ')[0]), 'options...'].join(', ');
    return `${method(name, description)}
//
// The tasks come one by one as they arrive, without the lists: [Client.${name}Lines] returns both. The
// last error is [ErrIncompleteExport] if the export was cut off.
func (c *Client) ${name}(${args}) iter.Seq2[Task, error] {
	return tasksIn(c.${name}Lines(${passed}))
}

// ${name}Lines returns the lines of [Client.${name}], without the last one: first the lists, as
// [ExportedList], then the tasks, as [ExportedTask].
func (c *Client) ${name}Lines(${args}) iter.Seq2[ExportLine, error] {
	return c.export(ctx, ${sent}, options)
}
`;
  }
  const words = paging ? `// ${name}Page returns one page of [Client.${name}].` : method(name, description);
  const single =
    result === undefined
      ? `${words}
func (c *Client) ${name}(${args}) error {
	_, err := call[struct{}](ctx, c, ${sent}, options)
	return err
}
`
      : `${words}
func (c *Client) ${name}${paging ? 'Page' : ''}(${args}) (*${result}, error) {
	return call[${result}](ctx, c, ${sent}, options)
}
`;
  return `${params}${paging ? `${listMethod(operation, paging)}\n` : ''}${single}`;
};
