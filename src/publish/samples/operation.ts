// An operation as a sample calls it: what must be sent, with the contract's own examples as values.
import { type ContractOperation, dereference, document, operationsOf } from '../contract.ts';
import type { ApiOperation } from '../model/operations.ts';
import { model } from '../model.ts';

interface Example {
  readonly name: string;
  readonly value: unknown;
}

export interface SampleOperation {
  readonly id: string;
  /** In capitals. */
  readonly method: string;
  readonly path: string;
  readonly secured: boolean;
  /** What must be sent, in the order of the contract; `user_id` among it. */
  readonly inPath: readonly Example[];
  readonly inQuery: readonly Example[];
  readonly body: { readonly mediaType: string; readonly value: unknown } | undefined;
}

const bodyOf = ({ id, body }: ContractOperation): SampleOperation['body'] => {
  if (!body?.required) return undefined;
  const [example] = Object.values(body.examples ?? {});
  if (example === undefined) throw new Error(`${id}: a request body without an example`);
  return { mediaType: body.mediaType, value: dereference(example).value };
};

const toSample = (operation: ContractOperation): SampleOperation => {
  const { id, method, path, secured, parameters } = operation;
  const required = (place: string) =>
    parameters
      .filter((parameter) => parameter.in === place && parameter.required)
      .map(({ name, example }) => ({ name, value: example }));
  return {
    id,
    method: method.toUpperCase(),
    path,
    secured,
    inPath: required('path'),
    inQuery: required('query'),
    body: bodyOf(operation),
  };
};

/** Every operation of the contract. */
export const sampleOperations = (): readonly SampleOperation[] => operationsOf(document).map(toSample);

/** An operation of the SDKs, which send the user and the constants of a query themselves. */
export interface SdkSample {
  readonly operation: ApiOperation;
  /** The arguments for the path. */
  readonly inPath: readonly unknown[];
  /** The body's value, of the type `operation.body`; undefined if a call needs none. */
  readonly body: unknown;
}

const sdkOperations = new Map(model.operations.map((operation) => [operation.id, operation]));

/** The call of an SDK; undefined if the SDKs do not have the operation. */
export const sdkSampleOf = ({ id, inPath, body }: SampleOperation): SdkSample | undefined => {
  const operation = sdkOperations.get(id);
  return (
    operation && {
      operation,
      inPath: inPath.filter(({ name }) => name !== 'user_id').map(({ value }) => value),
      body: body?.value,
    }
  );
};
