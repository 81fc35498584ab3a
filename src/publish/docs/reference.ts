// Local references of the contract.
import type { OpenAPIV3 } from 'openapi-types';
import { document } from '../operations.ts';

const isReference = (value: object): value is OpenAPIV3.ReferenceObject => '$ref' in value;

/** What a reference leads to; anything else unchanged. */
export const dereference = <T extends object>(value: T | OpenAPIV3.ReferenceObject): T => {
  if (!isReference(value)) return value;
  const parts = value.$ref.slice(2).split('/');
  return dereference<T>(parts.reduce((at, key) => at[key], document));
};
