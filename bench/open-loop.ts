// Load that does not wait for responses ("open loop", as in the real world): how many good
// responses come back, and how fast, at a rate that does not depend on the server. wrk cannot send
// it.
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Request } from './load.ts';

export interface Outcome {
  /** Requests a second that were sent. */
  readonly offered: number;
  /** Responses a second with a status of 2xx. */
  readonly goodput: number;
  /** Responses with 429 or 503. */
  readonly refused: number;
  /** Any other response, or none. */
  readonly other: number;
  /** Latencies of the good responses, and of the refusals, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly refusedP50: number;
}

interface Response {
  /** 0 without a response. */
  readonly status: number;
  readonly took: number;
}

const at = (sorted: readonly number[], share: number) =>
  Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 10) / 10;

const latencies = (responses: readonly Response[]) => responses.map(({ took }) => took).sort((a, b) => a - b);

const isGood = ({ status }: Response) => status >= 200 && status < 300;
const isRefused = ({ status }: Response) => status === 429 || status === 503;

/** Clients of one server that send `requests` in turn. Close them at the end. */
export const createClients = (port: number, requests: readonly Request[], patience = 10_000) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 2000 });
  let sent = 0;
  const ask = (): Promise<Response> =>
    new Promise((responded) => {
      const { method, path, token, body } = requests[sent++ % requests.length] as Request;
      const json = body === undefined ? undefined : JSON.stringify(body);
      const started = performance.now();
      const end = (status: number) => responded({ status, took: performance.now() - started });
      const headers = {
        authorization: `Bearer ${token}`,
        ...(json !== undefined && {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(json),
        }),
      };
      const asked = request(
        { host: '127.0.0.1', port, method, path, headers, agent, timeout: patience },
        (response) => {
          response.on('error', () => end(0));
          response.resume().on('end', () => end(response.statusCode ?? 0));
        },
      );
      asked.on('timeout', () => asked.destroy()).on('error', () => end(0));
      asked.end(json);
    });
  return {
    /** Good responses a second of `clients` that each wait for their response before they send the next request. */
    closedLoop: async (clients: number, duration: number): Promise<number> => {
      const until = performance.now() + duration;
      let good = 0;
      const client = async () => {
        while (performance.now() < until) if (isGood(await ask())) good += 1;
      };
      await Promise.all(Array.from({ length: clients }, client));
      return good / (duration / 1000);
    },
    /** Sends `rate` requests a second for `duration` milliseconds, whether or not responses come. */
    openLoop: async (rate: number, duration: number): Promise<Outcome> => {
      const pending: Promise<Response>[] = [];
      const started = performance.now();
      while (performance.now() - started < duration) {
        const due = ((performance.now() - started) / 1000) * rate;
        while (pending.length < due) pending.push(ask());
        await sleep(5);
      }
      const responses = await Promise.all(pending);
      const good = latencies(responses.filter(isGood));
      const refused = latencies(responses.filter(isRefused));
      return {
        offered: Math.round(responses.length / (duration / 1000)),
        goodput: Math.round(good.length / (duration / 1000)),
        refused: refused.length,
        other: responses.length - good.length - refused.length,
        p50: at(good, 0.5),
        p99: at(good, 0.99),
        refusedP50: at(refused, 0.5),
      };
    },
    close: () => agent.destroy(),
  };
};
