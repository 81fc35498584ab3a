// Samples of conditional requests: a read that need not repeat what the client has, and a change
// that must not overwrite another one. For each language and each of the two operations, a whole
// program, which test/clients runs like any other sample.

const id = '3f0c2c9e-8a55-4d0e-9a3c-52f8a2f0a1b7';

/** What a sample's label adds to the language, by operation. */
export const conditions: Readonly<Record<string, string>> = {
  getTask: 'with If-None-Match',
  updateTask: 'with If-Match',
};

/** The samples by language and operation. */
export const conditional: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  curl: {
    getTask: `curl -i "$API/api/v1/users/me/tasks/${id}" \\
  -H "Authorization: Bearer $TOKEN" \\
  -H 'If-None-Match: "1"'`,
    updateTask: `curl -i -X PATCH "$API/api/v1/users/me/tasks/${id}" \\
  -H "Authorization: Bearer $TOKEN" \\
  -H "Content-Type: application/json" \\
  -H 'If-Match: "1"' \\
  -d '{"title": "Buy oat milk"}'`,
  },
  TypeScript: {
    getTask: `import { connect } from 'tasks-api-client';

const { API = '', TOKEN = '' } = process.env;
const tasks = connect({ serverUrl: API, token: TOKEN });

const task = await tasks.getTask('${id}');
const changed = await tasks.getTask(task.id, { ifNoneMatch: task.version });
console.log(changed ?? 'It is still the same.');
`,
    updateTask: `import { connect, PreconditionFailedError } from 'tasks-api-client';

const { API = '', TOKEN = '' } = process.env;
const tasks = connect({ serverUrl: API, token: TOKEN });

const task = await tasks.getTask('${id}');
try {
  console.log(await tasks.updateTask(task.id, { title: 'Buy oat milk' }, { ifMatch: task.version }));
} catch (error) {
  if (!(error instanceof PreconditionFailedError)) throw error;
  console.log('Another client has changed it:', error.headers.get('ETag'));
}
`,
  },
  Python: {
    getTask: `import os

from tasks_api import TasksClient

with TasksClient(os.environ["API"], os.environ["TOKEN"]) as client:
    task = client.tasks.get("${id}")
    changed = client.tasks.get(task.id, if_none_match=task)
    print(changed or "It is still the same.")
`,
    updateTask: `import os

from tasks_api import PreconditionFailedError, TasksClient

with TasksClient(os.environ["API"], os.environ["TOKEN"]) as client:
    task = client.tasks.get("${id}")
    try:
        print(client.tasks.update(task.id, title="Buy oat milk", if_match=task))
    except PreconditionFailedError as error:
        print("Another client has changed it:", error.etag)
`,
  },
  Go: {
    getTask: `package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"tasks.example.com/tasks"
)

func main() {
	ctx := context.Background()
	client, err := tasks.New(os.Getenv("API"), tasks.WithToken(os.Getenv("TOKEN")))
	if err != nil {
		log.Fatal(err)
	}
	task, err := client.GetTask(ctx, "${id}")
	if err != nil {
		log.Fatal(err)
	}
	changed, err := client.GetTask(ctx, task.ID, tasks.IfNoneMatch(task.ETag()))
	if err != nil {
		log.Fatal(err)
	}
	if changed == nil {
		fmt.Println("It is still the same.")
	} else {
		fmt.Printf("%+v\\n", *changed)
	}
}
`,
    updateTask: `package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	"tasks.example.com/tasks"
)

func main() {
	ctx := context.Background()
	client, err := tasks.New(os.Getenv("API"), tasks.WithToken(os.Getenv("TOKEN")))
	if err != nil {
		log.Fatal(err)
	}
	task, err := client.GetTask(ctx, "${id}")
	if err != nil {
		log.Fatal(err)
	}
	changes := tasks.TaskUpdate{Title: tasks.Set("Buy oat milk")}
	task, err = client.UpdateTask(ctx, task.ID, changes, tasks.IfMatch(task.ETag()))
	if errors.Is(err, tasks.ErrPreconditionFailed) {
		fmt.Println("Another client has changed it.")
		return
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%+v\\n", *task)
}
`,
  },
  Java: {
    getTask: `import com.example.tasks.*;
import java.util.UUID;

public class Sample {
    public static void main(String[] args) {
        var tasks = TasksClient.builder(System.getenv("API"))
            .token(System.getenv("TOKEN"))
            .build();
        var task = tasks.getTask(UUID.fromString("${id}"));
        var changed = tasks.getTask(task.id(), RequestOptions.create().ifNoneMatch(task.etag()));
        System.out.println(changed == null ? "It is still the same." : changed);
    }
}
`,
    updateTask: `import com.example.tasks.*;
import java.util.UUID;

public class Sample {
    public static void main(String[] args) {
        var tasks = TasksClient.builder(System.getenv("API"))
            .token(System.getenv("TOKEN"))
            .build();
        var task = tasks.getTask(UUID.fromString("${id}"));
        var changes = new TaskUpdate().title("Buy oat milk");
        try {
            System.out.println(
                tasks.updateTask(task.id(), changes, RequestOptions.create().ifMatch(task.etag())));
        } catch (PreconditionFailedException error) {
            System.out.println("Another client has changed it: " + error.etag());
        }
    }
}
`,
  },
};
