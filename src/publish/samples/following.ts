// Samples of following changes, by language: the events of a stream, or requests that wait. Each ends
// after the first changes, so that test/clients can run it like any other sample.

import { goModule } from '../clients/go.ts';

export const following: Readonly<Record<string, string>> = {
  curl: `curl -N "$API/api/v1/users/me/task-changes" \\
  -H "Authorization: Bearer $TOKEN" \\
  -H "Accept: text/event-stream"`,
  TypeScript: `import { connect } from 'tasks-api-client';

const { API = '', TOKEN = '' } = process.env;
const tasks = connect({ serverUrl: API, token: TOKEN });

let since; // the change token that you have stored, if there is one
for await (const page of tasks.listTaskChanges({ since }).follow()) {
  console.log(page.items);
  since = page.next_since; // store it with your copy
  break; // to follow for ever, leave this out
}
`,
  Python: `import os

from tasks_api import TasksClient

with TasksClient(os.environ["API"], os.environ["TOKEN"]) as client:
    # None, or the change token that you have stored
    changes = client.tasks.changes(since=None, wait=25)
    while True:
        for change in changes:
            print(change)
        print("store with your copy:", changes.next_since)
        break  # to follow for ever, leave this out
`,
  Go: `package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"${goModule}"
)

func main() {
	client, err := tasks.New(os.Getenv("API"), tasks.WithToken(os.Getenv("TOKEN")))
	if err != nil {
		log.Fatal(err)
	}
	since := "" // the change token that you have stored, if there is one
	for {
		params := tasks.ListTaskChangesParams{Since: since, Wait: tasks.Set(25)}
		for page, err := range client.ListTaskChanges(context.Background(), params) {
			if err != nil {
				log.Fatal(err)
			}
			fmt.Println(page.Items)
			since = page.NextSince // store it with your copy
		}
		break // to follow for ever, leave this out
	}
}
`,
  Java: `import com.example.tasks.*;

public class Sample {
    public static void main(String[] args) {
        var tasks = TasksClient.builder(System.getenv("API")).token(System.getenv("TOKEN")).build();
        String since = null; // the change token that you have stored, if there is one
        while (true) {
            var params = ListTaskChangesParams.create().since(since).wait_(25);
            for (TaskChanges page : tasks.listTaskChanges(params)) {
                System.out.println(page.items());
                since = page.nextSince(); // store it with your copy
            }
            break; // to follow for ever, leave this out
        }
    }
}
`,
};
