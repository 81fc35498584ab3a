// openapi-backend's validator, reduced to its compiled schemas: the tests check the responses, and
// the contract does not need the other work that it does for each request (query parameters with
// lists or JSON, cookies).
import type { ErrorObject } from 'ajv';
import {
  type Document,
  OpenAPIValidator,
  type Operation,
  type Request,
  type ValidationResult,
} from 'openapi-backend';
import { assertFormats } from './validation.ts';

/** Whether an operation returns a page for people. */
const isPage = ({ responses = {} }: Operation): boolean =>
  Object.values(responses).some((response) => 'content' in response && response.content?.['text/html']);

/**
 * The compiled schemas of each contract: whatever a process builds on one document, it compiles them
 * once.
 */
const compiled = new WeakMap<object, OpenAPIValidator['requestValidators']>();

/**
 * Validates requests. The constructor throws if the contract has a parameter or a format that it
 * cannot validate.
 */
export class RequestValidator extends OpenAPIValidator<Document> {
  override preCompileRequestValidators(): void {
    for (const { operationId = '', parameters = [], requestBody } of this.router.getOperations()) {
      assertFormats([parameters, requestBody], operationId);
      for (const parameter of parameters) {
        if ('$ref' in parameter) continue;
        const isList = parameter.schema && 'type' in parameter.schema && parameter.schema.type === 'array';
        if (isList || parameter.content || parameter.in === 'cookie') {
          throw new Error(`${operationId}: the parameter ${parameter.name} cannot be validated`);
        }
      }
    }
  }

  /** Uses the schemas that were compiled for the same `document` before, and keeps its own for later. */
  shareCompiled(document: object): void {
    this.requestValidators = compiled.get(document) ?? this.requestValidators;
    compiled.set(document, this.requestValidators);
  }

  /**
   * Compiles the schemas of one operation after the other, and lets the process do other work in
   * between, because all of them at once would delay the start. An operation that is called before
   * its turn is compiled then.
   */
  compileInTurn(): void {
    const waiting = [...this.router.getOperations()];
    const compileNext = () => {
      const operation = waiting.shift();
      if (operation?.operationId === undefined) return;
      this.getRequestValidatorsForOperation(operation.operationId);
      setImmediate(compileNext);
    };
    setImmediate(compileNext);
  }

  #ajv: ReturnType<OpenAPIValidator['getAjv']> | undefined;

  /**
   * One for all operations: each would compile JSON Schema's own schema first, which takes longer
   * than most of theirs. Without Ajv's coercion: the router's replaces it.
   */
  override getAjv(
    context: Parameters<OpenAPIValidator['getAjv']>[0],
    options?: Parameters<OpenAPIValidator['getAjv']>[1],
  ): ReturnType<OpenAPIValidator['getAjv']> {
    this.#ajv ??= super.getAjv(context, { ...options, coerceTypes: false });
    return this.#ajv;
  }

  override preCompileResponseValidators(): void {}
  override preCompileResponseHeaderValidators(): void {}

  /** The router has converted the texts of the query to values. */
  override validateRequest(request: Request, operation: Operation): ValidationResult<Request> {
    const { params, query, headers, requestBody } = this.router.parseRequest(request, operation);
    const input = {
      path: params,
      // Links to pages get parameters from those who share them, such as utm_source.
      query: isPage(operation) ? {} : query,
      header: headers,
      cookie: {},
      ...(requestBody !== undefined && { requestBody }),
    };
    const errors = (this.getRequestValidatorsForOperation(operation.operationId ?? '') ?? []).flatMap(
      (validate): ErrorObject[] => (validate(input) ? [] : (validate.errors ?? [])),
    );
    const valid = errors.length === 0;
    return { valid, errors: valid ? null : errors, coerced: request };
  }
}
