// JSON lines on standard output. Each logged field is chosen: an error's own properties, to which a
// driver adds SQL, values and connection settings, are never logged.
import { AsyncLocalStorage } from 'node:async_hooks';
import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';

export interface Logger extends PinoLogger {
  /**
   * A line at level info for frequent events: for fields that need no serializer, in a fraction of
   * the time.
   */
  readonly brief: (fields: object, msg: string) => void;
}

/** The fields of every line of a request. */
export interface RequestContext {
  readonly request_id: string;
  /** The trace in the caller's `traceparent`. */
  readonly trace_id?: string;
  readonly parent_id?: string;
}

export const requestContext = new AsyncLocalStorage<RequestContext>();

interface LoggedError {
  readonly name: string;
  readonly code?: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: LoggedError;
}

// user:password@ of a URL, in case a library puts one into a message.
const withoutCredentials = (text: string) => text.replace(/\/\/[^/\s@]*@/g, '//[redacted]@');

/**
 * The parts of an error that may be logged: name, code, message, stack, and the same for its
 * causes.
 */
export const loggable = (error: unknown, depth = 3): LoggedError => {
  if (!(error instanceof Error)) return { name: typeof error, message: withoutCredentials(String(error)) };
  const code = (error as { code?: unknown }).code;
  return {
    name: error.name,
    ...(typeof code === 'string' && { code }),
    message: withoutCredentials(error.message),
    ...(error.stack && { stack: withoutCredentials(error.stack) }),
    ...(error.cause !== undefined && depth > 0 && { cause: loggable(error.cause, depth - 1) }),
  };
};

const noContext = {};

// POSIX's PIPE_BUF on Linux, in bytes: writes of this size or less, by processes that share a pipe,
// do not mix.
const atomicWrite = 4096;

/**
 * Standard output, written ten times a second or when there are 4 kB of lines: a system call for
 * each line costs more than the line. All lines are written before the process ends, unless it is
 * killed or no one reads them for another second. The lines wait here, because pino's own
 * destination would measure everything that waits at each new line. If they cannot be written,
 * because the disk is full or the reader has stopped, the service continues, and keeps a megabyte
 * of them for later.
 */
const standardOutput = (): DestinationStream => {
  let retriedUntil = 0;
  const output = pino.destination({
    sync: true,
    maxLength: 1_000_000,
    maxWrite: atomicWrite,
    // On a full pipe it would block the whole process.
    retryEAGAIN: () => performance.now() < retriedUntil,
  });
  let waiting = '';
  let size = 0;
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const lines = waiting;
    waiting = '';
    size = 0;
    // Including what could not be written before.
    output.write(lines);
  };
  const flushSoon = (): void => {
    timer ??= setTimeout(flush, 100).unref();
  };
  output.on('error', flushSoon);
  process.on('exit', () => {
    retriedUntil = performance.now() + 1000;
    flush();
  });
  return {
    write: (line) => {
      const length = Buffer.byteLength(line);
      if (size + length > atomicWrite) flush();
      waiting += line;
      size += length;
      flushSoon();
    },
  };
};

// Under load, many lines have the same millisecond, and formatting the time is a third of the work
// of a line.
const createClock = (): (() => string) => {
  let time = 0;
  let text = '';
  return () => {
    const now = Date.now();
    if (now !== time) {
      time = now;
      text = `,"time":"${new Date(now).toISOString()}"`;
    }
    return text;
  };
};

/** A logger of JSON lines at `level` and above; `destination` defaults to standard output. */
export const createLogger = (level: string, destination: DestinationStream = standardOutput()): Logger => {
  const clock = createClock();
  const logger = pino(
    {
      level,
      base: null,
      timestamp: clock,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (error: unknown) => loggable(error) },
      mixin: () => requestContext.getStore() ?? noContext,
      mixinMergeStrategy: (line: object, context: object) =>
        context === noContext ? line : { ...context, ...line },
    },
    destination,
  );
  const brief = (fields: object, msg: string): void => {
    if (!logger.isLevelEnabled('info')) return;
    destination.write(`{"level":"info"${clock()},${JSON.stringify({ ...fields, msg }).slice(1)}\n`);
  };
  return Object.assign(logger, { brief });
};
