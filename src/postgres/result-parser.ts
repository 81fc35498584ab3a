// Slonik does not parse rows by itself: this interceptor applies the schema of the query to each of
// them, so that what leaves the database layer matches its types.
import { type Interceptor, SchemaValidationError } from 'slonik';

export const parseRows: Interceptor = {
  name: 'parse-rows',
  transformRow: ({ resultParser }, query, row) => {
    const result = resultParser?.['~standard'].validate(row);
    if (result === undefined || result instanceof Promise) {
      throw new TypeError('a query needs a schema that parses synchronously');
    }
    if (result.issues) throw new SchemaValidationError(query, row, result.issues);
    return result.value as typeof row;
  },
};
