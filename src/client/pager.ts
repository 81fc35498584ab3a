// Lists that continue from page to page.
import { type Call, callOf, type Pager, type Paging, type WithResponse } from './call.ts';

export type Page = Readonly<Record<string, unknown>>;

/** A page without the items whose type a later version has added. */
export const knownItems = <P extends Page>(page: P, { known }: Paging): P => {
  if (known === undefined || !Array.isArray(page.items)) return page;
  const items = page.items.filter((item: Page | null) =>
    known.values.some((value) => value === item?.[known.field]),
  );
  return { ...page, items };
};

/** The value to continue with, or undefined on the last page. */
const nextOf = (page: Page, { next, more }: Paging): string | undefined => {
  const value = page[next];
  return typeof value === 'string' && (more === undefined || page[more] === true) ? value : undefined;
};

/**
 * A pager over `request`, which requests the first page, or the page after the one that had `next`.
 * A first page that is undefined has not changed, and ends the list.
 */
export const createPager = <Item, P extends Page>(
  request: (next?: string) => Promise<WithResponse<P | undefined>>,
  paging: Paging,
): Pager<Item, P> => {
  const load = async (next?: string) => {
    const { data, response } = await request(next);
    return { data: data && knownItems(data, paging), response };
  };
  async function* pages(): AsyncGenerator<P> {
    for (let next: string | undefined, isLast = false; !isLast; isLast = next === undefined) {
      const { data: page } = await load(next);
      if (page === undefined) return;
      // Before the caller sees the page, who may change it.
      next = nextOf(page, paging);
      yield page;
    }
  }
  async function* items(): AsyncGenerator<Item> {
    for await (const page of pages()) yield* page.items as readonly Item[];
  }
  let first: Call<P> | undefined;
  const awaited = (): Call<P> => {
    first ??= callOf(load() as Promise<WithResponse<P>>);
    return first;
  };
  return {
    // biome-ignore lint/suspicious/noThenProperty: a list is awaited for its first page
    then: (...handlers) => awaited().then(...handlers),
    catch: (handler) => awaited().catch(handler),
    finally: (handler) => awaited().finally(handler),
    withResponse: () => awaited().withResponse(),
    pages,
    [Symbol.asyncIterator]: items,
    [Symbol.toStringTag]: 'Pager',
  };
};
