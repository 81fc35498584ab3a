module tasks.example.com/tasks

go 1.24
