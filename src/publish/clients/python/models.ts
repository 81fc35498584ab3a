// Writes _models.py (what the API returns) and _arguments.py (the objects that it receives).
import type { Field, NamedType, ObjectType, Type, Types, UnionType } from '../../model/types.ts';
import {
  docstring,
  enumAlias,
  identifier,
  snake,
  standardImports,
  string,
  typeOf,
  usedIn,
  wrap,
} from './names.ts';

const width = 88;

/** The fields of an object, its tag first. */
const fieldsOf = ({ tag, fields }: ObjectType): readonly Field[] =>
  tag === undefined
    ? fields
    : [
        {
          name: tag.name,
          description: tag.description,
          type: { kind: 'string', only: tag.value },
          required: true,
          nullable: false,
          allowsEmpty: false,
        },
        ...fields,
      ];

/** The expression that turns JSON into the value; `value` is an expression for the JSON. */
const decoded = (types: Types, type: Type, value: string): string => {
  const named = type.kind === 'named' ? types.get(type.name) : undefined;
  if (named?.kind === 'union') return `decode_${snake(named.name)}(${value})`;
  if (named?.kind === 'object') return `${named.name}._decode(${value})`;
  if (type.kind === 'date-time') return `parse_time(${value})`;
  if (type.kind === 'date') return `date.fromisoformat(${value})`;
  if (type.kind !== 'list') return value;
  const item = decoded(types, type.item, 'item');
  if (type.item.kind === 'named' && types.get(type.item.name)?.kind === 'union') {
    return `known(${item} for item in ${value})`;
  }
  return item === 'item' ? `list(${value})` : `[${item} for item in ${value}]`;
};

/** What a field is decoded from: an optional one can be absent. */
const decodedField = (types: Types, { name, type, required, nullable }: Field): string => {
  const decodedFrom = (value: string) => {
    const result = decoded(types, type, value);
    return nullable && result !== value ? `None if ${value} is None else ${result}` : result;
  };
  if (required) return decodedFrom(`data[${string(name)}]`);
  const result = decodedFrom('value');
  const value = `data.get(${string(name)})`;
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

const modelClass = (types: Types, model: ObjectType, isTagged: boolean): readonly string[] => {
  const fields = fieldsOf(model).toSorted((a, b) => Number(b.required) - Number(a.required));
  const hasVersion = fields.some(({ name }) => name === 'version');
  return [
    '@dataclass(frozen=True, kw_only=True)',
    `class ${model.name}(Model):`,
    ...docstring(wrap(model.description, width), '    '),
    '',
    ...fields.flatMap((field) => {
      const type = typeOf(types, field, 'model');
      return [
        `    ${identifier(field.name)}: ${field.required ? type : `${optional(type)} = None`}`,
        ...docstring(wrap(field.description, width), '    '),
      ];
    }),
    ...(hasVersion || isTagged ? etag(!hasVersion) : []),
    '',
    '    @classmethod',
    `    def _decode(cls, data: Mapping[str, Any]) -> ${model.name}:`,
    '        return cls(',
    ...fields.map((field) => `            ${identifier(field.name)}=${decodedField(types, field)},`),
    '        )',
  ];
};

const unionAlias = ({ name, description, members }: UnionType): readonly string[] => [
  `${name} = Union[${members.map((member) => member.name).join(', ')}]`,
  ...docstring(wrap(description, width), ''),
];

/** An alias of several models, and the function that picks one; `None` for one of a later version. */
const modelUnion = (union: UnionType): readonly string[] => [
  ...unionAlias(union),
  '',
  '',
  `def decode_${snake(union.name)}(data: Mapping[str, Any]) -> ${union.name} | None:`,
  `    """The object in its type; \`None\` if a later version has added the type."""`,
  `    kind = data.get(${string(union.tag)})`,
  ...union.members.flatMap(({ value, name }) => [
    `    if kind == ${string(value)}:`,
    `        return ${name}._decode(data)`,
  ]),
  '    return None',
];

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

const isObject = (type: NamedType): type is ObjectType => type.kind === 'object';
const isUnion = (type: NamedType): type is UnionType => type.kind === 'union';

/**
 * The module of the models: what the names in `own` stand for. `tagged` are those that are a whole
 * response with an entity tag.
 */
export const modelsModule = (
  types: Types,
  own: readonly NamedType[],
  tagged: ReadonlySet<string>,
): string => {
  const enums = own.flatMap((type) => (type.kind === 'enum' ? [enumAlias(type)] : []));
  const aliases = ['T = TypeVar("T")', ...enums];
  const classes = own.filter(isObject).map((type) => modelClass(types, type, tagged.has(type.name)));
  const unions = own.filter(isUnion).map(modelUnion);
  const code = [aliases, ...helpers, ...classes, ...unions].flat().join('\n');
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
      ...aliases,
    ],
    ...helpers,
    ...classes,
    ...unions,
  );
};

const argumentClass = (types: Types, object: ObjectType): readonly string[] => {
  const { name, description } = object;
  const fields = fieldsOf(object);
  const lines = (part: typeof fields) =>
    part.flatMap((field) => [
      `    ${field.name}: ${typeOf(types, field, 'argument')}`,
      ...docstring(wrap(field.description, width), '    '),
    ]);
  const needed = fields.filter(({ required }) => required);
  const others = fields.filter(({ required }) => !required);
  const doc = docstring(wrap(description, width), '    ');
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
export const argumentsModule = (types: Types, own: readonly NamedType[]): string => {
  const classes = own.filter(isObject).map((type) => argumentClass(types, type));
  const unions = own.filter(isUnion).map(unionAlias);
  const code = [...classes, ...unions].flat().join('\n');
  const enums = usedIn(
    code,
    own.flatMap((type) => (type.kind === 'enum' ? [type.name] : [])),
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
