// What an agent does with the tools: the whole way over HTTP, with the official client, in the
// current revision of the protocol and in earlier ones.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hints } from '../../src/mcp/arguments.ts';
import { type Api, startApi, type User } from '../support/app.ts';
import { type Agent, connect, revisions } from './agent.ts';

let api: Api;

beforeAll(async () => {
  api = await startApi({ app: { mcp: true } });
});
afterAll(() => api.close());

describe.each(revisions)('an agent of revision %s', (revision) => {
  let user: User;
  let agent: Agent;

  beforeAll(async () => {
    user = await api.newUser();
    agent = await connect(api, user.token, revision);
  });
  afterAll(() => agent.close());

  test('speaks that revision, and is told how to use the tools', () => {
    expect(agent.client.getNegotiatedProtocolVersion()).toBe(revision);
    expect(agent.client.getInstructions()).toMatch(/find_tasks/);
  });

  test('adds, finds, changes, completes and deletes tasks', async () => {
    const { results } = await agent.call('add_tasks', {
      tasks: [{ title: 'Buy milk', due: '2026-03-01', labels: ['Home'] }, { title: 'Call Ann' }],
    });
    const [milk, ann] = results.map(({ task }: { task: { id: string } }) => task.id);
    expect(await agent.call('get_task', { task_id: milk })).toMatchObject({
      due: '2026-03-01',
      labels: ['Home'],
    });
    expect((await agent.call('find_tasks', { q: 'MILK' })).items).toMatchObject([{ id: milk, version: 1 }]);

    await agent.call('update_tasks', {
      tasks: [{ id: milk, priority: 'high', clear: ['due'], if_version: 1 }],
    });
    // The same as over HTTP.
    expect((await user.send('GET', `tasks/${milk}`)).json).toMatchObject({
      due: null,
      priority: 'high',
      version: 2,
    });

    await agent.call('complete_tasks', { tasks: [{ id: milk }, { id: ann }] });
    expect(await agent.call('get_summary')).toMatchObject({ open: 0, completed: 2 });
    await agent.call('delete_tasks', { tasks: [{ id: milk }, { id: ann }] });
    expect((await agent.call('find_tasks')).items).toEqual([]);
  });

  test('reads page after page with the cursor', async () => {
    const tasks = Array.from({ length: 7 }, (_, index) => ({ title: `Page ${index}` }));
    await agent.call('add_tasks', { tasks });
    const titles: string[] = [];
    let cursor: string | null | undefined;
    let pages = 0;
    do {
      const page = await agent.call('find_tasks', {
        q: 'page',
        sort: 'title',
        limit: 3,
        ...(cursor && { cursor }),
      });
      titles.push(...page.items.map(({ title }: { title: string }) => title));
      cursor = page.next_cursor;
      pages += 1;
    } while (cursor);
    expect([titles, pages]).toEqual([tasks.map(({ title }) => title), 3]);
  });

  test('finds lists', async () => {
    const { json: list } = await user.send('POST', 'lists', { json: { name: 'Garden' } });
    expect((await agent.call('list_lists')).items).toMatchObject([{ id: list.id, name: 'Garden' }]);
    await agent.call('add_tasks', { tasks: [{ title: 'Sow', list_id: list.id }] });
    expect((await agent.call('find_tasks', { list_id: list.id })).items).toMatchObject([{ title: 'Sow' }]);
  });

  test('repeats a call with its key, and nothing happens twice', async () => {
    const call = { tasks: [{ title: 'Only once' }], idempotency_key: crypto.randomUUID() };
    const first = await agent.call('add_tasks', call);
    expect(await agent.call('add_tasks', call)).toEqual(first);
    expect((await agent.call('find_tasks', { q: 'Only once' })).items).toHaveLength(1);
    const { detail, errors } = await agent.fail('add_tasks', { ...call, tasks: [{ title: 'Other' }] });
    expect([detail, errors[0].argument]).toEqual([
      'This idempotency_key was used for another request',
      'idempotency_key',
    ]);
    // It is the same key over HTTP.
    const { headers } = await user.send('POST', 'task-batches', {
      json: { operations: [{ op: 'create', task: { title: 'Only once' } }] },
      headers: { 'Idempotency-Key': call.idempotency_key },
    });
    expect(headers.get('Idempotency-Replayed')).toBe('true');
  });

  test('gets both tasks when it completes a recurring one', async () => {
    const recurrence = { rrule: 'FREQ=DAILY' };
    const { results } = await agent.call('add_tasks', {
      tasks: [{ title: 'Water', due: '2026-03-01', recurrence }],
    });
    const completed = await agent.call('complete_tasks', {
      tasks: [{ id: results[0].task.id, completed_on: '2026-03-01' }],
    });
    expect(completed.results[0]).toMatchObject({ task: { completed: true }, next: { due: '2026-03-02' } });
  });
});

describe('what an agent has done', () => {
  test('is listed under its name, and taken back as one', async () => {
    const { token } = await api.newUser(undefined, { client_id: 'some-agent' });
    const agent = await connect(api, token, revisions[0]);
    try {
      const tasks = [{ title: 'Buy milk' }, { title: 'Call Ann' }];
      const added = await agent.call('add_tasks', { tasks });
      const ids = added.results.map(({ task }: { task: { id: string } }) => ({ id: task.id }));
      const { change } = await agent.call('delete_tasks', { tasks: ids });
      expect((await agent.call('list_changes', { limit: 1 })).items).toMatchObject([
        { change, operation: 'applyTaskBatch', client_id: 'some-agent', count: 2 },
      ]);
      const undone = await agent.call('undo_change', { change });
      expect(undone).toMatchObject({ undoes: change, count: 2 });
      expect((await agent.call('find_tasks')).items).toHaveLength(2);
      const again = await agent.client.callTool({ name: 'undo_change', arguments: { change } });
      expect(again.isError).toBe(true);
      expect(JSON.stringify(again.content)).toMatch(/already-undone/);
      // The undo itself, and then what was added.
      await agent.call('undo_change', { change: undone.change });
      expect((await agent.call('find_tasks')).items).toEqual([]);
    } finally {
      await agent.close();
    }
  });
});

describe('a call that fails', () => {
  let user: User;
  let agent: Agent;
  const id = '3f0c2c9e-8a55-4d0e-9a3c-52f8a2f0a1b7';

  beforeAll(async () => {
    user = await api.newUser();
    agent = await connect(api, user.token);
  });
  afterAll(() => agent.close());

  /** The faults of a call, by argument. */
  const faults = async (name: string, given: Record<string, unknown>): Promise<Record<string, string>> => {
    const { errors } = await agent.fail(name, given);
    return Object.fromEntries(errors.map(({ argument, msg }: Record<string, string>) => [argument, msg]));
  };

  test('names the arguments, and what to send in their place', async () => {
    expect(await faults('add_tasks', { tasks: [{ title: 'A' }, { title: ' ', due: 'soon' }] })).toEqual({
      'tasks[1].title': 'must not be empty',
      'tasks[1].due': expect.stringContaining('a day (2026-03-01)'),
    });
    expect(await faults('add_tasks', {})).toEqual({ tasks: 'is required' });
    expect(await faults('add_tasks', { title: 'Buy milk' })).toEqual({
      tasks: 'is required',
      title: 'is not known here: tasks, idempotency_key',
    });
    expect(await faults('add_tasks', { tasks: [{ name: 'Buy milk' }, { title: 'A', place: {} }] })).toEqual({
      'tasks[0].title': 'is required',
      'tasks[0].name': expect.stringContaining('is not known here: id, title'),
    });
    expect(await faults('update_tasks', { tasks: [{ title: 'A' }], key: 1 })).toEqual({
      key: 'is not known here: tasks, idempotency_key',
      'tasks[0].id': 'is required',
    });
    expect(await faults('add_tasks', { tasks: 'Buy milk' })).toEqual({ tasks: 'must be an array' });
    expect(await faults('add_tasks', { tasks: ['Buy milk'] })).toEqual({ 'tasks[0]': 'must be an object' });
    expect(await faults('add_tasks', { tasks: Array.from({ length: 101 }, () => ({ title: 'A' })) })).toEqual(
      {
        tasks: 'must have at most 100 items',
      },
    );
    expect(await faults('find_tasks', { limit: 1000, sort: 'name' })).toEqual({
      limit: 'must be at most 100',
      sort: expect.stringContaining('must be one of: created_at'),
    });
    expect(await faults('find_tasks', { status: 'open' })).toEqual({
      status: expect.stringContaining('is not known here: completed, q'),
    });
    expect(await faults('update_tasks', { tasks: [{ id, owner_id: 'eve' }] })).toEqual({
      'tasks[0].owner_id': expect.stringContaining('is not known here: id, title'),
    });
    expect(await faults('get_task', {})).toEqual({ task_id: 'is required' });
    expect(await faults('update_tasks', { tasks: [{ id }] })).toEqual({
      'tasks[0]': 'must have at least one field',
    });
    expect((await api.newUser()).id).not.toBe(user.id);
    expect((await user.send('GET', 'tasks')).json.items).toEqual([]);
  });

  test('is described without the words of HTTP', async () => {
    expect(
      await faults('find_tasks', { labels_all: ['home'], priority: ['low'], q: ['a'], limit: [1] }),
    ).toEqual({
      labels_all: 'must be a text, separated by commas',
      priority: 'must be a text, separated by commas',
      q: 'must be a text, not a list',
      limit: 'must not be a list',
    });
    const { overdue_at } = await faults('find_tasks', { overdue_at: 'now' });
    expect(overdue_at).toMatch(/2026-03-01T09:30:00Z$/);
    const { type } = await agent.fail('get_task', { task_id: id });
    expect(type).toBe('not-found');
    const reading = agent.tools.filter(({ annotations }) => annotations?.readOnlyHint);
    expect(JSON.stringify(reading.map(({ inputSchema }) => inputSchema))).not.toContain('if_version');
  });

  test('names the tool that helps', async () => {
    const hintsOf = async (name: string, given: Record<string, unknown>) => {
      const { hint, errors = [] } = await agent.fail(name, given);
      return [hint, ...errors.map((fault: Record<string, string>) => [fault.argument, fault.hint])];
    };
    expect(await hintsOf('get_task', { task_id: id })).toEqual([hints.task_id]);
    expect(await hintsOf('get_task', { task_id: 'milk' })).toEqual([undefined, ['task_id', hints.task_id]]);
    expect(await hintsOf('undo_change', { change: '999999' })).toEqual([hints.change]);
    expect(await hintsOf('delete_tasks', { tasks: [{ id }] })).toEqual([
      undefined,
      ['tasks[0].id', hints.id],
    ]);
    expect(await hintsOf('add_tasks', { tasks: [{ title: 'A', id: 'a', list_id: 'Home' }] })).toEqual([
      undefined,
      ['tasks[0].id', undefined],
      ['tasks[0].list_id', hints.list_id],
    ]);
    const { id: own } = await user.create({ title: 'A' });
    expect(await hintsOf('update_tasks', { tasks: [{ id: own, title: 'B', if_version: 7 }] })).toEqual([
      undefined,
      ['tasks[0].if_version', hints.if_version],
    ]);
  });

  test('names the tasks for which a change cannot be undone, and what to do first', async () => {
    const { results, change } = await agent.call('add_tasks', { tasks: [{ title: 'A' }] });
    const own = results[0].task.id;
    await agent.call('update_tasks', { tasks: [{ id: own, title: 'B' }] });
    expect(await agent.fail('undo_change', { change })).toMatchObject({
      type: 'changed-since',
      hint: expect.stringContaining('list_changes'),
      errors: [{ task: own, msg: expect.stringMatching(/^was changed later/), type: 'changed_since' }],
    });
  });

  test('does not clear by null, which a model may send for an argument that it does not use', async () => {
    const { id: own } = await user.create({ title: 'Keep', due: '2026-03-01' });
    expect(await faults('update_tasks', { tasks: [{ id: own, due: null }] })).toEqual({
      'tasks[0].due': 'must not be null: to remove it, send clear: ["due"]',
    });
    expect(await faults('update_tasks', { tasks: [{ id: own, due: '2026-03-02', clear: ['due'] }] })).toEqual(
      {
        'tasks[0].clear': 'must not contain due, which has a value as well',
      },
    );
    expect(await faults('update_tasks', { tasks: [{ id: own, clear: ['title'] }] })).toEqual({
      'tasks[0].clear': expect.stringContaining('must contain only: description, due'),
    });
    expect(await faults('update_tasks', { tasks: [{ id: own, clear: [['due'], null] }] })).toEqual({
      'tasks[0].clear': expect.stringContaining('must contain only: description, due'),
    });
    expect((await user.send('GET', `tasks/${own}`)).json).toMatchObject({ due: '2026-03-01', version: 1 });
    // The same name twice is one wish.
    await agent.call('update_tasks', { tasks: [{ id: own, clear: ['due', 'due'] }] });
    expect((await user.send('GET', `tasks/${own}`)).json).toMatchObject({ due: null, version: 2 });
  });

  test('does not clear by an empty string, either, and does not pass over one that could clear', async () => {
    const given = { title: 'Keep', description: 'Notes', due: '2026-03-01' };
    const { id: own } = await user.create(given);
    expect(
      await faults('update_tasks', { tasks: [{ id: own, title: 'New', due: '', list_id: '' }] }),
    ).toEqual({
      'tasks[0].due': 'must not be empty: to remove it, send clear: ["due"]',
      'tasks[0].list_id': 'must not be empty: to remove it, send clear: ["list_id"]',
    });
    expect((await user.send('GET', `tasks/${own}`)).json).toMatchObject({ ...given, version: 1 });
    await agent.call('update_tasks', { tasks: [{ id: own, description: '', clear: ['due'] }] });
    expect((await user.send('GET', `tasks/${own}`)).json).toMatchObject({ description: '', due: null });
  });

  test('ignores empty strings where they are no values, and keeps those that are', async () => {
    const found = await agent.call('find_tasks', {
      q: '',
      list_id: '',
      due_from: '',
      priority: '',
      completed: null,
    });
    expect(found.items.length).toBeGreaterThan(0);
    const { results } = await agent.call('add_tasks', {
      tasks: [{ title: 'Empty', due: '', description: '' }],
    });
    expect(results[0].task).toMatchObject({ due: null, description: '' });
    const { id: own } = results[0].task;
    await agent.call('update_tasks', { tasks: [{ id: own, title: '', description: 'Notes' }] });
    expect((await user.send('GET', `tasks/${own}`)).json).toMatchObject({
      title: 'Empty',
      description: 'Notes',
    });
  });

  test('names the task whose version is another one, and changes nothing', async () => {
    const [first, second] = [await user.create({ title: 'A' }), await user.create({ title: 'B' })];
    const problem = await agent.fail('update_tasks', {
      tasks: [
        { id: first.id, title: 'C' },
        { id: second.id, title: 'D', if_version: 7 },
      ],
    });
    expect(problem).toMatchObject({
      title: 'Batch not applicable',
      errors: [{ argument: 'tasks[1].if_version', type: 'version_mismatch' }],
    });
    expect((await user.send('GET', `tasks/${first.id}`)).json).toEqual(first);
  });

  test('cannot tell the task of another user from one that does not exist', async () => {
    const { id: foreign } = await (await api.newUser()).create({ title: 'Secret' });
    const withoutInstance = ({ instance: _, ...problem }: Record<string, unknown>) => problem;
    expect(withoutInstance(await agent.fail('get_task', { task_id: foreign }))).toEqual(
      withoutInstance(await agent.fail('get_task', { task_id: id })),
    );
    const deletion = (task: string) => agent.fail('delete_tasks', { tasks: [{ id: task }] });
    expect(withoutInstance(await deletion(foreign))).toEqual(withoutInstance(await deletion(id)));
  });

  test('is logged like the same request over HTTP, and as a tool', async () => {
    api.logs.length = 0;
    const { instance } = await agent.fail('get_task', { task_id: id });
    await expect
      .poll(() => api.logs.at(-1))
      .toMatchObject({
        operation: 'getTask',
        tool: 'get_task',
        rpc: 'tools/call',
        status: 404,
        sent_status: 200,
        problem: 'not-found',
        owner: user.id,
        duration_ms: expect.any(Number),
        request_id: String(instance).replace('urn:uuid:', ''),
      });
    const { text } = await api.send('GET', '/metrics');
    expect(text).toMatch(/http_request_duration_seconds_count\{operation="getTask",status="404"\} [1-9]/);
  });
});
