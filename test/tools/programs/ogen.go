package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"program/api"
)

type token string

func (t token) BearerAuth(context.Context, api.OperationName) (api.BearerAuth, error) {
	return api.BearerAuth{Token: string(t)}, nil
}

func check(holds bool, seen any, err error) {
	if err != nil || !holds {
		panic(fmt.Sprintf("%T %v %v", seen, seen, err))
	}
}

func main() {
	ctx := context.Background()
	client, err := api.NewClient(os.Getenv("API"), token(os.Getenv("TOKEN")))
	check(err == nil, nil, err)

	response, err := client.CreateTask(ctx, &api.TaskCreate{Title: "Buy milk"}, api.CreateTaskParams{UserID: "me"})
	created, ok := response.(*api.TaskHeaders)
	check(ok && created.Response.Version == 1, response, err)
	fmt.Println("ok create")

	list := api.ListTasksParams{
		UserID: "me", Sort: api.NewOptTaskSort(api.TaskSortMinusCreatedAt), Limit: api.NewOptInt(1),
	}
	listed, err := client.ListTasks(ctx, list)
	page, ok := listed.(*api.TaskPageHeaders)
	check(ok && page.Response.Items[0].Title == "Buy milk", listed, err)
	fmt.Println("ok list")

	id := created.Response.ID
	update := func() (api.UpdateTaskRes, error) {
		changes := api.UpdateTaskApplicationJSON{Completed: api.NewOptBool(true)}
		changes.Description.SetToNull()
		return client.UpdateTask(ctx, &changes, api.UpdateTaskParams{
			UserID: "me", TaskID: id, IfMatch: api.NewOptEntityTags(`"1"`),
		})
	}
	updated, err := update()
	task, ok := updated.(*api.ReplaceTaskOKHeaders)
	check(ok && task.Response.Completed && task.ETag == `"2"`, updated, err)
	fmt.Println("ok update")

	stale, err := update()
	_, ok = stale.(*api.PreconditionFailedHeaders)
	check(ok, stale, err)
	fmt.Println("ok 412")

	response, err = client.CreateTask(ctx, &api.TaskCreate{Title: "x\x00"}, api.CreateTaskParams{UserID: "me"})
	invalid, ok := response.(*api.ValidationErrorHeaders)
	check(ok && invalid.Response.Errors[0].Loc[1].String == "title", response, err)
	fmt.Println("ok 422")

	feed, err := client.ListTaskChanges(ctx, api.ListTaskChangesParams{UserID: "me"})
	changes, ok := feed.(*api.TaskChangesHeaders)
	check(ok, feed, err)
	change, ok := changes.Response.Items[0].GetChangedTask()
	check(ok && change.Task.ID == id, changes, err)
	fmt.Println("ok changes")

	deleted, err := client.DeleteTask(ctx, api.DeleteTaskParams{UserID: "me", TaskID: id})
	_, ok = deleted.(*api.DeleteTaskNoContent)
	check(ok, deleted, err)
	missing, err := client.GetTask(ctx, api.GetTaskParams{UserID: "me", TaskID: id})
	_, ok = missing.(*api.NotFoundHeaders)
	check(ok, missing, err)
	fmt.Println("ok delete")

	for _, title := range []api.Title{"one", "two"} {
		_, err = client.CreateTask(ctx, &api.TaskCreate{Title: title}, api.CreateTaskParams{UserID: "me"})
		check(err == nil, nil, err)
	}
	stream, err := client.ExportTasks(ctx, api.ExportTasksParams{UserID: "me"})
	exported, ok := stream.(*api.ExportTasksOKHeaders)
	check(ok, stream, err)
	text, err := io.ReadAll(exported.Response)
	check(strings.HasSuffix(string(text), `{"type":"end","lists":0,"tasks":2}`+"\n"), string(text), err)
	fmt.Println("ok export")
}
