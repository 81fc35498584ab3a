import os

from tasks_api import (
    ApiError, ChangedTask, Client, Problem, TaskCreate, TaskSort, TaskUpdate, decode,
)

tasks = Client(
    os.environ["API"],
    auth={"bearer": lambda: os.environ["TOKEN"]},
    retry={"retries": 3},
    idempotency_key=True,
)


def passed(what):
    print("ok", what)


def failure(call):
    try:
        call()
    except ApiError as error:
        return error
    raise AssertionError("no error")


created = [tasks.create_task("me", TaskCreate(title=f"task {n}")) for n in range(1, 6)]
passed("create")

titles = [task.title for task in tasks.list_tasks_items("me", sort=TaskSort("created_at"), limit=2)]
assert titles == [f"task {n}" for n in range(1, 6)], titles
passed("list across pages")

first = created[0].id
updated = tasks.update_task_with_headers("me", first, TaskUpdate(completed=True), headers={"If-Match": '"1"'})
assert updated.data.version == 2 and updated.headers["etag"] == '"2"', updated
passed("update with a precondition")

stale = failure(lambda: tasks.update_task("me", first, TaskUpdate(completed=False), headers={"If-Match": '"1"'}))
problem = decode(Problem, stale.body)
assert stale.status == 412 and problem.type_ == "/problems/precondition-failed", problem
passed("412 as a typed error")

invalid = decode(Problem, failure(lambda: tasks.create_task("me", TaskCreate(title=" "))).body)
assert invalid.status == 422 and invalid.errors[0].loc == ["body", "title"], invalid
passed("422 as a typed error")

flaky = tasks.create_task("me", TaskCreate(title="flaky"))
assert flaky.title == "flaky"
passed("retry through a 503")

changes = tasks.list_task_changes("me").items
changed = [change.task.title for change in changes if isinstance(change, ChangedTask)]
assert sorted(changed) == ["flaky", *titles], changes
passed("changes of a later version")

for task in [*created, flaky]:
    tasks.delete_task("me", task.id)
assert failure(lambda: tasks.get_task("me", first)).status == 404
passed("delete")
