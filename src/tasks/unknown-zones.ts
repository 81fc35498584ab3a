// A stored time zone that the database does not know, because an update of its time zone data has
// removed the name: it is UTC, so that one task does not break its owner's lists.
import { InvalidArgument, Problem } from '../contract/problem.ts';

/**
 * Calls `read` with `false`, and once more with `true` if that failed at an unknown zone. The
 * statement for `true` has another text: a look-up of the zones in every text would cost all owners
 * 10 to 20 % of a short list, even where it is not executed.
 */
export const withUnknownZones = async <T>(read: (hasUnknownZones: boolean) => Promise<T>): Promise<T> => {
  try {
    return await read(false);
  } catch (error) {
    if (error instanceof Problem && error.cause instanceof InvalidArgument) return read(true);
    throw error;
  }
};
