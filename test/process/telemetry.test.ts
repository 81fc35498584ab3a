// OpenTelemetry attached from outside, as OPERATIONS.md describes it, without a line of code in the
// service.
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { newDataDirectory, startService } from '../support/process.ts';

interface Span {
  readonly span: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

const preload = fileURLToPath(new URL('../support/telemetry.mjs', import.meta.url));

describe('OpenTelemetry', { timeout: 120_000 }, () => {
  test('sees a request and its statement in the trace of the caller, without a line of code', async () => {
    const env = { NODE_OPTIONS: `--import ${preload}`, DATA_DIR: await newDataDirectory() };
    const service = await startService(env);
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
    expect((await service.send('GET', '/api/v1/users/me/tasks', { headers })).status).toBe(200);
    expect(await service.end('SIGINT')).toEqual({ code: 0, signal: null });

    const spans: Span[] = service
      .stderr()
      .split('\n')
      .filter((line) => line.startsWith('{"span"'))
      .map((line) => JSON.parse(line));
    const inTrace = spans.filter((span) => span.traceId === traceId);
    const request = inTrace.find(({ parentId }) => parentId === 'b7ad6b7169203331');
    expect(request?.attributes).toMatchObject({
      'http.request.method': 'GET',
      'url.path': '/api/v1/users/me/tasks',
      'http.response.status_code': 200,
    });
    const statement = inTrace.find(({ span }) => span.startsWith('pg.query:'));
    expect(statement?.parentId).toBe(request?.spanId);
    expect(statement?.attributes['db.query.text']).toContain('FROM tasks');
  });
});
