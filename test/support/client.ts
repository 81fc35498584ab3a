// A client that holds every answer against the contract.
import { departures } from './contract.ts';

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly body?: string | Uint8Array;
  readonly token?: string | null;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely; the contract check has typed them
  readonly json: any;
}

export type Send = (method: string, path: string, options?: RequestOptions) => Promise<ApiResponse>;

/**
 * A client of the server at `base`, with `ownToken` unless a request brings another one or null.
 * Throws on an answer that departs from the contract.
 */
export const sendTo =
  (base: string, ownToken: string | null = null): Send =>
  async (method, path, { headers: given, json, body: raw, token = ownToken } = {}) => {
    const headers = new Headers(given);
    if (token) headers.set('Authorization', `Bearer ${token}`);
    if (json !== undefined && !headers.has('Content-Type')) headers.set('Content-Type', 'application/json');
    const body = json === undefined ? raw : JSON.stringify(json);
    const response = await fetch(base + path, {
      method,
      headers,
      redirect: 'manual',
      ...(body !== undefined && { body: body as NonNullable<RequestInit['body']> }),
    });
    const text = await response.text();
    const answer = {
      method,
      path: new URL(base + path).pathname,
      status: response.status,
      headers: response.headers,
      text,
    };
    const strayed = departures(answer);
    if (strayed.length > 0)
      throw new Error(
        `${method} ${path} answered ${response.status} ${text} against the contract:\n${strayed.join('\n')}`,
      );
    const isJson = /[/+]json$/.test(response.headers.get('content-type') ?? '') && text !== '';
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? JSON.parse(text) : undefined,
    };
  };
