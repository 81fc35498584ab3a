package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"

	"program/api"
)

func check(holds bool, seen any, err error) {
	if err != nil || !holds {
		panic(fmt.Sprintf("%T %v %v", seen, seen, err))
	}
}

func main() {
	ctx := context.WithValue(context.Background(), api.ContextAccessToken, os.Getenv("TOKEN"))
	configuration := api.NewConfiguration()
	configuration.Servers = api.ServerConfigurations{{URL: os.Getenv("API")}}
	client := api.NewAPIClient(configuration).TasksAPI

	created, _, err := client.CreateTask(ctx, "me").TaskCreate(*api.NewTaskCreate("Buy milk")).Execute()
	check(err == nil && created.Version == 1, created, err)
	fmt.Println("ok create")

	page, _, err := client.ListTasks(ctx, "me").Sort(api.TaskSort("-created_at")).Limit(1).Execute()
	check(err == nil && page.Items[0].Title == "Buy milk", page, err)
	fmt.Println("ok list")

	update := func() (*api.Task, *http.Response, error) {
		changes := api.TaskUpdate{}
		changes.SetCompleted(true)
		changes.SetDescriptionNil()
		return client.UpdateTask(ctx, "me", created.Id).IfMatch(`"1"`).TaskUpdate(changes).Execute()
	}
	updated, response, err := update()
	check(err == nil && updated.Completed && response.Header.Get("ETag") == `"2"`, updated, err)
	fmt.Println("ok update")

	_, response, err = update()
	failure, ok := err.(*api.GenericOpenAPIError)
	check(ok && response.StatusCode == 412, err, nil)
	_, ok = failure.Model().(api.Problem)
	check(ok, failure.Model(), nil)
	fmt.Println("ok 412")

	_, response, err = client.CreateTask(ctx, "me").TaskCreate(*api.NewTaskCreate(" ")).Execute()
	failure, ok = err.(*api.GenericOpenAPIError)
	check(ok && response.StatusCode == 422, err, nil)
	problem, ok := failure.Model().(api.Problem)
	check(ok && *problem.Errors[0].Loc[1].String == "title", failure.Model(), nil)
	fmt.Println("ok 422")

	sync := api.NewAPIClient(configuration).SyncAPI
	changes, _, err := sync.ListTaskChanges(ctx, "me").Execute()
	check(err == nil && changes.Items[0].ChangedTask.Task.Id == created.Id, changes, err)
	fmt.Println("ok changes")

	_, err = client.DeleteTask(ctx, "me", created.Id).Execute()
	check(err == nil, nil, err)
	_, response, err = client.GetTask(ctx, "me", created.Id).Execute()
	check(err != nil && response.StatusCode == 404, response, nil)
	fmt.Println("ok delete")

	for _, title := range []string{"one", "two"} {
		_, _, err = client.CreateTask(ctx, "me").TaskCreate(*api.NewTaskCreate(title)).Execute()
		check(err == nil, nil, err)
	}
	exported, _, err := sync.ExportTasks(ctx, "me").Execute()
	check(strings.HasSuffix(exported, `{"type":"end","lists":0,"tasks":2}`+"\n"), exported, err)
	fmt.Println("ok export")
}
