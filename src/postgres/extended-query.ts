// One execution of a statement on a connection of `pg`, in the extended query protocol (PostgreSQL,
// section 55.2.3). The Query of `pg` requests a description of the rows at every execution, and
// derives from it how to read them. The form of a prepared statement's rows cannot change, so here
// it is requested once for each connection.
import type pg from 'pg';
import type { DriverQueryResult } from 'slonik';

/** How to read the rows of a statement. */
export interface RowDecoder {
  readonly fields: DriverQueryResult['fields'];
  readonly parsers: readonly ((text: string) => unknown)[];
  /** A row without values: copying it is faster than building one field by field. */
  readonly empty: Readonly<Record<string, unknown>>;
}

/** The decoders of a connection's prepared statements, by name. */
export type RowDecoders = Map<string, RowDecoder>;

/** What `@types/pg` leaves out of a connection. */
interface Connection {
  readonly stream: { cork(): void; uncork(): void };
  /**
   * The texts of the statements that are prepared, and of those that have been sent for
   * preparation.
   */
  readonly parsedStatements: Readonly<Record<string, string>>;
  readonly submittedNamedStatements: Record<string, string>;
  parse(message: { readonly text: string; readonly name: string | undefined }): void;
  bind(message: {
    readonly statement: string | undefined;
    readonly values: readonly (string | Buffer | null)[];
  }): void;
  describe(message: { readonly type: 'P' }): void;
  execute(message: object): void;
  sync(): void;
  query(text: string): void;
}

interface Description {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
}

const nothing: RowDecoder = { fields: [], parsers: [], empty: {} };

// The values that Slonik binds: it converts all other kinds to one of these.
const toWire = (value: unknown): string | Buffer | null => {
  if (value === null || typeof value === 'string' || Buffer.isBuffer(value)) return value;
  if (['number', 'bigint', 'boolean'].includes(typeof value)) return String(value);
  throw new TypeError('a value of a statement is text, a number or a boolean');
};

const rowDecoderOf = ({ fields }: Description, types: pg.CustomTypesConfig): RowDecoder => ({
  fields: fields.map(({ name, dataTypeID }) => ({ dataTypeId: dataTypeID, name })),
  parsers: fields.map(({ dataTypeID }) => types.getTypeParser(dataTypeID, 'text')),
  empty: Object.fromEntries(fields.map(({ name }) => [name, null])),
});

export interface ExtendedQueryOptions {
  readonly text: string;
  readonly values: readonly unknown[];
  /** The statement is prepared under this name, on its first execution on the connection. */
  readonly name: string | undefined;
  readonly types: pg.CustomTypesConfig;
  readonly decoders: RowDecoders;
}

/** Pass it to `query` of a client of `pg`, which calls the methods as the response arrives. */
export class ExtendedQuery implements pg.Submittable {
  readonly text: string;
  readonly values: readonly (string | Buffer | null)[];
  readonly name: string | undefined;
  /** Whether the server has reported the statement as complete, which it does before it commits. */
  reportedComplete = false;
  /**
   * Called once, at the end. It is a property because instrumentations replace it with their own.
   */
  callback: (error: Error | null, result?: DriverQueryResult) => void;
  readonly #types: pg.CustomTypesConfig;
  readonly #decoders: RowDecoders;
  #decoder: RowDecoder | undefined;
  #fault: Error | undefined;
  #command = '';
  readonly #rows: Record<string, unknown>[] = [];

  /** Throws a TypeError on a value that cannot be sent. */
  constructor(options: ExtendedQueryOptions, callback: ExtendedQuery['callback']) {
    this.text = options.text;
    this.values = options.values.map(toWire);
    this.name = options.name;
    this.callback = callback;
    this.#types = options.types;
    this.#decoders = options.decoders;
  }

  /**
   * Sends everything at once: prepare if necessary, bind, describe if the rows are unknown,
   * execute.
   */
  submit(to: pg.Connection): Error | null {
    const connection = to as unknown as Connection;
    const { name, text, values } = this;
    // The simple query protocol: one message, and no prepared text that a pooler would cache.
    if (name === undefined && values.length === 0) {
      connection.query(text);
      return null;
    }
    const prepared =
      name === undefined
        ? undefined
        : (connection.parsedStatements[name] ?? connection.submittedNamedStatements[name]);
    if (prepared !== undefined && prepared !== text) {
      return new Error(`the statement ${name} has more than one text`);
    }
    if (name !== undefined) this.#decoder = this.#decoders.get(name);
    connection.stream.cork();
    try {
      if (prepared === undefined) {
        connection.parse({ text, name });
        if (name !== undefined) connection.submittedNamedStatements[name] = text;
      }
      connection.bind({ statement: name, values });
      if (this.#decoder === undefined) connection.describe({ type: 'P' });
      connection.execute({});
      connection.sync();
    } finally {
      connection.stream.uncork();
    }
    return null;
  }

  handleRowDescription(description: Description): void {
    this.#decoder = rowDecoderOf(description, this.#types);
  }

  handleDataRow({ fields: texts }: { readonly fields: readonly (string | null)[] }): void {
    const { fields, parsers, empty } = this.#decoder ?? nothing;
    const row = { ...empty };
    try {
      for (let at = 0; at < texts.length; at++) {
        const text = texts[at];
        const field = fields[at];
        if (typeof text === 'string' && field) row[field.name] = parsers[at]?.(text);
      }
    } catch (error) {
      this.#fault ??= error instanceof Error ? error : new Error(String(error));
    }
    this.#rows.push(row);
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.reportedComplete = true;
    this.#command = text;
  }

  /** The statement was nothing but a comment. */
  handleEmptyQuery(): void {}

  /** There is nothing to copy: the server responds to this with an error. */
  handleCopyInResponse(connection: { sendCopyFail(reason: string): void }): void {
    connection.sendCopyFail('COPY is not offered');
  }

  handleCopyData(): void {}

  handleError(error: Error): void {
    this.callback(error);
  }

  handleReadyForQuery(): void {
    if (this.#fault) {
      this.callback(this.#fault);
      return;
    }
    // Nothing was described: the statement returns no rows.
    const decoder = this.#decoder ?? nothing;
    if (this.name !== undefined) this.#decoders.set(this.name, decoder);
    // `SELECT 5`, `INSERT 0 1`, `BEGIN`.
    const [command = '', ...counts] = this.#command.split(' ');
    const count = counts.at(-1);
    this.callback(null, {
      command: command as DriverQueryResult['command'],
      fields: decoder.fields,
      rowCount: count === undefined || !/^\d+$/.test(count) ? null : Number(count),
      rows: this.#rows,
    });
  }
}
