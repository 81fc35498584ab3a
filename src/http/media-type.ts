// In which media type an operation answers a status: the one that the contract declares.
import type { Operation } from 'openapi-backend';

/** The declared media types of an operation's answers by status; throws when a success declares more than one. */
export const mediaTypesOf = (operation: Operation): ReadonlyMap<number, string> =>
  new Map(
    Object.entries(operation.responses ?? {}).flatMap(([status, response]) => {
      if (!/^[23]/.test(status) || !('content' in response)) return [];
      const [mediaType, ...more] = Object.keys(response.content ?? {});
      if (more.length > 0)
        throw new Error(`${operation.operationId} answers ${status} in several media types`);
      return mediaType === undefined ? [] : [[Number(status), mediaType]];
    }),
  );
