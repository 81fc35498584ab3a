module tasks-api/tasks

go 1.23
