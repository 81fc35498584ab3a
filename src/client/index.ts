// What `tasks-api-client` exports: the client, the types of the contract, the errors, and the
// replica.
export type * from '../../generated/clients/typescript/operations.ts';
export type * from '../../generated/clients/typescript/types.ts';
export type {
  Call,
  CallOptions,
  EntityTag,
  Feed,
  FollowOptions,
  IdempotencyKey,
  IfMatch,
  IfNoneMatch,
  Pager,
  TaskExport,
  WithResponse,
} from './call.ts';
export { type ConnectOptions, connect } from './connect.ts';
export type { Edit, ListEdit, Refused } from './edit.ts';
export {
  ApiError,
  AuthenticationError,
  BadRequestError,
  ChangeTokenExpiredError,
  ConflictError,
  ConnectionError,
  ForbiddenError,
  IncompleteExportError,
  InvalidResponseError,
  NotFoundError,
  PreconditionFailedError,
  RateLimitError,
  ServerError,
  TasksError,
  TimeoutError,
  ValidationError,
} from './errors.ts';
export { readExport } from './export.ts';
export type { ReplicaFollowOptions } from './follow-replica.ts';
export type { Conflict, Refusal, ReplicaState } from './local-copy.ts';
export { fetchRequest, SyncError, type SyncRequest } from './request.ts';
export { createReplica, type Replica, type ReplicaOptions } from './sync.ts';
export type { Token } from './transport.ts';
export type { NewList, NewTask } from './view.ts';
