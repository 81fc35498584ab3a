<?php

require __DIR__ . '/../../../generated/clients/php/client.php';

use TasksApi\{ApiError, ChangedTask, Client, Config, Problem, TaskCreate, TaskSort, TaskUpdate};

$tasks = new Client(new Config(
    serverUrl: getenv('API'),
    auth: ['bearer' => fn () => getenv('TOKEN')],
    retry: ['retries' => 3],
));

function passed(string $what): void
{
    echo "ok $what\n";
}

function check(bool $good, mixed $what): void
{
    if (!$good) {
        throw new Exception('unexpected: ' . print_r($what, true));
    }
}

function failure(callable $call): ApiError
{
    try {
        $call();
    } catch (ApiError $error) {
        return $error;
    }
    throw new Exception('no error');
}

$create = fn (string $title) =>
    $tasks->createTask('me', new TaskCreate(title: $title), idempotencyKey: bin2hex(random_bytes(16)));

$created = array_map(fn ($n) => $create("task $n"), range(1, 5));
passed('create');

$titles = [];
foreach ($tasks->listTasksItems('me', sort: TaskSort::from('created_at'), limit: 2) as $task) {
    $titles[] = $task->title;
}
check($titles === ['task 1', 'task 2', 'task 3', 'task 4', 'task 5'], $titles);
passed('list across pages');

$first = $created[0]->id;
$updated = $tasks->updateTaskWithHeaders('me', $first, new TaskUpdate(completed: true), ['If-Match' => '"1"']);
check($updated->data->version === 2 && $updated->headers['etag'] === '"2"', $updated);
passed('update with a precondition');

$stale = failure(fn () => $tasks->updateTask('me', $first, new TaskUpdate(completed: false), ['If-Match' => '"1"']));
check($stale->status === 412 && Problem::fromArray($stale->body)->type === '/problems/precondition-failed', $stale);
passed('412 as a typed error');

$invalid = Problem::fromArray(failure(fn () => $create(' '))->body);
check($invalid->errors[0]->loc === ['body', 'title'], $invalid);
passed('422 as a typed error');

$flaky = $create('flaky');
check($flaky->title === 'flaky', $flaky);
passed('retry through a 503');

$export = $tasks->exportTasks('me');
check(str_ends_with($export, "\n{\"type\":\"end\",\"tasks\":6}\n"), $export);
passed('complete export');

$changed = array_filter($tasks->listTaskChanges('me')->items, fn ($change) => $change instanceof ChangedTask);
check(count($changed) === 6, $changed);
passed('changes of a later version');

foreach ([...$created, $flaky] as $task) {
    $tasks->deleteTask('me', $task->id);
}
check(failure(fn () => $tasks->getTask('me', $first))->status === 404, $first);
passed('delete');
