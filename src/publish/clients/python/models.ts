// Writes _models.py (what the API returns) and _arguments.py (the objects that it receives).
import {
  descriptionOf,
  docstring,
  enumAlias,
  identifier,
  isEnum,
  isObject,
  named,
  nameOf,
  resolve,
  type Schema,
  snake,
  standardImports,
  string,
  typeOf,
  usedIn,
  wrap,
} from './schema.ts';

const width = 88;

const fieldsOf = (name: string) => {
  const { properties = {}, required = [] } = named(name);
  return Object.entries(properties).map(([field, schema]) => ({
    field,
    name: identifier(field),
    schema,
    isRequired: required.includes(field),
  }));
};

/** The expression that turns JSON into the value; `value` is an expression for the JSON. */
const decoded = (schema: Schema, value: string): string => {
  const inner = resolve(schema);
  const plain = (): string => {
    if (inner.discriminator) return `decode_${snake(nameOf(schema))}(${value})`;
    if (isObject(inner)) return `${nameOf(schema)}._decode(${value})`;
    if (inner.format === 'date-time') return `parse_time(${value})`;
    if (inner.type !== 'array') return value;
    const item = inner.items ?? {};
    if (resolve(item).discriminator) return `known(${decoded(item, 'item')} for item in ${value})`;
    const each = decoded(item, 'item');
    return each === 'item' ? `list(${value})` : `[${each} for item in ${value}]`;
  };
  const result = plain();
  return inner.nullable && result !== value ? `None if ${value} is None else ${result}` : result;
};

/** What a field is decoded from: an optional one can be absent. */
const decodedField = (field: string, schema: Schema, isRequired: boolean): string => {
  if (isRequired) return decoded(schema, `data[${string(field)}]`);
  const result = decoded(schema, 'value');
  const value = `data.get(${string(field)})`;
  return result === 'value'
    ? value
    : `optional(\n                lambda value: ${result}, ${value}\n            )`;
};

const optional = (type: string) => (type.endsWith(' | None') ? type : `${type} | None`);

const etag = (isPage: boolean): readonly string[] => [
  '',
  '    @property',
  `    def etag(self) -> str${isPage ? ' | None' : ''}:`,
  ...(isPage
    ? [
        '        """The entity tag, for `if_none_match`; `None` if it came with other objects."""',
        '        return None if self.response is None else self.response.etag',
      ]
    : [
        '        """The entity tag of this version, for `if_match` and `if_none_match`."""',
        `        return f'"{self.version}"'`,
      ]),
];

const modelClass = (name: string, isTagged: boolean): readonly string[] => {
  const fields = fieldsOf(name).toSorted((a, b) => Number(b.isRequired) - Number(a.isRequired));
  const hasVersion = fields.some(({ field }) => field === 'version');
  return [
    '@dataclass(frozen=True, kw_only=True)',
    `class ${name}(Model):`,
    ...docstring(wrap(descriptionOf(named(name)), width), '    '),
    '',
    ...fields.flatMap(({ name: attribute, schema, isRequired }) => [
      `    ${attribute}: ${isRequired ? typeOf(schema, 'model') : `${optional(typeOf(schema, 'model'))} = None`}`,
      ...docstring(wrap(descriptionOf(schema), width), '    '),
    ]),
    ...(hasVersion || isTagged ? etag(!hasVersion) : []),
    '',
    '    @classmethod',
    `    def _decode(cls, data: Mapping[str, Any]) -> ${name}:`,
    '        return cls(',
    ...fields.map(
      ({ field, name: attribute, schema, isRequired }) =>
        `            ${attribute}=${decodedField(field, schema, isRequired)},`,
    ),
    '        )',
  ];
};

/** An alias of several models, and the function that picks one; `None` for one of a later version. */
const unionOf = (name: string): readonly string[] => {
  const { discriminator, oneOf = [] } = named(name);
  const { propertyName = '', mapping = {} } = discriminator ?? {};
  return [
    `${name} = Union[${oneOf.map(nameOf).join(', ')}]`,
    ...docstring(wrap(descriptionOf(named(name)), width), ''),
    '',
    '',
    `def decode_${snake(name)}(data: Mapping[str, Any]) -> ${name} | None:`,
    `    """The object in its type; \`None\` if a later version has added the type."""`,
    `    kind = data.get(${string(propertyName)})`,
    ...Object.entries(mapping).flatMap(([value, $ref]) => [
      `    if kind == ${string(value)}:`,
      `        return ${nameOf({ $ref })}._decode(data)`,
    ]),
    '    return None',
  ];
};

const paragraphs = (...parts: readonly (readonly string[])[]) =>
  `${parts
    .filter((part) => part.length > 0)
    .map((part) => part.join('\n'))
    .join('\n\n\n')}\n`;

const helpers: readonly (readonly string[])[] = [
  [
    'def known(items: Iterable[T | None]) -> list[T]:',
    '    """The objects whose type this version knows."""',
    '    return [item for item in items if item is not None]',
  ],
  [
    'def optional(decode: Callable[[Any], T], value: Any) -> T | None:',
    '    """A field that can be absent."""',
    '    return None if value is None else decode(value)',
  ],
];

/**
 * The module of the models. `tagged` are those that are a whole response with an entity tag.
 */
export const modelsModule = (names: readonly string[], tagged: ReadonlySet<string>): string => {
  const types = ['T = TypeVar("T")', ...names.filter((name) => isEnum(named(name))).map(enumAlias)];
  const classes = names
    .filter((name) => isObject(named(name)))
    .map((name) => modelClass(name, tagged.has(name)));
  const unions = names.filter((name) => named(name).discriminator).map(unionOf);
  const code = [types, ...helpers, ...classes, ...unions].flat().join('\n');
  return paragraphs(
    [
      '"""The objects that the API returns. Fields that a later version adds are ignored."""',
      '',
      'from __future__ import annotations',
      '',
      ...standardImports(code),
      '',
      'from ._model import Model, parse_time',
      '',
      ...types,
    ],
    ...helpers,
    ...classes,
    ...unions,
  );
};

const argumentClass = (name: string): readonly string[] => {
  const fields = fieldsOf(name);
  const lines = (part: typeof fields) =>
    part.flatMap(({ field, schema }) => [
      `    ${field}: ${typeOf(schema, 'argument')}`,
      ...docstring(wrap(descriptionOf(schema), width), '    '),
    ]);
  const needed = fields.filter(({ isRequired }) => isRequired);
  const others = fields.filter(({ isRequired }) => !isRequired);
  const doc = docstring(wrap(descriptionOf(named(name)), width), '    ');
  if (others.length === 0) return [`class ${name}(TypedDict):`, ...doc, '', ...lines(needed)];
  // `NotRequired` is not in Python 3.10.
  return [
    ...(needed.length > 0 ? [`class _${name}(TypedDict):`, ...lines(needed), '', ''] : []),
    `class ${name}(${needed.length > 0 ? `_${name}` : 'TypedDict'}, total=False):`,
    ...doc,
    '',
    ...lines(others),
  ];
};

/** The module of the objects in arguments, as typed dictionaries: a key that is absent is not sent. */
export const argumentsModule = (names: readonly string[]): string => {
  const classes = names.filter((name) => isObject(named(name))).map(argumentClass);
  const unions = names
    .filter((name) => named(name).discriminator)
    .map((name) => [
      `${name} = Union[${(named(name).oneOf ?? []).map(nameOf).join(', ')}]`,
      ...docstring(wrap(descriptionOf(named(name)), width), ''),
    ]);
  const code = [...classes, ...unions].flat().join('\n');
  const enums = usedIn(
    code,
    names.filter((name) => isEnum(named(name))),
  );
  return paragraphs(
    [
      '"""The objects that the API receives. A key that is absent is not sent; `None` is sent as null."""',
      '',
      'from __future__ import annotations',
      '',
      ...standardImports(code),
      ...(enums.length > 0 ? ['', `from ._models import ${enums.join(', ')}`] : []),
    ],
    ...classes,
    ...unions,
  );
};
