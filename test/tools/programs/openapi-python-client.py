import os

from tasks_api import AuthenticatedClient
from tasks_api.api.sync import export_tasks, list_task_changes
from tasks_api.api.tasks import create_task, delete_task, get_task, list_tasks, update_task
from tasks_api.models import ChangedTask, Problem, Task, TaskChanges, TaskCreate, TaskPage, TaskUpdate
from tasks_api.models.task_sort import TaskSort

client = AuthenticatedClient(base_url=os.environ["API"], token=os.environ["TOKEN"])


def ok(step: str) -> None:
    print("ok", step)


created = create_task.sync("me", client=client, body=TaskCreate(title="Buy milk"))
assert isinstance(created, Task) and created.version == 1
ok("create")

page = list_tasks.sync("me", client=client, sort=TaskSort("-created_at"), limit=1)
assert isinstance(page, TaskPage) and page.items[0].title == "Buy milk"
ok("list")


def update() -> Task | Problem | None:
    changes = TaskUpdate(description=None, completed=True)
    return update_task.sync("me", created.id, client=client, body=changes, if_match='"1"')


updated = update()
assert isinstance(updated, Task) and updated.completed
ok("update")

stale = update()
assert isinstance(stale, Problem) and stale.status == 412
ok("412")

invalid = create_task.sync("me", client=client, body=TaskCreate(title=" "))
assert isinstance(invalid, Problem) and invalid.errors[0].loc == ["body", "title"]
ok("422")

changes = list_task_changes.sync("me", client=client)
assert isinstance(changes, TaskChanges)
assert isinstance(changes.items[0], ChangedTask) and changes.items[0].task.id == created.id
ok("changes")

assert delete_task.sync_detailed("me", created.id, client=client).status_code == 204
assert get_task.sync_detailed("me", created.id, client=client).status_code == 404
ok("delete")

for title in ["one", "two"]:
    create_task.sync("me", client=client, body=TaskCreate(title=title))
exported = export_tasks.sync_detailed("me", client=client)
assert exported.parsed is not None, "only the bytes of the response are there"
ok("export")
