// Finds what other processes have left: at start, and after that only when this process is active,
// so that a sleeping database is not woken. It reads a page of each database at a time.
import type { Found } from './outbox.ts';

/** A page of the owners with news after `after`, in order. */
export type ReadNews = (after: string, limit: number) => Promise<readonly Found[]>;

export interface Scan {
  /** Whether there is anything left to read. */
  readonly isWanted: boolean;
  /** Reads everything from the beginning, when there is room for it. */
  request(): void;
  /** Reads the next page of the first database that is not read to its end. Rejects if it cannot. */
  read(): Promise<readonly Found[]>;
}

export const createScan = (databases: readonly ReadNews[], page: number): Scan => {
  let unread: { readonly read: ReadNews; after: string }[] = [];
  return {
    get isWanted() {
      return unread.length > 0;
    },
    request: () => {
      unread = databases.map((read) => ({ read, after: '' }));
    },
    read: async () => {
      const [first] = unread;
      if (first === undefined) return [];
      // The others come first if it fails.
      unread = [...unread.slice(1), first];
      const found = await first.read(first.after, page);
      const last = found.at(-1);
      if (found.length < page || last === undefined) unread = unread.filter((one) => one !== first);
      else first.after = last.owner;
      return found;
    },
  };
};
