<?php
declare(strict_types=1);

use GuzzleHttp\Client;
use OpenAPI\Client\Api\SyncApi;
use OpenAPI\Client\Api\TasksApi;
use OpenAPI\Client\ApiException;
use OpenAPI\Client\Configuration;
use OpenAPI\Client\Model\BatchCreate;
use OpenAPI\Client\Model\BatchCreated;
use OpenAPI\Client\Model\BatchDelete;
use OpenAPI\Client\Model\BatchDeleted;
use OpenAPI\Client\Model\BatchUpdate;
use OpenAPI\Client\Model\BatchUpdated;
use OpenAPI\Client\Model\ChangedTask;
use OpenAPI\Client\Model\Problem;
use OpenAPI\Client\Model\Task;
use OpenAPI\Client\Model\TaskBatch;
use OpenAPI\Client\Model\TaskCreate;
use OpenAPI\Client\Model\TaskSort;
use OpenAPI\Client\Model\TaskUpdate;

// Debian's packages, instead of Composer's vendor/autoload.php.
require 'GuzzleHttp/autoload.php';
spl_autoload_register(function (string $class): void {
    $file = 'client/src/' . strtr(substr($class, strlen('OpenAPI\Client\\')), '\\', '/') . '.php';
    if (str_starts_with($class, 'OpenAPI\Client\\') && is_file($file)) require $file;
});
set_error_handler(fn (int $_, string $message) => throw new ErrorException($message));

function check(bool $holds, string $step): void
{
    if (!$holds) throw new LogicException($step);
    echo "ok $step\n";
}

function failure(callable $call): ApiException
{
    try {
        $call();
    } catch (ApiException $error) {
        return $error;
    }
    throw new LogicException('no error');
}

$configuration = (new Configuration())->setHost(getenv('API'))->setAccessToken(getenv('TOKEN'));
$tasks = new TasksApi(new Client(), $configuration);
$sync = new SyncApi(new Client(), $configuration);

// With a description, which the update removes.
$created = $tasks->createTask('me', new TaskCreate(['title' => 'Buy milk', 'description' => 'Two cartons.']));
check($created instanceof Task && $created->getVersion() === 1, 'create');

$page = $tasks->listTasks('me', sort: TaskSort::from('-created_at'), limit: 1);
check($page->getItems()[0]->getTitle() === 'Buy milk', 'list');

$changes = new TaskUpdate(['completed' => true, 'description' => null]);
$update = fn () => $tasks->updateTask('me', $created->getId(), $changes, if_match: '"1"');
$updated = $update();
check($updated->getCompleted() && $updated->getDescription() === null && $updated->getVersion() === 2, 'update');

$stale = failure($update);
$problem = $stale->getResponseObject();
check($stale->getCode() === 412 && $problem instanceof Problem && $problem->getStatus() === 412, '412');

// The constructor does not check values, as the setters do.
$invalid = failure(fn () => $tasks->createTask('me', new TaskCreate(['title' => ' '])));
$problem = $invalid->getResponseObject();
check($invalid->getCode() === 422 && $problem->getErrors()[0]->getLoc() === ['body', 'title'], '422');

$change = $sync->listTaskChanges('me')->getItems()[0];
check($change instanceof ChangedTask && $change->getTask()->getId() === $created->getId(), 'changes');

$tasks->deleteTask('me', $created->getId());
check(failure(fn () => $tasks->getTask('me', $created->getId()))->getCode() === 404, 'delete');

foreach (['one', 'two'] as $title) $last = $tasks->createTask('me', new TaskCreate(['title' => $title]));
check(str_ends_with($sync->exportTasks('me'), '{"type":"end","lists":0,"tasks":2}' . "\n"), 'export');

[$create, $update, $delete] = $sync->applyTaskBatch('me', new TaskBatch(['operations' => [
    new BatchCreate(['op' => 'create', 'task' => new TaskCreate(['title' => 'three'])]),
    new BatchUpdate(['op' => 'update', 'id' => $last->getId(), 'changes' => new TaskUpdate(['completed' => true])]),
    new BatchDelete(['op' => 'delete', 'id' => $last->getId()]),
]]))->getResults();
check(
    $create instanceof BatchCreated && $create->getTask()->getTitle() === 'three'
        && $update instanceof BatchUpdated && $update->getTask()->getCompleted() && $delete instanceof BatchDeleted,
    'batch',
);
