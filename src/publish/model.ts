// The model of the API that the SDKs and their samples are generated from: which operations they
// have, what each takes and returns, the types that these use, and the errors.
import { type Document, dereferenceIn, document, nameOf, operationsOf } from './contract.ts';
import { isInSdks } from './model/in-sdks.ts';
import { type ApiOperation, bodyOf, operationOf } from './model/operations.ts';
import { readingOf, type Type, type Types, typeOf, typesIn } from './model/types.ts';

export interface ApiModel {
  /** The version of the contract. */
  readonly version: string;
  /** The descriptions of the tags, by name. */
  readonly tags: ReadonlyMap<string, string>;
  readonly operations: readonly ApiOperation[];
  readonly types: Types;
  /** The names of the errors of the contract, by status. */
  readonly errors: readonly {
    readonly status: number;
    readonly name: string;
    readonly description: string;
  }[];
}

/** The errors that operations declare, each with the name of its response in `components`. */
const errorsOf = (contract: Document): ApiModel['errors'] => {
  const names = new Map<number, string>();
  const descriptions = new Map<number, string>();
  for (const { definition } of operationsOf(contract)) {
    for (const [status, response] of Object.entries(definition.responses)) {
      const name = nameOf(response);
      if (Number(status) < 400 || name === undefined) continue;
      names.set(Number(status), name);
      descriptions.set(Number(status), dereferenceIn(contract, response).description);
    }
  }
  return [...names]
    .toSorted(([a], [b]) => a - b)
    .map(([status, name]) => ({ status, name, description: descriptions.get(status) ?? '' }));
};

const named = (name: string | undefined): readonly Type[] =>
  name === undefined ? [] : [{ kind: 'named', name }];

/**
 * The model of a bundled contract. Throws an error that names the schema or the operation at the
 * first thing that a generator would get wrong.
 */
export const modelOf = (contract: Document): ApiModel => {
  const reading = readingOf(contract);
  const inSdks = operationsOf(contract).filter(({ id }) => isInSdks(id));
  // First all bodies, so that what is sent comes before what is received.
  for (const operation of inSdks) bodyOf(reading, operation);
  const operations = inSdks.map((operation) => operationOf(reading, operation));
  const problem = typeOf(reading, { $ref: '#/components/schemas/Problem' }, 'Problem');
  const sent = operations.flatMap(({ body, inQuery }) => [
    ...named(body),
    ...inQuery.map(({ type }) => type),
  ]);
  const received = [...operations.flatMap(({ result }) => named(result)), problem];
  return {
    version: contract.info.version,
    tags: new Map((contract.tags ?? []).map(({ name, description = '' }) => [name, description])),
    operations,
    types: typesIn(reading, sent, received),
    errors: errorsOf(contract),
  };
};

/** The model of the bundled contract. */
export const model: ApiModel = modelOf(document);
