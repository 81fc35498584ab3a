package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"

	"tasks-api/tasks"
)

func passed(what string) { fmt.Println("ok", what) }

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func check(good bool, what any) {
	if !good {
		log.Fatalf("unexpected: %+v", what)
	}
}

func failure(err error) *tasks.APIError {
	var failed *tasks.APIError
	check(errors.As(err, &failed), err)
	return failed
}

// The body of an error in the type that the contract gives it.
func problem[P any](failed *tasks.APIError) (typed P) {
	check(json.Unmarshal(must(json.Marshal(failed.Body)), &typed) == nil, failed)
	return typed
}

func key() string {
	bytes := make([]byte, 16)
	must(rand.Read(bytes))
	return hex.EncodeToString(bytes)
}

func main() {
	ctx := context.Background()
	config := tasks.Config{
		ServerURL:      os.Getenv("API"),
		Auth:           tasks.Auth{Bearer: func() string { return os.Getenv("TOKEN") }},
		Retry:          tasks.RetryConfig{Retries: 3},
		IdempotencyKey: key,
	}
	client := tasks.New(config)

	var created []tasks.Task
	for n := 1; n <= 5; n++ {
		created = append(created, must(client.CreateTask(ctx, "me", tasks.TaskCreate{Title: fmt.Sprintf("task %d", n)})))
	}
	passed("create")

	sort, limit, seen := tasks.TaskSort("created_at"), int64(2), 0
	for task, err := range client.ListTasksItems(ctx, "me", &tasks.ListTasksParams{Sort: &sort, Limit: &limit}) {
		check(err == nil, err)
		seen++
		check(task.Title == fmt.Sprintf("task %d", seen), task)
	}
	check(seen == 5, seen)
	passed("list across pages")

	// A header belongs to a client's configuration in Go; a client is cheap to make.
	config.Headers = map[string]string{"If-Match": `"1"`}
	conditional, first, completed := tasks.New(config), created[0].Id, true
	updated, headers, err := conditional.UpdateTaskWithHeaders(ctx, "me", first, tasks.TaskUpdate{Completed: &completed})
	check(err == nil && updated.Version == 2 && *headers.Etag == `"2"`, updated)
	passed("update with a precondition")

	_, err = conditional.UpdateTask(ctx, "me", first, tasks.TaskUpdate{Completed: &completed})
	stale := failure(err)
	check(stale.Status == 412 && problem[tasks.Problem](stale).Type_ == "/problems/precondition-failed", stale)
	passed("412 as a typed error")

	_, err = client.CreateTask(ctx, "me", tasks.TaskCreate{Title: " "})
	invalid := problem[tasks.Problem](failure(err))
	check(invalid.Status == 422 && fmt.Sprint(invalid.Errors[0].Loc) == "[body title]", invalid)
	passed("422 as a typed error")

	flaky := must(client.CreateTask(ctx, "me", tasks.TaskCreate{Title: "flaky"}))
	check(flaky.Title == "flaky", flaky)
	passed("retry through a 503")

	changed := 0
	for _, item := range must(client.ListTaskChanges(ctx, "me", nil)).Items {
		change := must(tasks.UnmarshalTaskChange(must(json.Marshal(item))))
		if task, known := change.(tasks.ChangedTask); known {
			check(task.Task.Version >= 1, task)
			changed++
		}
	}
	check(changed == 6, changed)
	passed("changes of a later version")

	for _, task := range append(created, flaky) {
		check(client.DeleteTask(ctx, "me", task.Id) == nil, task)
	}
	_, err = client.GetTask(ctx, "me", first)
	check(failure(err).Status == 404, err)
	passed("delete")
}
