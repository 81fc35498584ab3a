// Begins what is due, now and whenever something has changed or a pause is over: the turns of owners,
// and the pages of a scan.
import type { Gate } from './gate.ts';
import type { Judge } from './judge.ts';
import type { KnownOwner, KnownOwners } from './known-owners.ts';
import type { Scan } from './scan.ts';

export interface PumpOptions {
  /** Takes the turn of an owner. Never rejects. */
  readonly take: (owner: KnownOwner) => Promise<void>;
  readonly known: KnownOwners;
  readonly maxKnown: number;
  readonly scan: Scan;
  readonly judge: Judge;
  /** Whether the database may be asked. */
  readonly database: Gate;
  /** A page of the scan could not be read. */
  readonly onFailure: (error: unknown) => void;
  /** Ends it: nothing begins any more. */
  readonly ending: AbortSignal;
}

export interface Pump {
  /** Begins what is due. */
  pump(): void;
  /** Begins no page of the scan any more. */
  close(): void;
  /** The turns and the page in progress. */
  readonly running: ReadonlySet<Promise<void>>;
}

export const createPump = ({
  take,
  known,
  maxKnown,
  scan,
  judge,
  database,
  onFailure,
  ending,
}: PumpOptions): Pump => {
  const running = new Set<Promise<void>>();
  let isScanning = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  ending.addEventListener('abort', () => clearTimeout(timer));

  const readPage = async (): Promise<void> => {
    isScanning = true;
    try {
      const found = await scan.read();
      const now = performance.now();
      for (const { owner, wait } of found) known.add(owner, now, now + wait);
    } catch (error) {
      onFailure(error);
    } finally {
      isScanning = false;
    }
  };

  const follow = (work: Promise<void>): void => {
    const followed = work.finally(() => {
      running.delete(followed);
      pump();
    });
    running.add(followed);
  };

  const mayScan = (now: number): boolean =>
    scan.isWanted && !isScanning && !isClosed && database.width(now) > 0 && known.size < maxKnown / 2;

  const pump = (): void => {
    clearTimeout(timer);
    if (judge.isStopped || ending.aborted) return;
    const now = performance.now();
    const width = Math.min(judge.gate.width(now), database.width(now));
    while (running.size - Number(isScanning) < width) {
      const owner = known.next(now);
      if (owner === null) break;
      follow(take(owner));
    }
    // There is room again for what was left out.
    if (known.size < maxKnown / 2 && known.takeOverflow()) scan.request();
    if (mayScan(now)) follow(readPage());
    const at = Math.max(known.nextAt(), judge.gate.opensAt, database.opensAt);
    const scanAt = scan.isWanted && !isScanning ? database.opensAt : Number.POSITIVE_INFINITY;
    const next = Math.min(at, scanAt > now ? scanAt : Number.POSITIVE_INFINITY);
    // What is due now waits for an attempt that is running.
    if (next !== Number.POSITIVE_INFINITY && next > now)
      timer = setTimeout(pump, Math.ceil(next - now)).unref();
  };

  return {
    pump,
    running,
    close: () => {
      isClosed = true;
    },
  };
};
