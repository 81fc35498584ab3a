// Where the microseconds of a request go: a sampled profile of the service under load, summed by
// the part of the service that spent them. Time that Node or V8 spends on behalf of a part counts
// for that part.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  /** Microseconds of the monotonic clock, which is the machine's: the same in every process. */
  readonly startTime: number;
  /** Microseconds between samples. */
  readonly timeDeltas: readonly number[];
}

// The first pattern that matches a frame's address, from the innermost frame outwards.
const shares: readonly (readonly [share: string, pattern: RegExp])[] = [
  ['token', /jose\/|src\/auth\/|internal\/crypto\/(?!random)/],
  [
    'routing and validation',
    /openapi-backend\/|lodash|ajv\/|src\/http\/(?:router|validation)|src\/contract\//,
  ],
  ['rows', /zod\/|src\/postgres\/(?:result-parser|timestamp)|src\/tasks\/row/],
  ['Slonik', /slonik\/|roarr\/|src\/db\/|src\/tasks\/store|opentelemetry|serialize-error/],
  ['pg', /\/pg(?:-\w+)*\/|postgres-/],
  ['log', /pino|sonic-boom|src\/log|src\/http\/request-log/],
  ['body', /src\/http\/(?:body|json-size)/],
  ['Koa and handlers', /\/koa|on-finished\/|\/src\/|node_modules\//],
  ['node:http', /node:_?http|node:internal\/http|node:net|node:internal\/stream/],
];

const shareOf = (
  { callFrame: { functionName, url } }: ProfileNode,
  inner: string | undefined,
): string | undefined => {
  if (functionName === '(idle)' || functionName === '(garbage collector)') return functionName;
  if (inner !== undefined && inner !== 'node:http') return inner;
  const share = shares.find(([, pattern]) => pattern.test(url))?.[0];
  // pg and pino write to their own sockets and files; node:http's work for Koa is the response
  // itself.
  return inner === undefined || share === 'pg' || share === 'log' || share === 'token'
    ? (share ?? inner)
    : inner;
};

/**
 * The share of the time that each part spent, without start-up and idle time; the largest first.
 */
const addUp = ({ nodes, samples, startTime, timeDeltas }: CpuProfile, from: number): Map<string, number> => {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const known = new Map<number, string>();
  const ownerOf = (id: number): string => {
    const found = known.get(id);
    if (found !== undefined) return found;
    let share: string | undefined;
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
      const node = byId.get(at);
      if (node) share = shareOf(node, share);
    }
    known.set(id, share ?? 'Node and V8');
    return share ?? 'Node and V8';
  };
  const sums = new Map<string, number>();
  let at = startTime;
  let total = 0;
  samples.forEach((id, index) => {
    const took = timeDeltas[index] ?? 0;
    const share = ownerOf(id);
    at += took;
    if (at < from || share === '(idle)') return;
    total += took;
    sums.set(share, (sums.get(share) ?? 0) + took);
  });
  return new Map(
    [...sums].map(([share, took]) => [share, took / total] as const).sort(([, a], [, b]) => b - a),
  );
};

/**
 * Arguments for the process to be profiled. Call `begin` when its start-up is over, and read when
 * it has ended.
 */
export const profiling = () => {
  const directory = mkdtempSync(join(tmpdir(), 'tasks-bench-profile-'));
  let from = 0;
  return {
    begin: () => {
      from = Number(process.hrtime.bigint() / 1000n);
    },
    args: ['--cpu-prof', '--cpu-prof-interval=200', `--cpu-prof-dir=${directory}`],
    read: (): Map<string, number> => {
      const [file = ''] = readdirSync(directory);
      const profile: CpuProfile = JSON.parse(readFileSync(join(directory, file), 'utf8'));
      rmSync(directory, { recursive: true });
      return addUp(profile, from);
    },
  };
};
