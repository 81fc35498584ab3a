// The endpoint of the Model Context Protocol: streamable HTTP without sessions or streams, by the
// official server library, for the current revision (2026-07-28) and earlier ones. The library reads
// the messages; what a tool does is done by the operations of the contract.
import {
  createMcpHandler,
  isLegacyRequest,
  isSpecType,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type Tool as ToolOfLibrary,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import type { AnyReply } from '../contract/operation.ts';
import { Problem, problems } from '../contract/problem.ts';
import { isRecord } from '../contract/record.ts';
import { type Scope, scopes, scopesOfTools } from '../contract/scopes.ts';
import type { Endpoint, EndpointContext } from '../http/endpoint.ts';
import type { Arguments } from './arguments.ts';
import { isDocument } from './contract.ts';
import {
  forLog,
  invalidRequest,
  type Message,
  methodNotFound,
  readMessage,
  rpcError,
  unknownTool,
  withShortError,
} from './message.ts';
import { failureOf, resultOf, type Tool, type ToolResult, toolsOf } from './tools.ts';

export interface McpOptions {
  /** The bundled contract. */
  readonly document: object;
  /** Whether a page of this origin may send requests. */
  readonly isAllowedOrigin: (origin: string) => boolean;
  /** Called with errors of the library. */
  readonly onError: (error: Error) => void;
}

/** The longest message, in kB: a batch, and what is around it. */
const bodyLimit = 2800;

/** How long a client may keep the list of tools, in milliseconds: it changes with a deploy only. */
const listTtl = 300_000;

/** The methods in log lines. Any other is one that a client has invented. */
const methods = ['initialize', 'ping', 'server/discover', 'tools/list', 'tools/call'];

/**
 * Whether an error is a problem for the model to read, such as a full quota. The lack of a scope
 * concerns the token: a client acts on its status and headers, and signs in again.
 */
const isForModel = (error: unknown): error is Problem =>
  error instanceof Problem && error.slug !== 'insufficient-scope';

/** One message, and what must become its response whatever the library makes of it. */
interface Exchange {
  readonly context: EndpointContext;
  /** The arguments of the tool, as they arrived. */
  readonly given: Arguments;
  hasCalled?: boolean;
  escaped?: unknown;
}

/** The refusal as a challenge: asking for the missing scope alone would lose those that the token has. */
const challengeOf = (error: unknown, { operation: { operationId } }: Tool, context: EndpointContext) => {
  const missing = context.missingScope(operationId);
  if (!(error instanceof Problem) || missing === null) return error;
  const has = context.principal.scopes;
  return problems.insufficientScope(
    missing,
    scopes.filter((scope) => scope === missing || has.has(scope)),
  );
};

const callTool = async (tool: Tool, exchange: Exchange): Promise<ToolResult> => {
  const { context, given } = exchange;
  exchange.hasCalled = true;
  try {
    return resultOf(await context.perform(tool.operation.operationId, () => tool.toValues(given)));
  } catch (error) {
    if (isForModel(error)) return failureOf(tool, error, context.requestId);
    exchange.escaped = challengeOf(error, tool, context);
    return { content: [], isError: true };
  }
};

interface Parts {
  readonly tools: ReadonlyMap<string, Tool>;
  /** The tools as the library sends them. */
  readonly listed: readonly { readonly operationId: string; readonly tool: ToolOfLibrary }[];
  /** The scopes that they need. */
  readonly toolScopes: readonly Scope[];
  readonly info: { readonly name: string; readonly version: string };
  readonly instructions: string;
}

/** A server for one message. */
const serverFor = ({ tools, listed, toolScopes, info, instructions }: Parts, exchange: Exchange): Server => {
  const server = new Server(info, {
    capabilities: { tools: {} },
    instructions,
    cacheHints: { 'tools/list': { ttlMs: listTtl, cacheScope: 'private' } },
  });
  server.setRequestHandler('tools/list', async () => {
    const allowed = listed.filter(({ operationId }) => exchange.context.missingScope(operationId) === null);
    // No tools would look like a server that has none: with a challenge, the client can ask for more.
    if (allowed.length === 0) exchange.escaped = problems.noScope(toolScopes);
    return { tools: allowed.map(({ tool }) => tool) };
  });
  server.setRequestHandler('tools/call', async ({ params: { name } }) => {
    const tool = tools.get(name);
    if (tool === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, unknownTool(name));
    exchange.context.logged({ tool: name });
    return { ...(await callTool(tool, exchange)) };
  });
  return server;
};

const nameOf = (method: string): string => methods.find((known) => known === method) ?? 'other';

/** What the library needs of the request; its own checks of the rest are done already. */
const requestOf = ({ headers }: EndpointContext): Request => {
  const fields = Object.entries(headers).filter(
    (field): field is [string, string] => field[0].startsWith('mcp-') && typeof field[1] === 'string',
  );
  return new Request('http://localhost/mcp', {
    method: 'POST',
    headers: [
      ...fields,
      ['content-type', 'application/json'],
      ['accept', 'application/json, text/event-stream'],
    ],
  });
};

/** Responds to a message of a revision before 2026-07-28. */
const respondToEarlier = async (server: Server, request: Request, body: Message): Promise<Response> => {
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  await server.connect(transport);
  try {
    return await transport.handleRequest(request, { parsedBody: body });
  } finally {
    await server.close();
  }
};

const replyFrom = async (response: Response, { hasCalled }: Exchange): Promise<AnyReply> => {
  const text = await response.text();
  if (text === '') return { status: response.status };
  return { status: response.status, text: hasCalled ? text : withShortError(text) };
};

const isTextual = (value: unknown): value is { readonly title: string; readonly version: string } =>
  isRecord(value) && typeof value.title === 'string' && typeof value.version === 'string';

const partsOf = (document: object): Parts => {
  if (!isDocument(document)) throw new Error('The contract has no paths');
  const { info, 'x-mcp-instructions': instructions } = document;
  if (!isTextual(info) || typeof instructions !== 'string') {
    throw new Error('The contract has no title, version or x-mcp-instructions');
  }
  const tools = toolsOf(document);
  const listed = [...tools.values()].map(({ operation: { operationId }, description: tool }) => {
    if (!isSpecType.Tool(tool)) throw new Error(`${tool.name} is no tool to the library`);
    return { operationId, tool };
  });
  return {
    tools,
    listed,
    toolScopes: scopesOfTools(document),
    info: { name: info.title, version: info.version },
    instructions: instructions.trim(),
  };
};

/** Builds the endpoint. Throws if the contract declares a tool that cannot be one. */
export const createMcpEndpoint = ({ document, isAllowedOrigin, onError }: McpOptions): Endpoint => {
  const parts = partsOf(document);
  // The library takes what belongs to a request as its authentication.
  const exchanges = new WeakMap<Request, Exchange>();
  const exchangeOf = (request: Request | undefined): Exchange => {
    const exchange = request && exchanges.get(request);
    if (exchange === undefined) throw new Error('a request of the library without its exchange');
    return exchange;
  };
  const current = createMcpHandler(({ requestInfo }) => serverFor(parts, exchangeOf(requestInfo)), {
    legacy: 'reject',
    // A subscription would be a stream without an end, of events that never come.
    maxSubscriptions: 0,
    keepAliveMs: 0,
    onerror: (error) => onError(forLog(error)),
  });
  const respond = async (body: Message, exchange: Exchange): Promise<Response> => {
    const request = requestOf(exchange.context);
    exchanges.set(request, exchange);
    return (await isLegacyRequest(request, body))
      ? respondToEarlier(serverFor(parts, exchange), request, body)
      : current.fetch(request, { parsedBody: body });
  };
  const handle: Endpoint['handle'] = async (body, context) => {
    const { origin } = context.headers;
    if (origin !== undefined && !isAllowedOrigin(origin)) {
      return rpcError(403, invalidRequest, 'Pages of this origin may not use this server');
    }
    const { message, given, isNotification, reply: early } = readMessage(body);
    if (isNotification) context.logged({ rpc: 'notification' });
    if (message === undefined) return early;
    context.logged({ rpc: nameOf(message.method) });
    if (message.method === 'subscriptions/listen') {
      return rpcError(404, methodNotFound, 'This server has no subscriptions', message.id);
    }
    const exchange: Exchange = { context, given };
    const reply = await replyFrom(await respond(message, exchange), exchange);
    if (exchange.escaped !== undefined) throw exchange.escaped;
    return reply;
  };
  return { path: '/mcp', name: 'mcp', bodyLimit, handle };
};
