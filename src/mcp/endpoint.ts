// The endpoint of the Model Context Protocol: streamable HTTP without sessions or streams, by the
// official server library, for the current revision (2026-07-28) and those before it. The library
// reads the messages; what a tool does is done by the operations of the contract.
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
import { Problem } from '../contract/problem.ts';
import type { Endpoint, EndpointContext } from '../http/endpoint.ts';
import { isDocument } from './contract.ts';
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

/** JSON-RPC 2.0, section 5.1. */
const invalidRequest = -32_600;
const methodNotFound = -32_601;

/** A response that is an error of JSON-RPC. */
const rpcError = (status: number, code: number, message: string, id: unknown = null): AnyReply => ({
  status,
  body: { jsonrpc: '2.0', error: { code, message }, id },
});

interface Message {
  readonly jsonrpc: '2.0';
  readonly method?: unknown;
  readonly id?: unknown;
}

const isMessage = (body: unknown): body is Message =>
  typeof body === 'object' && body !== null && 'jsonrpc' in body && body.jsonrpc === '2.0';

/** A problem that concerns the token, not the call: a client acts on its status and headers. */
const concernsToken = ({ status }: Problem): boolean => status === 401 || status === 403;

/** One message, and what must become its response whatever the library makes of it. */
interface Exchange {
  readonly context: EndpointContext;
  escaped?: unknown;
}

const callTool = async (tool: Tool, given: unknown, exchange: Exchange): Promise<ToolResult> => {
  const { context } = exchange;
  const args = typeof given === 'object' && given !== null ? (given as Record<string, unknown>) : {};
  try {
    return resultOf(await context.perform(tool.operation.operationId, () => tool.toValues(args)));
  } catch (error) {
    if (!(error instanceof Problem) || concernsToken(error)) {
      exchange.escaped = error;
      return { content: [], isError: true };
    }
    return failureOf(tool, error.toDocument(context.requestId, context.prefix), error.headers);
  }
};

interface Parts {
  readonly tools: ReadonlyMap<string, Tool>;
  /** The tools as the library sends them. */
  readonly listed: readonly { readonly operationId: string; readonly tool: ToolOfLibrary }[];
  readonly info: { readonly name: string; readonly version: string };
  readonly instructions: string;
}

/** A server for one message. */
const serverFor = ({ tools, listed, info, instructions }: Parts, exchange: Exchange): Server => {
  const server = new Server(info, {
    capabilities: { tools: {} },
    instructions,
    cacheHints: { 'tools/list': { ttlMs: listTtl, cacheScope: 'private' } },
  });
  server.setRequestHandler('tools/list', async () => ({
    tools: listed
      .filter(({ operationId }) => exchange.context.mayPerform(operationId))
      .map(({ tool }) => tool),
  }));
  server.setRequestHandler('tools/call', async ({ params: { name, arguments: given } }) => {
    const tool = tools.get(name);
    if (tool === undefined)
      throw new ProtocolError(
        ProtocolErrorCode.InvalidParams,
        `Unknown tool: ${name.slice(0, 100)}; see tools/list`,
      );
    exchange.context.logged({ tool: name });
    return { ...(await callTool(tool, given, exchange)) };
  });
  return server;
};

const nameOf = (method: unknown): string =>
  methods.find((known) => known === method) ??
  (typeof method === 'string' && method.startsWith('notifications/') ? 'notification' : 'other');

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

const replyFrom = async (response: Response): Promise<AnyReply> => {
  const text = await response.text();
  return text === '' ? { status: response.status } : { status: response.status, text };
};

const isTextual = (value: unknown): value is { readonly title: string; readonly version: string } =>
  typeof value === 'object' && value !== null && 'title' in value && 'version' in value;

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
    onerror: onError,
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
    if (Array.isArray(body))
      return rpcError(400, invalidRequest, 'Send one message per request, not a batch');
    if (!isMessage(body)) return rpcError(400, invalidRequest, 'Send one message of JSON-RPC 2.0');
    context.logged({ rpc: nameOf(body.method) });
    if (body.method === 'subscriptions/listen') {
      return rpcError(404, methodNotFound, 'This server has no subscriptions', body.id);
    }
    const exchange: Exchange = { context };
    const reply = await replyFrom(await respond(body, exchange));
    if (exchange.escaped !== undefined) throw exchange.escaped;
    return reply;
  };
  return { path: '/mcp', name: 'mcp', bodyLimit, handle };
};
