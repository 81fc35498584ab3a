// Package tasks is a client of the Tasks API: every user keeps a private list of tasks.
//
//	client, err := tasks.New("https://tasks.example.com", tasks.WithToken(token))
//	if err != nil {
//		return err
//	}
//	task, err := client.CreateTask(ctx, tasks.TaskCreate{Title: "Buy milk"})
//
// Calls are repeated after 429, 502, 503, 504, a lost connection and a time-out, with one idempotency
// key for all attempts, so that each write happens once. Package tasks imports nothing but the standard
// library.
package tasks
