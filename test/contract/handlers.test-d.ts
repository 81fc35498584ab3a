// Handlers that deviate from the contract do not compile. Each line below an expected error is what
// someone could write by mistake; if it began to compile, the unused expectation would be an error
// itself.
import { expectTypeOf, test } from 'vitest';
import type { Call, components, Handler, Handlers, Reply, Represent } from '../../src/contract/operation.ts';
import type { BackendDependencies } from '../../src/http/backend.ts';
import type { LiveContext } from '../../src/live/live.ts';
import { type SessionContext, type serviceHandlersOf, sessionHandlers } from '../../src/service/handlers.ts';
import { newTask } from '../../src/tasks/content.ts';
import { taskHandlers } from '../../src/tasks/handlers.ts';
import { historyHandlers } from '../../src/tasks/history/handlers.ts';
import { labelHandlers } from '../../src/tasks/label-handlers.ts';
import { listHandlers } from '../../src/tasks/lists/handlers.ts';
import type { OwnerContext } from '../../src/tasks/owner-context.ts';
import { syncHandlers } from '../../src/tasks/sync-handlers.ts';

type Task = components['schemas']['Task'];
type CreateTask = { create: Handler<'createTask', undefined> };
type GetTask = { get: Handler<'getTask', undefined> };

const task: Task = newTask('3f0c2c9e-8a55-4d0e-9a3c-52f8a2f0a1b7', {
  owner: '7f1c9a52',
  given: { title: 'Buy milk' },
  at: '2026-01-12T09:30:00.123456Z',
  position: 'p0000000000001000',
});
const { version: _version, ...unversioned } = task;
const ETag = '"1"';
const Location = '/api/v1/users/7f1c9a52/tasks/3f0c2c9e-8a55-4d0e-9a3c-52f8a2f0a1b7';
const well = async () => ({ status: 200, body: { status: 'ok' } }) as const;

test('what keeps to the contract compiles', () => {
  ({
    create: async () => ({ status: 201, headers: { Location, ETag }, body: task }),
  }) satisfies CreateTask;
  ({ get: async () => ({ status: 200, headers: { ETag }, body: task }) }) satisfies GetTask;
  ({ get: async () => ({ status: 304, headers: { ETag } }) }) satisfies GetTask;
  ({ delete: async () => ({ status: 204 }) }) satisfies { delete: Handler<'deleteTask', undefined> };
  ({ getLiveness: well, getReadiness: well }) satisfies Handlers<'getLiveness' | 'getReadiness', undefined>;
  const represent: Represent = async () => ({
    coding: 'identity',
    bytes: Buffer.from('openapi: 3.0.3'),
    etag: '"a"',
  });
  ({ getOpenApiYaml: async () => ({ status: 200, represent }) }) satisfies Handlers<
    'getOpenApiYaml',
    undefined
  >;
});

test('a missing operation does not', () => {
  // @ts-expect-error getReadiness is missing
  ({ getLiveness: well }) satisfies Handlers<'getLiveness' | 'getReadiness', undefined>;
});

test('nor does an application that leaves one out', () => {
  type Open = keyof ReturnType<typeof serviceHandlersOf>;
  type Backend = BackendDependencies<Open, OwnerContext & SessionContext & LiveContext>;
  const { getTask: _getTask, ...others } = taskHandlers;
  const rest = { ...listHandlers, ...labelHandlers, ...syncHandlers, ...historyHandlers, ...sessionHandlers };
  ({ ...taskHandlers, ...rest }) satisfies Backend['secured'];
  // @ts-expect-error getTask is missing
  ({ ...others, ...rest }) satisfies Backend['secured'];
});

test('nor does an operation that the contract does not have', () => {
  // @ts-expect-error getLivelihood is no operation
  type _ = Handler<'getLivelihood', undefined>;
  // @ts-expect-error getReadiness is not asked for
  ({ getLiveness: well, getReadiness: well }) satisfies Handlers<'getLiveness', undefined>;
});

test('nor does a wrong status', () => {
  // @ts-expect-error 201 is declared, 200 is not
  ({ create: async () => ({ status: 200, headers: { Location, ETag }, body: task }) }) satisfies CreateTask;
  // @ts-expect-error a problem is thrown, not answered
  ({ get: async () => ({ status: 404, body: task }) }) satisfies GetTask;
  // @ts-expect-error a status is a number
  ({ get: async () => ({ status: '200', headers: { ETag }, body: task }) }) satisfies GetTask;
});

test('nor does a missing field, or one of another type', () => {
  const headers = { ETag };
  // @ts-expect-error version is missing
  ({ get: async () => ({ status: 200, headers, body: unversioned }) }) satisfies GetTask;
  // @ts-expect-error version is a number
  ({ get: async () => ({ status: 200, headers, body: { ...task, version: '1' } }) }) satisfies GetTask;
  // @ts-expect-error title is never null
  ({ get: async () => ({ status: 200, headers, body: { ...task, title: null } }) }) satisfies GetTask;
  // @ts-expect-error a body is missing
  ({ get: async () => ({ status: 200, headers }) }) satisfies GetTask;
});

test('nor does a missing header', () => {
  // @ts-expect-error Location is missing
  ({ create: async () => ({ status: 201, headers: { ETag }, body: task }) }) satisfies CreateTask;
  // @ts-expect-error ETag is missing
  ({ create: async () => ({ status: 201, headers: { Location }, body: task }) }) satisfies CreateTask;
  // @ts-expect-error ETag is undefined
  ({ get: async () => ({ status: 200, headers: { ETag: undefined }, body: task }) }) satisfies GetTask;
  // @ts-expect-error headers are missing
  ({ get: async () => ({ status: 200, body: task }) }) satisfies GetTask;
  // @ts-expect-error headers of a 304 are missing
  ({ get: async () => ({ status: 304 }) }) satisfies GetTask;
});

test('nor does a header that another response has, or a body where there is none', () => {
  // @ts-expect-error a task that is read has no Location
  ({ get: async () => ({ status: 200, headers: { ETag, Location }, body: task }) }) satisfies GetTask;
  // @ts-expect-error the HTTP layer sets the request id
  ({ get: async () => ({ status: 304, headers: { ETag, 'X-Request-Id': ETag } }) }) satisfies GetTask;
  // @ts-expect-error a deleted task has no ETag
  ({ delete: async () => ({ status: 204, headers: { ETag } }) }) satisfies {
    delete: Handler<'deleteTask', undefined>;
  };
  // @ts-expect-error a 204 has no body
  ({ delete: async () => ({ status: 204, body: task }) }) satisfies {
    delete: Handler<'deleteTask', undefined>;
  };
  // @ts-expect-error a 304 has no body
  ({ get: async () => ({ status: 304, headers: { ETag }, body: task }) }) satisfies GetTask;
});

test('nor does a body of another media type', () => {
  // @ts-expect-error text where JSON belongs
  ({ getLiveness: async () => ({ status: 200, body: 'ok' }) }) satisfies Handlers<'getLiveness', undefined>;
  // @ts-expect-error JSON where text belongs
  ({ getRoot: async () => ({ status: 307, headers: { Location }, body: {} }) }) satisfies Handlers<
    'getRoot',
    undefined
  >;
});

test('a handler receives what the contract lets through, and the context that it was given', () => {
  type Update = Call<'updateTask', { readonly tasks: 'store' }>;
  expectTypeOf<Update['path']>().toEqualTypeOf<{ readonly user_id: string; readonly task_id: string }>();
  expectTypeOf<Update['headers']['if-match']>().toEqualTypeOf<string | undefined>();
  expectTypeOf<Update['body']>().toEqualTypeOf<components['schemas']['TaskUpdate']>();
  expectTypeOf<Update['context']>().toEqualTypeOf<{ readonly tasks: 'store' }>();
  expectTypeOf<Call<'getTask', undefined>['body']>().toBeUndefined();
  expectTypeOf<Call<'listTasks', undefined>['query']['limit']>().toEqualTypeOf<number | undefined>();
  // @ts-expect-error Koa's context is not there
  type _ = Update['ctx'];
  // @ts-expect-error a parameter that the contract does not have
  type _Page = Call<'listTasks', undefined>['query']['page'];
});

test('what an operation answers is what the contract declares as its successes', () => {
  expectTypeOf<Reply<'getTask'>['status']>().toEqualTypeOf<200 | 304>();
  expectTypeOf<Reply<'createTask'>['status']>().toEqualTypeOf<201>();
  expectTypeOf<Reply<'createTask'>['body']>().toEqualTypeOf<Task>();
  expectTypeOf<Reply<'deleteTask'>['body']>().toEqualTypeOf<undefined>();
});
