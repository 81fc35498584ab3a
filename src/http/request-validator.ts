// openapi-backend's validator with its compiled schemas and without the rest: responses are checked
// by the tests, and what else it does for each request (lists as query parameters, JSON in them,
// cookies) the contract has no use for.
import type { ErrorObject } from 'ajv';
import {
  type Document,
  OpenAPIValidator,
  type Operation,
  type Request,
  type ValidationResult,
} from 'openapi-backend';
import { assertFormats } from './validation.ts';

/**
 * Validates requests. Construction throws when the contract has a parameter or a format that this
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
          throw new Error(`${operationId}: no validation of a parameter like ${parameter.name}`);
        }
      }
    }
  }

  /**
   * Compiles the schemas of one operation after the other, and lets the process do something else
   * in between: all of them at once would hold the start up. An operation that is asked for before
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
  /** Without Ajv's coercion, which the router's takes the place of. */
  override getAjv(
    context: Parameters<OpenAPIValidator['getAjv']>[0],
    options?: Parameters<OpenAPIValidator['getAjv']>[1],
  ): ReturnType<OpenAPIValidator['getAjv']> {
    return super.getAjv(context, { ...options, coerceTypes: false });
  }

  override preCompileResponseValidators(): void {}
  override preCompileResponseHeaderValidators(): void {}

  /** The router has made values of the query's texts. */
  override validateRequest(request: Request, operation: Operation): ValidationResult<Request> {
    const { params, query, headers, requestBody } = this.router.parseRequest(request, operation);
    const input = {
      path: params,
      query,
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
