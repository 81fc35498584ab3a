"""FastMCP's client in one flow of all tools, and its generator of tools on the served contract. See main.ts."""

import asyncio
import json
import os
import uuid

import httpx2 as httpx
from fastmcp import Client, FastMCP
from fastmcp.client.transports import StreamableHttpTransport
from fastmcp.exceptions import ToolError

URL = os.environ["TASKS_URL"]
HEADERS = {"Authorization": f"Bearer {os.environ['TASKS_TOKEN']}"}


def checked(what: str) -> None:
    print(f"checked: {what}", flush=True)


async def problem_of(client: Client, name: str, arguments: dict) -> dict:
    try:
        await client.call_tool(name, arguments)
    except ToolError as error:
        return json.loads(str(error))
    raise AssertionError(f"{name} did not fail")


async def use_tools() -> None:
    async with Client(StreamableHttpTransport(f"{URL}/mcp", headers=HEADERS)) as client:
        names = {tool.name for tool in await client.list_tools()}
        assert {"find_tasks", "add_tasks", "update_tasks", "complete_tasks", "delete_tasks"} <= names, names
        checked("lists the tools")

        async def call(name: str, **arguments: object) -> dict:
            result = await client.call_tool(name, arguments)
            assert result.structured_content is not None
            return result.structured_content

        key = str(uuid.uuid4())
        tasks = [{"title": f"Agent {n}", "due": "2026-03-01"} for n in range(5)]
        added = await call("add_tasks", tasks=tasks, idempotency_key=key)
        assert added == await call("add_tasks", tasks=tasks, idempotency_key=key)
        ids = [result["task"]["id"] for result in added["results"]]
        checked("adds tasks once with a key")

        found, cursor = [], None
        while True:
            page = await call("find_tasks", q="Agent", limit=2, **({"cursor": cursor} if cursor else {}))
            found += [task["id"] for task in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert sorted(found) == sorted(ids), found
        checked("reads page after page")

        changed = await call("update_tasks", tasks=[{"id": ids[0], "clear": ["due"], "if_version": 1}])
        assert changed["results"][0]["task"]["due"] is None
        problem = await problem_of(client, "update_tasks", {"tasks": [{"id": ids[0], "title": "X", "if_version": 1}]})
        assert problem["errors"][0]["argument"] == "tasks[0].if_version", problem
        checked("clears a field, and is refused with an old version")

        problem = await problem_of(client, "add_tasks", {"tasks": [{"title": "A", "due": "tomorrow"}]})
        assert problem["errors"][0]["argument"] == "tasks[0].due", problem
        checked("reads what is wrong with an argument")

        await call("complete_tasks", tasks=[{"id": id} for id in ids])
        assert (await call("get_summary"))["completed"] >= len(ids)
        await call("delete_tasks", tasks=[{"id": id} for id in ids])
        assert (await problem_of(client, "get_task", {"task_id": ids[0]}))["status"] == 404
        checked("completes and deletes tasks")


async def generate_tools() -> None:
    """What FastMCP makes of the contract, without the operations that are no tools."""
    async with httpx.AsyncClient(base_url=URL, headers=HEADERS) as http:
        document = (await http.get("/openapi.json")).json()
        operations = [op for item in document["paths"].values() for op in item.values() if "operationId" in op]
        wanted = {op["operationId"] for op in operations if op["x-mcp"] is not False}
        assert wanted and len(wanted) < len(operations)
        everything = FastMCP.from_openapi(openapi_spec=document, client=http, name="everything")
        async with Client(everything) as client:
            assert {tool.name for tool in await client.list_tools()} == {op["operationId"] for op in operations}
            checked("from_openapi does not know x-mcp, as the README says")
        for path in list(document["paths"]):
            item = document["paths"][path]
            for method in [name for name, op in item.items() if "operationId" in op and op["x-mcp"] is False]:
                del item[method]
        server = FastMCP.from_openapi(openapi_spec=document, client=http, name="generated")
        async with Client(server) as client:
            names = {tool.name for tool in await client.list_tools()}
            assert names == wanted, names
            checked("from_openapi makes a tool of each operation that is one")
            result = await client.call_tool("listTasks", {"user_id": "me", "limit": 1})
            assert "items" in result.structured_content
            batch = {"user_id": "me", "operations": [{"op": "create", "task": {"title": "Generated"}}]}
            result = await client.call_tool("applyTaskBatch", batch)
            assert result.structured_content["results"][0]["task"]["title"] == "Generated"
            checked("and its tools read and write")


asyncio.run(use_tools())
asyncio.run(generate_tools())
