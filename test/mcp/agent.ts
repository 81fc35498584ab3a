// An agent: the official client, connected to the application. Each result is held against the
// output schema of its tool.
import { Client, StreamableHTTPClientTransport, type Tool } from '@modelcontextprotocol/client';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Api } from '../support/app.ts';

/** The revisions of the protocol that are documented, each of which the tests speak. */
export const revisions = ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26'] as const;

export type Arguments = Record<string, unknown>;

export interface Agent {
  readonly client: Client;
  readonly tools: readonly Tool[];
  // biome-ignore lint/suspicious/noExplicitAny: tests look into results freely; the output schema has typed them
  call(name: string, given?: Arguments): Promise<any>;
  /** Calls a tool that fails, and returns the problem. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  fail(name: string, given?: Arguments): Promise<any>;
  close(): Promise<void>;
}

/** What makes a client speak one revision only. */
const only = (revision: string) =>
  revision === revisions[0]
    ? { versionNegotiation: { mode: { pin: revision } } }
    : { versionNegotiation: { mode: 'legacy' as const }, supportedProtocolVersions: [revision] };

const textOf = (content: unknown): string => {
  const [first] = Array.isArray(content) ? content : [];
  return String(first?.text);
};

/** Calls a tool without a client, and returns the structured result. Throws on an error. */
export const callTool = async (
  url: string,
  token: string,
  name: string,
  given: Arguments,
  // biome-ignore lint/suspicious/noExplicitAny: as above
): Promise<any> => {
  const response = await fetch(`${url}/mcp`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: given } }),
  });
  const { result } = (await response.json()) as { readonly result?: Record<string, unknown> };
  if (result?.structuredContent === undefined) throw new Error(`${name} failed: ${JSON.stringify(result)}`);
  return result.structuredContent;
};

/** Connects with a token. */
export const connect = async (
  api: Pick<Api, 'url'>,
  token: string,
  revision: string = revisions[0],
): Promise<Agent> => {
  const client = new Client({ name: 'test', version: '1' }, only(revision));
  const transport = new StreamableHTTPClientTransport(new URL(`${api.url}/mcp`), {
    requestInit: { headers: { Authorization: `Bearer ${token}` } },
  });
  await client.connect(transport);
  const { tools } = await client.listTools();
  const ajv = new Ajv2020({ strict: false });
  const compile = (schema: object): ValidateFunction => ajv.compile(schema);
  const validators = new Map(
    tools.map(({ name, outputSchema }): [string, ValidateFunction] => [name, compile({ ...outputSchema })]),
  );
  return {
    client,
    tools,
    call: async (name, given = {}) => {
      const { isError, content, structuredContent } = await client.callTool({ name, arguments: given });
      if (isError) throw new Error(`${name} failed: ${textOf(content)}`);
      const validate = validators.get(name);
      if (!validate?.(structuredContent)) {
        throw new Error(`${name} strays from its output schema: ${JSON.stringify(validate?.errors)}`);
      }
      if (textOf(content) !== JSON.stringify(structuredContent))
        throw new Error('the text is another result');
      return structuredContent;
    },
    fail: async (name, given = {}) => {
      const { isError, content, structuredContent } = await client.callTool({ name, arguments: given });
      if (!isError || structuredContent !== undefined) throw new Error(`${name} did not fail`);
      return JSON.parse(textOf(content));
    },
    close: () => client.close(),
  };
};
