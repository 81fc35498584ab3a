module tasks-api/program

go 1.23

require tasks-api/tasks v0.0.0

replace tasks-api/tasks => ../../../generated/clients/go
