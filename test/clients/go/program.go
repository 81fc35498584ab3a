// The steps of ../scenario.ts.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"slices"
	"strings"
	"time"

	"tasks.example.com/tasks"
)

const unknownID = "00000000-0000-4000-8000-000000000000"

var (
	ctx       = context.Background()
	noRetries = tasks.WithMaxRetries(0)
	half      = tasks.WithTimeout(500 * time.Millisecond)
)

func must[T any](value T, err error) T {
	check(err == nil, err)
	return value
}

// check ends a step that does not see what it should.
func check(good bool, what any) {
	if !good {
		panic(fmt.Sprintf("unexpected: %+v", what))
	}
}

func connect(step string, options ...tasks.Option) *tasks.Client {
	withToken := append([]tasks.Option{tasks.WithToken(os.Getenv("TOKEN"))}, options...)
	return must(tasks.New(os.Getenv("API")+"/"+step, withToken...))
}

// failed has the steps that failed.
var failed []string

type step func(client *tasks.Client, id string)

func run(id string, do step) {
	defer func() {
		if reason := recover(); reason != nil {
			failed = append(failed, id)
			fmt.Printf("failed %s\n%v\n", id, reason)
		}
	}()
	do(connect(id), id)
	fmt.Println("ok", id)
}

func create(client *tasks.Client, title string) *tasks.Task {
	task := must(client.CreateTask(ctx, tasks.TaskCreate{Title: title}))
	check(task.Title == title && task.Version == 1, task)
	return task
}

func get(client *tasks.Client, options ...tasks.Option) error {
	_, err := client.GetTask(ctx, unknownID, options...)
	return err
}

func describe(text string) tasks.TaskUpdate {
	return tasks.TaskUpdate{Description: tasks.Set(text)}
}

var retries = map[string]step{
	"retry-503": func(client *tasks.Client, id string) { create(client, id) },
	"retry-429": func(client *tasks.Client, id string) {
		task := create(client, id)
		check(must(client.UpdateTask(ctx, task.ID, describe("new"))).Version == 2, task)
	},
	"retry-408":      func(client *tasks.Client, id string) { create(client, id) },
	"retry-409":      func(client *tasks.Client, id string) { create(client, id) },
	"dropped-create": func(client *tasks.Client, id string) { create(client, id) },
	"gateway-502":    func(client *tasks.Client, id string) { create(client, id) },
	"gateway-504":    func(client *tasks.Client, id string) { create(client, id) },
	"empty-success":  func(client *tasks.Client, id string) { create(client, id) },
	"lost-create":    func(client *tasks.Client, id string) { create(client, id) },
	"lost-update": func(client *tasks.Client, id string) {
		task := create(client, id)
		check(must(client.UpdateTask(ctx, task.ID, describe("new"), tasks.IfMatch(task.ETag()))).Version == 2, task)
	},
	"lost-replace": func(client *tasks.Client, id string) {
		task := create(client, id)
		replace := tasks.TaskReplace{Title: id, Description: nil, Completed: true}
		check(must(client.ReplaceTask(ctx, task.ID, replace, tasks.IfMatch(task.ETag()))).Version == 2, task)
	},
	"lost-delete": func(client *tasks.Client, id string) {
		err := client.DeleteTask(ctx, create(client, id).ID, tasks.DeleteTaskParams{})
		check(err == nil, err)
	},
	"lost-complete": func(client *tasks.Client, id string) {
		check(must(client.CompleteTask(ctx, create(client, id).ID, tasks.TaskCompletion{})).Completed, id)
	},
	"lost-batch": func(client *tasks.Client, id string) {
		operation := tasks.BatchCreate{Task: tasks.TaskCreate{Title: id}}
		result := must(client.ApplyTaskBatch(ctx, tasks.TaskBatch{Operations: []tasks.BatchOperation{operation}}))
		check(result.Results[0].(tasks.BatchCreated).Task.Title == id, result)
	},
	"lost-read": func(client *tasks.Client, id string) {
		check(must(client.GetTask(ctx, create(client, id).ID)).Title == id, id)
	},
	"retries-end": func(client *tasks.Client, id string) {
		_, err := client.CreateTask(ctx, tasks.TaskCreate{Title: id})
		check(errors.Is(err, tasks.ErrServiceUnavailable), err)
	},
	"backoff": func(client *tasks.Client, id string) {
		var lost *tasks.ConnectionError
		err := get(client)
		check(errors.As(err, &lost), err)
	},
	"long-retry-after": func(client *tasks.Client, id string) {
		err := get(client)
		check(errors.Is(err, tasks.ErrServiceUnavailable), err)
	},
	"huge-retry-after": func(client *tasks.Client, id string) {
		err := get(client)
		check(errors.Is(err, tasks.ErrServiceUnavailable), err)
	},
	"own-key": func(client *tasks.Client, id string) {
		key := tasks.WithIdempotencyKey("a key of my own")
		first := must(client.CreateTask(ctx, tasks.TaskCreate{Title: id}, key))
		second := must(client.CreateTask(ctx, tasks.TaskCreate{Title: id}, key))
		check(first.ID == second.ID, second)
	},
}

func timedOut(err error) {
	var lost *tasks.ConnectionError
	check(errors.As(err, &lost) && lost.Timeout() && errors.Is(err, context.DeadlineExceeded), err)
}

var timeouts = map[string]step{
	"timeout-default": func(*tasks.Client, string) {
		check(tasks.DefaultTimeout > 0 && tasks.DefaultTimeout <= time.Minute, tasks.DefaultTimeout)
	},
	"timeout-client": func(_ *tasks.Client, id string) { timedOut(get(connect(id, half, noRetries))) },
	"timeout-call":   func(client *tasks.Client, id string) { timedOut(get(client, half, noRetries)) },
	"timeout-wait": func(client *tasks.Client, id string) {
		_, since := changes(client, tasks.ListTaskChangesParams{})
		waiting := tasks.ListTaskChangesParams{Since: since, Wait: tasks.Set(2)}
		for page, err := range client.ListTaskChanges(ctx, waiting, tasks.WithTimeout(time.Second), noRetries) {
			check(err == nil && len(page.Items) == 0, err)
		}
	},
	"timeout-retry": func(client *tasks.Client, id string) {
		check(must(client.CreateTask(ctx, tasks.TaskCreate{Title: id}, half)).Title == id, id)
	},
}

var statuses = map[int]error{
	400: tasks.ErrMalformedRequest,
	401: tasks.ErrNotAuthenticated,
	403: tasks.ErrForbidden,
	404: tasks.ErrNotFound,
	409: tasks.ErrConflict,
	410: tasks.ErrChangeTokenExpired,
	412: tasks.ErrPreconditionFailed,
	413: tasks.ErrPayloadTooLarge,
	415: tasks.ErrUnsupportedMediaType,
	422: tasks.ErrValidation,
	429: tasks.ErrTooManyRequests,
	500: tasks.ErrInternal,
	503: tasks.ErrServiceUnavailable,
}

// failedWith checks that err is the error of one status and of no other.
func failedWith(status int, err error) *tasks.Error {
	for other, sentinel := range statuses {
		check(errors.Is(err, sentinel) == (other == status), err)
	}
	var failed *tasks.Error
	check(errors.As(err, &failed) && failed.StatusCode == status && failed.Problem.Status == status, err)
	check(failed.Header.Get("X-Request-Id") != "" && failed.Problem.Type != "", failed)
	fmt.Printf("text error-%d %v\n", status, err)
	return failed
}

// failures are the calls that fail with a status; the others get it from the proxy.
var failures = map[int]func(client *tasks.Client) error{
	401: func(client *tasks.Client) error { return get(client, tasks.WithToken("not.a.token")) },
	412: func(client *tasks.Client) error {
		task := create(client, "error-412")
		_, err := client.UpdateTask(ctx, task.ID, describe("new"), tasks.IfMatch(`"7"`))
		return err
	},
	413: func(client *tasks.Client) error {
		long := tasks.Set(strings.Repeat("x", 200_000))
		_, err := client.CreateTask(ctx, tasks.TaskCreate{Title: "error-413", Description: long})
		return err
	},
	422: func(client *tasks.Client) error {
		_, err := client.CreateTask(ctx, tasks.TaskCreate{Title: " "})
		return err
	},
}

func errorSteps() {
	for status := range statuses {
		run(fmt.Sprintf("error-%d", status), func(client *tasks.Client, id string) {
			call := failures[status]
			if call == nil {
				call = func(client *tasks.Client) error { return get(client, noRetries) }
			}
			failed := failedWith(status, call(client))
			check(status != 412 || failed.ETag() == `"1"`, failed)
			check(status != 422 || failed.Problem.Errors[0].Place() == "body.title", failed)
		})
	}
	run("error-html", func(client *tasks.Client, id string) {
		var failed *tasks.Error
		err := get(client, noRetries)
		check(errors.As(err, &failed) && failed.StatusCode == 502 && failed.Problem.Type == "", err)
	})
	for _, id := range []string{"error-html-success", "redirect", "unasked-304"} {
		run(id, func(client *tasks.Client, id string) {
			err := client.DeleteTask(ctx, unknownID, tasks.DeleteTaskParams{})
			check(errors.Is(err, tasks.ErrUnexpectedResponse), err)
		})
	}
	run("error-long", func(client *tasks.Client, id string) {
		err := get(client, noRetries)
		check(errors.Is(err, tasks.ErrMalformedRequest), err)
		fmt.Println("text", id, err)
	})
	run("base-url", func(_ *tasks.Client, id string) {
		for _, bad := range []string{os.Getenv("API") + "/base-url?x=1", "http://user:" + os.Getenv("TOKEN") + "@127.0.0.1"} {
			_, err := tasks.New(bad)
			check(errors.Is(err, tasks.ErrInvalidCall), err)
			fmt.Println("text", id, err)
		}
	})
	run("error-connection", func(client *tasks.Client, id string) {
		var lost *tasks.ConnectionError
		err := get(client, noRetries)
		check(errors.As(err, &lost) && !lost.Timeout(), err)
	})
}

var data = map[string]step{
	"null": func(client *tasks.Client, id string) {
		task := must(client.CreateTask(ctx, tasks.TaskCreate{Title: id, Description: tasks.Set("text")}))
		first := must(client.UpdateTask(ctx, task.ID, tasks.TaskUpdate{Completed: tasks.Set(true)}))
		check(first.Description != nil && *first.Description == "text", first)
		second := must(client.UpdateTask(ctx, task.ID, tasks.TaskUpdate{Description: tasks.Null[string]()}))
		check(second.Description == nil, second)
	},
	"headers-per-call": func(client *tasks.Client, id string) {
		task := create(client, id)
		check(must(client.UpdateTask(ctx, task.ID, describe("new"), tasks.IfMatch(`"1"`),
			tasks.WithIdempotencyKey("key of this call"),
			tasks.WithRequestID("4fe0b3a5-65d5-4a9f-a3c1-0b8c3f6c1d22"))).Version == 2, task)
		must(client.GetTask(ctx, task.ID))
	},
	"later-version": func(client *tasks.Client, id string) {
		task := must(client.GetTask(ctx, create(client, id).ID))
		changed, _ := changes(client, tasks.ListTaskChangesParams{})
		check(titles(changed)[task.Title] == 1 && exported(client)[task.Title] == 1, task)
		operation := tasks.BatchCreate{Task: tasks.TaskCreate{Title: id + " 2"}}
		result := must(client.ApplyTaskBatch(ctx, tasks.TaskBatch{Operations: []tasks.BatchOperation{operation}}))
		check(result.Results[0].(tasks.BatchCreated).Task.Title == id+" 2", result)
		check(result.Results[1].(tasks.UnknownBatchResult).Kind == "archive_later", result)
	},
	"batch-results": func(client *tasks.Client, id string) {
		first := create(client, id)
		result := must(client.ApplyTaskBatch(ctx, tasks.TaskBatch{Operations: []tasks.BatchOperation{
			tasks.BatchCreate{Task: tasks.TaskCreate{Title: id + " 2"}},
			tasks.BatchUpdate{ID: first.ID, Changes: tasks.TaskUpdate{Completed: tasks.Set(true)}, IfVersion: tasks.Set(1)},
			tasks.BatchDelete{ID: first.ID},
		}}))
		check(result.Results[0].(tasks.BatchCreated).Task.Title == id+" 2", result)
		check(result.Results[1].(tasks.BatchUpdated).Task.Completed, result)
		check(result.Results[2].(tasks.BatchDeleted).ID == first.ID, result)
	},
	"deleted-change": func(client *tasks.Client, id string) {
		// Without a change token, there are no deletions in the changes.
		_, since := changes(client, tasks.ListTaskChangesParams{})
		task, found := create(client, id), false
		check(client.DeleteTask(ctx, task.ID, tasks.DeleteTaskParams{}) == nil, task)
		all, _ := changes(client, tasks.ListTaskChangesParams{Since: since})
		for _, change := range all {
			deleted, ok := change.(tasks.DeletedTask)
			found = found || ok && deleted.ID == task.ID && !deleted.DeletedAt.IsZero()
		}
		check(found, all)
	},
}

// changes returns all changes, and the token to continue from.
func changes(client *tasks.Client, params tasks.ListTaskChangesParams) (all []tasks.TaskChange, since string) {
	for page, err := range client.ListTaskChanges(ctx, params) {
		check(err == nil, err)
		all, since = append(all, page.Items...), page.NextSince
	}
	return all, since
}

func titles(all []tasks.TaskChange) map[string]int {
	count := map[string]int{}
	for _, change := range all {
		if change, ok := change.(tasks.ChangedTask); ok {
			count[change.Task.Title]++
		}
	}
	return count
}

func exported(client *tasks.Client) map[string]int {
	count := map[string]int{}
	for task, err := range client.ExportTasks(ctx) {
		check(err == nil, err)
		count[task.Title]++
	}
	return count
}

func isCut(client *tasks.Client, id string) {
	create(client, id+" 1")
	create(client, id+" 2")
	var last error
	for _, err := range client.ExportTasks(ctx) {
		last = err
	}
	check(errors.Is(last, tasks.ErrIncompleteExport), last)
}

var lists = map[string]step{
	"lists": func(client *tasks.Client, id string) {
		first := must(client.CreateList(ctx, tasks.TaskListCreate{Name: id + " 1"}))
		second := must(client.CreateList(ctx, tasks.TaskListCreate{Name: id + " 2"}))
		task := must(client.CreateTask(ctx, tasks.TaskCreate{Title: id, ListID: tasks.Set(second.ID)}))
		var found []string
		for list, err := range client.ListLists(ctx, tasks.ListListsParams{Limit: 1}) {
			check(err == nil, err)
			if list.ID == first.ID || list.ID == second.ID {
				found = append(found, list.Name)
			}
		}
		check(len(found) == 2 && found[0] == first.Name, found)
		for one, err := range client.ListTasks(ctx, tasks.ListTasksParams{ListID: second.ID}) {
			check(err == nil && one.ID == task.ID, err)
		}
		exported := map[string]bool{}
		for line, err := range client.ExportTasksLines(ctx) {
			check(err == nil, err)
			if line, ok := line.(tasks.ExportedList); ok {
				exported[line.List.ID] = true
			}
		}
		check(exported[first.ID] && exported[second.ID], exported)
	},
	"places": func(client *tasks.Client, id string) {
		var all [3]string
		for n := range all {
			all[n] = create(client, fmt.Sprint(id, " ", n+1)).ID
		}
		place := tasks.Place{Before: tasks.Set(all[0])}
		must(client.UpdateTask(ctx, all[2], tasks.TaskUpdate{Place: tasks.Set(place)}))
		var order []string
		for task, err := range client.ListTasks(ctx, tasks.ListTasksParams{Q: id, Sort: tasks.TaskSortPosition}) {
			check(err == nil, err)
			order = append(order, task.ID)
		}
		check(slices.Equal(order, []string{all[2], all[0], all[1]}), order)
	},
	"subtasks": func(client *tasks.Client, id string) {
		task := create(client, id)
		must(client.CreateTask(ctx, tasks.TaskCreate{Title: id + " 1", ParentID: tasks.Set(task.ID)}))
		var failed *tasks.Error
		err := client.DeleteTask(ctx, task.ID, tasks.DeleteTaskParams{})
		check(errors.As(err, &failed) && failed.Problem.Type == "/problems/not-empty", err)
		err = client.DeleteTask(ctx, task.ID, tasks.DeleteTaskParams{Children: tasks.OnDeleteDetach})
		check(err == nil, err)
	},
	"lost-occurrence": func(client *tasks.Client, id string) {
		daily := tasks.RecurrenceSetting{Rrule: "FREQ=DAILY", Anchor: tasks.Set(tasks.RecurrenceAnchorCompletion)}
		task := must(client.CreateTask(ctx, tasks.TaskCreate{
			Title: id, Due: tasks.Set("2026-03-01"), Recurrence: tasks.Set(daily),
		}))
		day := tasks.TaskCompletion{CompletedOn: tasks.Set("2026-03-09")}
		completed := must(client.CompleteTask(ctx, task.ID, day))
		check(completed.Completed && completed.Recurrence == nil && completed.NextID != nil, completed)
		next := must(client.GetTask(ctx, *completed.NextID))
		check(*next.Due == "2026-03-10", next)
	},
}

// completed creates a task and completes it, and returns the change.
func completed(client *tasks.Client, title string) (task *tasks.Task, change string) {
	var response tasks.Response
	task = create(client, title)
	must(client.CompleteTask(ctx, task.ID, tasks.TaskCompletion{}, tasks.WithResponse(&response)))
	check(response.Change() != "", response)
	return task, response.Change()
}

// undone undoes a change of one task, and returns the task.
func undone(client *tasks.Client, change string) *tasks.Task {
	result := must(client.UndoChange(ctx, change))
	check(result.Undoes == change && result.Count == 1 && len(result.Items) == 1, result)
	changed, ok := result.Items[0].(tasks.ChangedTask)
	check(ok, result)
	return &changed.Task
}

var history = map[string]step{
	"undo": func(client *tasks.Client, id string) {
		task, change := completed(client, id)
		reopened := undone(client, change)
		check(reopened.ID == task.ID && !reopened.Completed, reopened)
		var response tasks.Response
		err := client.DeleteTask(ctx, task.ID, tasks.DeleteTaskParams{}, tasks.WithResponse(&response))
		check(err == nil, err)
		check(undone(client, response.Change()).ID == task.ID, response)
		check(!must(client.GetTask(ctx, task.ID)).Completed, task)
	},
	"lost-undo": func(client *tasks.Client, id string) {
		_, change := completed(client, id)
		undone(client, change)
	},
	"undo-refused": func(client *tasks.Client, id string) {
		task, change := completed(client, id)
		must(client.UpdateTask(ctx, task.ID, describe("new")))
		_, err := client.UndoChange(ctx, change)
		var refused *tasks.Error
		check(errors.Is(err, tasks.ErrConflict) && errors.As(err, &refused), err)
		check(refused.Problem.Type == "/problems/changed-since" && len(refused.Problem.Errors) == 1, err)
		check(fmt.Sprint(refused.Problem.Errors[0].Loc) == fmt.Sprint([]string{"tasks", task.ID}), err)
	},
	"history": func(client *tasks.Client, id string) {
		task := create(client, id)
		must(client.UpdateTask(ctx, task.ID, describe("new")))
		must(client.CompleteTask(ctx, task.ID, tasks.TaskCompletion{}))
		var operations []string
		for change, err := range client.ListChanges(ctx, tasks.ListChangesParams{Limit: 2}) {
			check(err == nil, err)
			operations = append(operations, *change.Operation)
			if len(operations) == 3 {
				break
			}
		}
		check(slices.Equal(operations, []string{"completeTask", "updateTask", "createTask"}), operations)
		var versions []int
		for version, err := range client.ListTaskVersions(ctx, task.ID, tasks.ListTaskVersionsParams{Limit: 1}) {
			check(err == nil, err)
			versions = append(versions, version.Task.Version)
		}
		check(slices.Equal(versions, []int{3, 2, 1}), versions)
	},
	"restore": func(client *tasks.Client, id string) {
		task := create(client, id)
		must(client.UpdateTask(ctx, task.ID, describe("new")))
		err := client.DeleteTask(ctx, task.ID, tasks.DeleteTaskParams{})
		check(err == nil, err)
		restored := must(client.RestoreTask(ctx, task.ID, tasks.TaskRestore{Version: 1}))
		check(restored.Version == 3 && restored.Description == nil, restored)
	},
}

var exports = map[string]step{
	"export": func(client *tasks.Client, id string) {
		create(client, id+" 1")
		create(client, id+" 2")
		count := exported(client)
		check(count[id+" 1"] == 1 && count[id+" 2"] == 1, count)
	},
	"export-streams": func(client *tasks.Client, id string) {
		create(client, id+" 1")
		create(client, id+" 2")
		first := true
		for task, err := range client.ExportTasks(ctx) {
			check(err == nil, err)
			if first {
				must(client.GetTask(ctx, task.ID))
				first = false
			}
		}
	},
	"export-cut":          isCut,
	"export-shorten":      isCut,
	"export-continues":    isCut,
	"export-blank":        isCut,
	"export-rest":         isCut,
	"export-unterminated": isCut,
}

var pages = map[string]step{
	"pages": func(client *tasks.Client, id string) {
		for n := range 5 {
			create(client, fmt.Sprintf("%s %d", id, n+1))
		}
		seen := 0
		for task, err := range client.ListTasks(ctx, tasks.ListTasksParams{Q: id, Sort: tasks.TaskSortCreatedAt, Limit: 2}) {
			check(err == nil, err)
			seen++
			check(task.Title == fmt.Sprintf("%s %d", id, seen), task)
		}
		check(seen == 5, seen)
	},
	"changes": func(client *tasks.Client, id string) {
		_, since := changes(client, tasks.ListTaskChangesParams{Limit: 2})
		for n := range 3 {
			create(client, fmt.Sprintf("%s %d", id, n+1))
		}
		added, _ := changes(client, tasks.ListTaskChangesParams{Since: since, Limit: 2})
		check(len(added) == 3 && len(titles(added)) == 3 && titles(added)[id+" 3"] == 1, added)
	},
	"changes-expired": func(_ *tasks.Client, id string) {
		other := connect(id, tasks.WithToken(os.Getenv("OTHER_TOKEN")))
		create(other, id)
		_, since := changes(other, tasks.ListTaskChangesParams{})
		check(must(other.DeleteUserData(ctx)).Status == tasks.ErasureStatusComplete, since)
		var last error
		for _, err := range other.ListTaskChanges(ctx, tasks.ListTaskChangesParams{Since: since}) {
			last = err
		}
		check(errors.Is(last, tasks.ErrChangeTokenExpired), last)
	},
	"not-modified": func(client *tasks.Client, id string) {
		task := create(client, id)
		var response tasks.Response
		same := must(client.GetTask(ctx, task.ID, tasks.IfNoneMatch(task.ETag()), tasks.WithResponse(&response)))
		check(same == nil && response.NotModified(), response)
	},
	"not-modified-page": func(client *tasks.Client, id string) {
		var first, second tasks.Response
		must(client.ListTasksPage(ctx, tasks.ListTasksParams{}, tasks.WithResponse(&first)))
		unless := tasks.IfNoneMatch(first.ETag())
		same := must(client.ListTasksPage(ctx, tasks.ListTasksParams{}, unless, tasks.WithResponse(&second)))
		check(same == nil && second.NotModified(), second)
	},
}

var tokens = map[string]step{
	"token-function": func(_ *tasks.Client, id string) {
		calls := 0
		client := connect(id, tasks.WithTokenSource(func(context.Context) (string, error) {
			calls++
			return os.Getenv([]string{"TOKEN", "TOKEN_2"}[calls-1]), nil
		}))
		check(must(client.GetSession(ctx)).UserID == must(client.GetSession(ctx)).UserID, calls)
	},
	"token-hidden": func(client *tasks.Client, id string) {
		show := func(what any) {
			text := fmt.Sprintf("%v %+v %#v", what, what, what)
			fmt.Println("text", id, strings.ReplaceAll(text, "\n", " "))
		}
		show(client)
		show(*client)
		for _, token := range []string{os.Getenv("TOKEN") + "\n", os.Getenv("TOKEN") + "\n\x00"} {
			err := get(client, tasks.WithToken(token))
			check(err != nil, token)
			show(err)
		}
	},
}

func main() {
	log.SetFlags(0)
	for _, steps := range []map[string]step{retries, timeouts, data, exports, pages, lists, history, tokens} {
		for id, do := range steps {
			run(id, do)
		}
	}
	errorSteps()
	if len(failed) > 0 {
		log.Fatal(strings.Join(failed, "\n"))
	}
}
