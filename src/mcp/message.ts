// A message before the library reads it, and the library's errors before a client does. The library
// lists everything that is wrong with a message, a hundred times as long as the message, and repeats
// what it does not know; so it only gets what is short and has few values.
import type { AnyReply } from '../contract/operation.ts';
import { isRecord } from '../contract/record.ts';
import { shortened } from '../contract/shortened.ts';

/** JSON-RPC 2.0, section 5.1. */
export const invalidRequest = -32_600;
export const methodNotFound = -32_601;
const invalidParams = -32_602;
const internalError = -32_603;

type Id = string | number;
type Members = Readonly<Record<string, unknown>>;

/** A request that has been checked. */
export interface Message {
  readonly jsonrpc: '2.0';
  readonly id: Id;
  readonly method: string;
  readonly params?: Members;
}

/** A message, or the reply to one that the library does not get. */
export type Reading =
  | {
      readonly message: Message;
      readonly given: Members;
      readonly reply?: never;
      readonly isNotification?: never;
    }
  | {
      readonly message?: never;
      readonly given?: never;
      readonly reply: AnyReply;
      readonly isNotification?: boolean;
    };

/** A response that is an error of JSON-RPC. */
export const rpcError = (status: number, code: number, message: string, id: Id | null = null): AnyReply => ({
  status,
  body: { jsonrpc: '2.0', error: { code, message }, id },
});

/** The longest id, and the longest name of a method or a tool, in characters. */
const maxName = 200;

/** A message without the arguments of a tool: names, and what a client says about itself. */
const maxLength = 16_384;
const maxValues = 200;

const tooLarge =
  `params must have at most ${maxValues} values and ${maxLength} characters, ` +
  'without the arguments of a tool';

/** The longest message of an error, in characters. */
const maxText = 300;

const isName = (value: unknown): value is string => typeof value === 'string' && value.length <= maxName;

const isId = (value: unknown): value is Id => isName(value) || Number.isSafeInteger(value);

/** Whether a value is short and has few values. Looks at no more of it than that. */
const isSmall = (value: unknown): boolean => {
  const found: unknown[] = [value];
  let length = 0;
  for (const one of found) {
    if (typeof one === 'string') length += one.length;
    if (typeof one === 'object' && one !== null) {
      const names = Object.keys(one);
      if (found.length + names.length > maxValues) return false;
      for (const name of names) length += name.length;
      found.push(...Object.values(one));
    }
    if (length > maxLength) return false;
  }
  return true;
};

// With `_meta` it is one of the current revision, which has no such method: the library refuses it.
const faultOfInitialize = (params: Members): string | undefined => {
  const { protocolVersion, capabilities, clientInfo } = params;
  if (isRecord(params._meta)) return undefined;
  if (!isName(protocolVersion)) return 'params.protocolVersion must be a revision, such as "2025-11-25"';
  if (!isRecord(capabilities)) return 'params.capabilities must be an object';
  return isRecord(clientInfo) ? undefined : 'params.clientInfo must be an object with name and version';
};

/** The error for a name that no tool has. */
export const unknownTool = (name: string): string => `Unknown tool: ${shortened(name)}; see tools/list`;

const faultOfCall = ({ name, arguments: given = null }: Members): string | undefined => {
  if (typeof name !== 'string') return 'params.name must be the name of a tool';
  if (name.length > maxName) return unknownTool(name);
  return given === null || isRecord(given) ? undefined : 'params.arguments must be an object';
};

const faultOfParams = (method: string, params: unknown): string | undefined => {
  if (params !== undefined && !isRecord(params)) return 'params must be an object';
  if (method === 'initialize') return faultOfInitialize(params ?? {});
  return method === 'tools/call' ? faultOfCall(params ?? {}) : undefined;
};

/**
 * Checks the body of a request to the endpoint. The arguments of a tool are apart from the message,
 * as they arrived: the library would drop some of them.
 */
export const readMessage = (body: unknown): Reading => {
  const refuse = (text: string): Reading => ({ reply: rpcError(400, invalidRequest, text) });
  if (Array.isArray(body)) return refuse('Send one message per request, not a batch');
  if (!isRecord(body) || body.jsonrpc !== '2.0') return refuse('Send one message of JSON-RPC 2.0');
  const { id, method, params } = body;
  // The server sends no requests, so there are no responses to it.
  if (!isName(method)) return refuse(`method must be a string of at most ${maxName} characters`);
  // It has no effect here, and never a response.
  if (id === undefined) return { reply: { status: 202 }, isNotification: true };
  if (!isId(id)) return refuse(`id must be an integer, or a string of at most ${maxName} characters`);
  const fault = faultOfParams(method, params);
  if (fault !== undefined) return { reply: rpcError(200, invalidParams, fault, id) };
  const { arguments: given, ...others } = isRecord(params) ? params : {};
  const isCall = method === 'tools/call';
  if (!isSmall(isCall ? others : params)) return { reply: rpcError(200, invalidParams, tooLarge, id) };
  const read = isCall ? { ...others, arguments: {} } : params;
  return {
    message: { jsonrpc: '2.0', id, method, ...(isRecord(read) && { params: read }) },
    given: isCall && isRecord(given) ? given : {},
  };
};

const isError = (value: unknown): value is { readonly error: Members } =>
  isRecord(value) && isRecord(value.error);

const isLong = (value: unknown): boolean => (JSON.stringify(value)?.length ?? 0) > maxText;

/**
 * An error of the library in one sentence: what it finds wrong with params, it reports as an internal
 * error with all of its findings. Anything else is returned as it is.
 */
export const withShortError = (text: string): string => {
  if (!text.includes('"error":')) return text;
  const response: unknown = JSON.parse(text);
  if (!isError(response)) return text;
  const { code, message, data } = response.error;
  const isListing = typeof message !== 'string' || message.includes('\n') || message.startsWith('[');
  const error = isListing
    ? {
        code: code === internalError ? invalidParams : code,
        message: 'The message is not as the protocol defines it for this method',
      }
    : {
        code,
        message: shortened(message, maxText),
        ...(data !== undefined && !isLong(data) && { data }),
      };
  return JSON.stringify({ ...response, error });
};

/** An error for the log: what a client has sent is in its text, and not all of that is needed. */
export const forLog = ({ name, message, stack }: Error): Error =>
  Object.assign(new Error(shortened(message, maxText)), {
    name,
    stack: message.length > maxText ? undefined : stack,
  });
