// Where to look in a browser when the server is ready: for the person who started it, on the
// terminal. The log has only JSON lines.

/** Hosts that only this machine reaches, as src/console knows them. */
const loopback = ['127.0.0.1', 'localhost', '::1'];

/**
 * The address of the console. With a token it is signed in: the token comes after `#`, which a
 * browser sends to no server. So nothing mints a token over HTTP, where pages of other origins,
 * other users of this machine or others on the network could ask for one. A server that others
 * reach gets none: its address might be passed on.
 */
export const consoleAddress = (address: string, host: string, token: string | null): string =>
  `${address}/console${token !== null && loopback.includes(host) ? `#token=${token}` : ''}`;

/** The lines that name the API, its documentation and its console. */
export const addressLines = (address: string, host: string, token: string | null): string[] => [
  `  API       ${address}`,
  `  Docs      ${address}/docs`,
  `  Console   ${consoleAddress(address, host, token)}`,
];

/**
 * The command that connects an agent to the development server. Like the console, only on a loopback
 * host.
 */
export const agentLines = (address: string, host: string, token: string | null): string[] =>
  token === null || !loopback.includes(host)
    ? [`  MCP       ${address}/mcp`]
    : [
        `  MCP       ${address}/mcp, for example in Claude Code:`,
        `            claude mcp add --transport http tasks ${address}/mcp --header "Authorization: Bearer ${token}"`,
      ];

/** Prints the addresses of a ready server without a token, if a person may be reading. */
export const announce = (address: string, host: string): void => {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\n${['Tasks API', ...addressLines(address, host, null)].join('\n')}\n\n`);
};
