// Code generated from the contract; DO NOT EDIT.

package tasks

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"strconv"
	"time"
)

// Version is the version of the contract that this client is generated from.
const Version = "0.2.0"

// ListTasksParams are the query parameters of [Client.ListTasks]. None is required.
type ListTasksParams struct {
	// true for completed tasks only, false for open tasks only. Without it, the list has both.
	Completed Optional[bool]

	// Only tasks whose title or description contains this text. Letter case does not matter, and
	// %, _ and \ have no special meaning. Text is compared character by character: a letter with
	// an accent matches only if it is encoded in the same way, composed or decomposed. If the user
	// has thousands of tasks, a page can be short or empty and still have a next page: see
	// next_cursor.
	Q string

	// Only tasks that are due on this day or later, by the date as it is written in due.
	DueFrom Optional[string]

	// Only tasks that are due on this day or earlier, by the date as it is written in due.
	DueTo Optional[string]

	// Only open tasks that are overdue at this time: RFC 3339 with the user's offset from UTC. A
	// day is overdue when it is before the date at that offset, a local time when it is before the
	// time at that offset, and a time in a time zone when its instant is before this one. In a
	// URL, write the + of an offset as %2B.
	OverdueAt Optional[time.Time]

	// Only open tasks that can be worked on at this time: those without start, and those whose
	// start is not later, by the same rules as overdue_at.
	AvailableAt Optional[time.Time]

	// true for tasks that have due only, false for tasks that have none only.
	HasDue Optional[bool]

	// Only tasks with one of these priorities, separated by commas. Spaces around them are
	// ignored.
	Priority Optional[string]

	// Only tasks that have all of these labels, separated by commas. Letter case does not matter.
	LabelsAll Optional[string]

	// Only tasks that have one of these labels or more.
	LabelsAny Optional[string]

	// Only tasks that have none of these labels.
	LabelsNone Optional[string]

	// Only tasks whose metadata has this text under this name: name:text, as in crm.ticket:4711.
	Metadata Optional[string]

	// Only tasks that were completed at this time or later.
	CompletedFrom Optional[time.Time]

	// Only tasks that were completed at this time or earlier.
	CompletedTo Optional[time.Time]

	// The order of the list. A leading - means descending. Titles are ordered by the code points
	// of their characters. due orders by the date and the time as they are written, whatever the
	// time zone: a day comes before its times, and tasks without due come last in both directions.
	// priority orders from none to urgent. Tasks without a value (no due, or the priority none)
	// are found among all of the user's tasks, so if there are thousands, a page can be short or
	// empty and still have a next page: see next_cursor.
	Sort TaskSort

	// The maximum number of tasks on a page.
	Limit int

	// The next_cursor of the previous page. Send it with the same sort and the same filters.
	Cursor string
}

func (p ListTasksParams) query() url.Values {
	query := url.Values{}
	if value, ok := p.Completed.Get(); ok {
		query.Set("completed", strconv.FormatBool(value))
	}
	if p.Q != "" {
		query.Set("q", p.Q)
	}
	if value, ok := p.DueFrom.Get(); ok {
		query.Set("due_from", value)
	}
	if value, ok := p.DueTo.Get(); ok {
		query.Set("due_to", value)
	}
	if value, ok := p.OverdueAt.Get(); ok {
		query.Set("overdue_at", value.Format(time.RFC3339Nano))
	}
	if value, ok := p.AvailableAt.Get(); ok {
		query.Set("available_at", value.Format(time.RFC3339Nano))
	}
	if value, ok := p.HasDue.Get(); ok {
		query.Set("has_due", strconv.FormatBool(value))
	}
	if value, ok := p.Priority.Get(); ok {
		query.Set("priority", value)
	}
	if value, ok := p.LabelsAll.Get(); ok {
		query.Set("labels_all", value)
	}
	if value, ok := p.LabelsAny.Get(); ok {
		query.Set("labels_any", value)
	}
	if value, ok := p.LabelsNone.Get(); ok {
		query.Set("labels_none", value)
	}
	if value, ok := p.Metadata.Get(); ok {
		query.Set("metadata", value)
	}
	if value, ok := p.CompletedFrom.Get(); ok {
		query.Set("completed_from", value.Format(time.RFC3339Nano))
	}
	if value, ok := p.CompletedTo.Get(); ok {
		query.Set("completed_to", value.Format(time.RFC3339Nano))
	}
	if p.Sort != "" {
		query.Set("sort", string(p.Sort))
	}
	if p.Limit != 0 {
		query.Set("limit", strconv.Itoa(p.Limit))
	}
	if p.Cursor != "" {
		query.Set("cursor", p.Cursor)
	}
	return query
}

// ListTasks returns the user's tasks, one page at a time. Filters narrow the list, and sort orders
// it. A task must pass all filters: if they exclude each other, the list is empty. Tasks with
// equal values are ordered by id, so pages neither repeat nor skip a task while others are created
// or deleted.
//
// It follows all pages.
func (c *Client) ListTasks(ctx context.Context, params ListTasksParams, options ...Option) iter.Seq2[Task, error] {
	all := pages(func(cursor string) (*TaskPage, error) {
		page := params
		if cursor != "" {
			page.Cursor = cursor
		}
		return c.ListTasksPage(ctx, page, options...)
	}, func(page *TaskPage) string {
		if page.NextCursor == nil {
			return ""
		}
		return *page.NextCursor
	})
	return items(all, func(page *TaskPage) []Task { return page.Items })
}

// ListTasksPage returns one page of [Client.ListTasks].
func (c *Client) ListTasksPage(ctx context.Context, params ListTasksParams, options ...Option) (*TaskPage, error) {
	return call[TaskPage](ctx, c, request{method: "GET", path: "/api/v1/users/%s/tasks", ofUser: true, query: params.query(), secured: true, success: []int{200}, hasBody: true, takes: []string{"If-None-Match"}}, options)
}

// CreateTask creates a task. Only title is required. With an id of your choice, you know the
// task's id before the response, and creating the same task again gets 409 instead of a second
// task.
func (c *Client) CreateTask(ctx context.Context, body TaskCreate, options ...Option) (*Task, error) {
	return call[Task](ctx, c, request{method: "POST", path: "/api/v1/users/%s/tasks", ofUser: true, body: body, keyed: true, secured: true, success: []int{201}, hasBody: true, takes: []string{"Idempotency-Key"}}, options)
}

// DeleteCompletedTasks deletes the user's completed tasks, the oldest first. completed=true is
// required, so that a mistyped request cannot delete open tasks.
//
// With tens of thousands of completed tasks, one request may not delete them all: has_more is then
// true. Repeat the request, without an Idempotency-Key or with a new one, until it is false. The
// user's other changes can happen in between.
func (c *Client) DeleteCompletedTasks(ctx context.Context, options ...Option) (*DeletedCount, error) {
	return call[DeletedCount](ctx, c, request{method: "DELETE", path: "/api/v1/users/%s/tasks", ofUser: true, query: url.Values{"completed": {"true"}}, keyed: true, secured: true, success: []int{200}, hasBody: true, takes: []string{"Idempotency-Key"}}, options)
}

// GetTask returns one task. With the task's entity tag in If-None-Match, the response is 304 while
// the task is unchanged.
func (c *Client) GetTask(ctx context.Context, taskID string, options ...Option) (*Task, error) {
	return call[Task](ctx, c, request{method: "GET", path: "/api/v1/users/%s/tasks/%s", ofUser: true, segments: []string{taskID}, secured: true, success: []int{200}, hasBody: true, takes: []string{"If-Match", "If-None-Match"}}, options)
}

// ReplaceTask replaces the content of an existing task. title, description and completed are
// required. Any other writable field keeps its value when it is absent, so a client never clears a
// field that it does not know. The request never creates a task. To change single fields, use
// PATCH.
func (c *Client) ReplaceTask(ctx context.Context, taskID string, body TaskReplace, options ...Option) (*Task, error) {
	return call[Task](ctx, c, request{method: "PUT", path: "/api/v1/users/%s/tasks/%s", ofUser: true, segments: []string{taskID}, body: body, keyed: true, secured: true, success: []int{200}, hasBody: true, takes: []string{"If-Match", "If-None-Match", "Idempotency-Key"}}, options)
}

// UpdateTask changes only the fields in the request (JSON merge patch, RFC 7396). An absent field
// keeps its value, and null clears description, due or start. In metadata, absent names keep their
// values, and null removes a name. labels is replaced as a whole. At least one field is required.
func (c *Client) UpdateTask(ctx context.Context, taskID string, body TaskUpdate, options ...Option) (*Task, error) {
	return call[Task](ctx, c, request{method: "PATCH", path: "/api/v1/users/%s/tasks/%s", ofUser: true, segments: []string{taskID}, body: body, keyed: true, secured: true, success: []int{200}, hasBody: true, takes: []string{"If-Match", "If-None-Match", "Idempotency-Key"}}, options)
}

// DeleteTask deletes the task permanently. A second request gets 404.
func (c *Client) DeleteTask(ctx context.Context, taskID string, options ...Option) error {
	_, err := call[struct{}](ctx, c, request{method: "DELETE", path: "/api/v1/users/%s/tasks/%s", ofUser: true, segments: []string{taskID}, keyed: true, secured: true, success: []int{204}, takes: []string{"If-Match", "If-None-Match", "Idempotency-Key"}}, options)
	return err
}

// CompleteTask marks the task as completed. A task that is already completed does not change: it
// keeps its completed_at and its version. The request needs no body. An empty object is accepted
// as well, because some intermediaries refuse a PATCH without a body.
func (c *Client) CompleteTask(ctx context.Context, taskID string, options ...Option) (*Task, error) {
	return call[Task](ctx, c, request{method: "PATCH", path: "/api/v1/users/%s/tasks/%s/complete", ofUser: true, segments: []string{taskID}, keyed: true, secured: true, success: []int{200}, hasBody: true, takes: []string{"If-Match", "If-None-Match", "Idempotency-Key"}}, options)
}

// GetTaskSummaryParams are the query parameters of [Client.GetTaskSummary]. None is required.
type GetTaskSummaryParams struct {
	// The time at which tasks are overdue, with an offset: 2026-03-01T09:30:00+01:00. In a query,
	// + is written as %2B. Without it, overdue is null.
	OverdueAt Optional[time.Time]
}

func (p GetTaskSummaryParams) query() url.Values {
	query := url.Values{}
	if value, ok := p.OverdueAt.Get(); ok {
		query.Set("overdue_at", value.Format(time.RFC3339Nano))
	}
	return query
}

// GetTaskSummary counts the user's tasks: the open ones, the completed ones, and of the open ones
// those that are overdue, those without a due time, those of each priority and those with each
// label.
//
// The server does not know what time it is for the user, so the request contains it: overdue_at is
// the time at which tasks are overdue, with the user's offset from UTC. A day is overdue when it
// is before the date of overdue_at, a local time when it is before the local time of overdue_at,
// and a time in a zone when its instant is before overdue_at. So a task that is due on a day is
// not overdue on that day. Completed tasks are never overdue.
//
// The counts are exact for up to 50,000 open and 50,000 completed tasks. If there are more, only
// the latest are counted, and partial is true: then each count is a minimum. If tens of thousands
// of tasks have many labels each, some of these labels are left out, too.
//
// The response has an entity tag. Send it in If-None-Match to get 304 until one of the user's
// tasks changes. A later overdue_at is another query, with another tag: to poll, round it, for
// example to the minute.
//
// A user can have two of these requests in progress at once; a third gets 429.
func (c *Client) GetTaskSummary(ctx context.Context, params GetTaskSummaryParams, options ...Option) (*TaskSummary, error) {
	return call[TaskSummary](ctx, c, request{method: "GET", path: "/api/v1/users/%s/task-summary", ofUser: true, query: params.query(), secured: true, success: []int{200}, hasBody: true, takes: []string{"If-None-Match"}}, options)
}

// ListLabelsParams are the query parameters of [Client.ListLabels]. None is required.
type ListLabelsParams struct {
	// The maximum number of labels on a page.
	Limit int

	// The next_cursor of the previous page.
	Cursor string
}

func (p ListLabelsParams) query() url.Values {
	query := url.Values{}
	if p.Limit != 0 {
		query.Set("limit", strconv.Itoa(p.Limit))
	}
	if p.Cursor != "" {
		query.Set("cursor", p.Cursor)
	}
	return query
}

// ListLabels lists the labels of the user's tasks, one page at a time, with the number of tasks
// that have each. A label exists while a task has it: it needs no creation.
//
// Labels that are equal apart from letter case are one label. It is shown in the spelling that
// most tasks have; if several are equally frequent, in the one whose characters have the lowest
// code points. The labels are ordered by the code points of their lower-case characters.
//
// The list is complete for up to 50,000 open and 50,000 completed tasks. If there are more, or if
// tens of thousands of them have many labels each, only the latest are counted, and partial is
// true: then each count is a minimum, and labels may be missing.
//
// A user can have two of these requests in progress at once; a third gets 429.
//
// It follows all pages.
func (c *Client) ListLabels(ctx context.Context, params ListLabelsParams, options ...Option) iter.Seq2[LabelCount, error] {
	all := pages(func(cursor string) (*LabelPage, error) {
		page := params
		if cursor != "" {
			page.Cursor = cursor
		}
		return c.ListLabelsPage(ctx, page, options...)
	}, func(page *LabelPage) string {
		if page.NextCursor == nil {
			return ""
		}
		return *page.NextCursor
	})
	return items(all, func(page *LabelPage) []LabelCount { return page.Items })
}

// ListLabelsPage returns one page of [Client.ListLabels].
func (c *Client) ListLabelsPage(ctx context.Context, params ListLabelsParams, options ...Option) (*LabelPage, error) {
	return call[LabelPage](ctx, c, request{method: "GET", path: "/api/v1/users/%s/labels", ofUser: true, query: params.query(), secured: true, success: []int{200}, hasBody: true, takes: []string{"If-None-Match"}}, options)
}

// RenameLabel gives a label another name on all the user's tasks, or removes it from them with
// new_label: null. Labels are compared without letter case, so this can also change only the
// letter case of a label. Each task keeps the order of its labels. If a task has both labels, they
// become one: the first of the two keeps its place, and its spelling if it is the new label
// already. If no task has the label, nothing changes, and changed is 0.
//
// Every task that is changed gets a new version and a new updated_at, and is in task-changes. A
// task that already has the result stays as it is.
//
// What one request changes becomes visible at once: other requests see all of it, or nothing. A
// request examines the user's tasks, the oldest first, for about half a second, which is enough to
// change thousands of them. If tasks are left to examine, next_cursor is not null: repeat the
// request with it as cursor, without an Idempotency-Key or with a new one, until it is null. The
// user's other changes can happen in between.
func (c *Client) RenameLabel(ctx context.Context, body LabelRename, options ...Option) (*LabelRenamed, error) {
	return call[LabelRenamed](ctx, c, request{method: "POST", path: "/api/v1/users/%s/label-renames", ofUser: true, body: body, keyed: true, secured: true, success: []int{200}, hasBody: true, takes: []string{"Idempotency-Key"}}, options)
}

// ApplyTaskBatch applies up to 100 operations in the given order: all of them or, if one cannot be
// applied, none. An operation sees the changes that earlier operations have made. With if_version,
// an update or a deletion applies only if the task has that version at that point. The time of
// each operation is one microsecond after that of the previous one, so task-changes, and lists
// sorted by time, keep the order of the request.
//
// If an operation cannot be applied, the response is 422, nothing has changed, and errors
// identifies the operation by its index: ["body", "operations", 3, "id"] with the type not_found,
// or ["body", "operations", 3, "if_version"] with the type version_mismatch. A creation may choose
// the task's id, and later operations of the same batch may name it. If the id is taken, the type
// is id_taken, at ["body", "operations", 3, "task", "id"]. errors identifies only the first
// operation that cannot be applied. If that is a creation whose id is taken, errors identifies all
// such creations of the batch, in order: leave them out to continue an import.
func (c *Client) ApplyTaskBatch(ctx context.Context, body TaskBatch, options ...Option) (*TaskBatchResult, error) {
	return call[TaskBatchResult](ctx, c, request{method: "POST", path: "/api/v1/users/%s/task-batches", ofUser: true, body: body, keyed: true, secured: true, success: []int{200}, hasBody: true, takes: []string{"Idempotency-Key"}}, options)
}

// ListTaskChangesParams are the query parameters of [Client.ListTaskChanges]. None is required.
type ListTaskChangesParams struct {
	// A change token: the next_since of an earlier response. Without it, the response lists every
	// task.
	Since string

	// The maximum number of changes in a response. If their tasks are very long, a response has
	// fewer.
	Limit int
}

func (p ListTaskChangesParams) query() url.Values {
	query := url.Values{}
	if p.Since != "" {
		query.Set("since", p.Since)
	}
	if p.Limit != 0 {
		query.Set("limit", strconv.Itoa(p.Limit))
	}
	return query
}

// ListTaskChanges lists what has changed since the change token in since, in the order in which
// the changes were committed: tasks that were created or changed, in their current state, and the
// ids of tasks that were deleted. Without since, it lists every task.
//
// Repeat the request with next_since as since while has_more is true, and keep the last next_since
// for the next time. Skip changes whose type you do not know, because later versions may add
// types.
//
// A change token works only for the user that received it. 410 means that the server has forgotten
// deletions that happened after the token, or that the user has deleted everything: discard your
// copy and start again without since.
//
// It follows all pages. After each, store its NextSince with what it has changed: it is the Since to
// continue from, now or the next time.
func (c *Client) ListTaskChanges(ctx context.Context, params ListTaskChangesParams, options ...Option) iter.Seq2[*TaskChanges, error] {
	return pages(func(since string) (*TaskChanges, error) {
		page := params
		if since != "" {
			page.Since = since
		}
		return c.ListTaskChangesPage(ctx, page, options...)
	}, func(page *TaskChanges) string {
		if !page.HasMore {
			return ""
		}
		return page.NextSince
	})
}

// ListTaskChangesPage returns one page of [Client.ListTaskChanges].
func (c *Client) ListTaskChangesPage(ctx context.Context, params ListTaskChangesParams, options ...Option) (*TaskChanges, error) {
	return call[TaskChanges](ctx, c, request{method: "GET", path: "/api/v1/users/%s/task-changes", ofUser: true, query: params.query(), secured: true, success: []int{200}, hasBody: true}, options)
}

// ExportTasks streams all the user's tasks as newline-delimited JSON: each line is an object, and
// its type is the kind of line. Tasks are ordered by id, and none comes twice. A task that changes
// during the export is in its old or its new state. Skip lines whose type you do not know, because
// later versions may add types.
//
// The last line has the type end and the number of tasks. An export without that line is
// incomplete, even if the response appears to have ended normally: the server resets the
// connection of an export that it cannot finish, but a proxy in between can hide this.
//
// A user can have two exports in progress at once; a third gets 429.
//
// The tasks come one by one as they arrive. The last error is [ErrIncompleteExport] if the export was
// cut off.
func (c *Client) ExportTasks(ctx context.Context, options ...Option) iter.Seq2[Task, error] {
	return c.export(ctx, request{method: "GET", path: "/api/v1/users/%s/task-export", ofUser: true, secured: true, success: []int{200}, hasBody: true, accept: "application/x-ndjson"}, options)
}

// DeleteUserData deletes all the user's data: tasks, the records of deleted tasks, and the stored
// results of requests with an Idempotency-Key. This cannot be undone. The token remains valid, and
// the user can create tasks again. Earlier change tokens get 410. Repeating the request is
// harmless, so it takes no Idempotency-Key.
//
// With hundreds of thousands of tasks, one request does not delete everything. The response is
// then 202, and the server deletes the rest in the background. Repeating the request speeds this
// up; 200 means that nothing is left. Until then, lists, task-changes and the export are empty. A
// task that is not deleted yet can still be read by its id, but no task can be created or changed:
// such a request gets 409 with the type erasure-in-progress.
func (c *Client) DeleteUserData(ctx context.Context, options ...Option) (*Erasure, error) {
	return call[Erasure](ctx, c, request{method: "DELETE", path: "/api/v1/users/%s", ofUser: true, secured: true, success: []int{200, 202}, hasBody: true}, options)
}

// GetSession returns the user that the token names, and when the token expires.
func (c *Client) GetSession(ctx context.Context, options ...Option) (*Session, error) {
	return call[Session](ctx, c, request{method: "GET", path: "/api/v1/session", secured: true, success: []int{200}, hasBody: true}, options)
}

// GetLiveness returns 200 while the process can respond at all; it does not use the database. 503
// means only that too many of these checks are in progress at once.
func (c *Client) GetLiveness(ctx context.Context, options ...Option) (*Health, error) {
	return call[Health](ctx, c, request{method: "GET", path: "/healthz", success: []int{200}, hasBody: true}, options)
}

// GetReadiness returns 200 if the database is reachable, its schema is current and the process is
// not shutting down, otherwise 503. It is intended for load balancers: each result is reused for a
// second, however many requests ask for it.
func (c *Client) GetReadiness(ctx context.Context, options ...Option) (*Health, error) {
	return call[Health](ctx, c, request{method: "GET", path: "/readyz", success: []int{200}, hasBody: true}, options)
}

// Priority: How important the task is, from none to urgent.
type Priority string

// The values of Priority that this version knows.
const (
	PriorityNone   Priority = "none"
	PriorityLow    Priority = "low"
	PriorityMedium Priority = "medium"
	PriorityHigh   Priority = "high"
	PriorityUrgent Priority = "urgent"
)

// TaskCreate: The fields of a new task.
type TaskCreate struct {
	// The id of the new task, a UUID of your choice but not the nil or the max UUID; the server
	// chooses one when it is absent. It is stored and returned in lower case. 409 with the type
	// id-taken if you have a task with this id, or had one whose deletion is still remembered (for
	// at least 30 days).
	ID Optional[string] `json:"id,omitzero"`

	// The title of the task. White space at its start and end is removed. The limits apply to the
	// rest, which must not be empty.
	Title string `json:"title"`

	// Notes about the task, or null.
	Description Optional[string] `json:"description,omitzero"`

	// Whether the task is completed. false when absent.
	Completed Optional[bool] `json:"completed,omitzero"`

	// When the task is due, or null: a day (2026-03-01), a local time (2026-03-01T09:30), or a
	// time in a time zone (2026-03-01T09:30[Europe/Berlin]).
	Due Optional[string] `json:"due,omitzero"`

	// Before this, the task is not to be worked on; or null. It has the same forms as due, and may
	// be later than due.
	Start Optional[string] `json:"start,omitzero"`

	// How important the task is, from none to urgent.
	Priority Optional[Priority] `json:"priority,omitzero"`

	// The labels of the task, in the order in which they were given. No two of them may be equal
	// apart from letter case. A new list of labels replaces the previous one.
	Labels Optional[[]string] `json:"labels,omitzero"`

	// Up to 16 texts of your own, by name: for example the task's id in another system. The server
	// does not interpret them. A name has 1 to 40 characters: lower-case letters a to z, digits,
	// _, . and -.
	Metadata Optional[map[string]string] `json:"metadata,omitzero"`
}

// TaskReplace: The content of a task. Any writable field that is not required keeps its value when
// it is absent.
type TaskReplace struct {
	// The title of the task. White space at its start and end is removed. The limits apply to the
	// rest, which must not be empty.
	Title string `json:"title"`

	// Notes about the task, or null.
	Description *string `json:"description"`

	// Whether the task is completed.
	Completed bool `json:"completed"`

	// When the task is due, or null: a day (2026-03-01), a local time (2026-03-01T09:30), or a
	// time in a time zone (2026-03-01T09:30[Europe/Berlin]).
	Due Optional[string] `json:"due,omitzero"`

	// Before this, the task is not to be worked on; or null. It has the same forms as due, and may
	// be later than due.
	Start Optional[string] `json:"start,omitzero"`

	// How important the task is, from none to urgent.
	Priority Optional[Priority] `json:"priority,omitzero"`

	// The labels of the task, in the order in which they were given. No two of them may be equal
	// apart from letter case. A new list of labels replaces the previous one.
	Labels Optional[[]string] `json:"labels,omitzero"`

	// Up to 16 texts of your own, by name: for example the task's id in another system. The server
	// does not interpret them. A name has 1 to 40 characters: lower-case letters a to z, digits,
	// _, . and -.
	Metadata Optional[map[string]string] `json:"metadata,omitzero"`
}

// TaskUpdate: The fields to change, at least one.
type TaskUpdate struct {
	// The title of the task. White space at its start and end is removed. The limits apply to the
	// rest, which must not be empty.
	Title Optional[string] `json:"title,omitzero"`

	// Notes about the task, or null.
	Description Optional[string] `json:"description,omitzero"`

	// Whether the task is completed.
	Completed Optional[bool] `json:"completed,omitzero"`

	// When the task is due, or null: a day (2026-03-01), a local time (2026-03-01T09:30), or a
	// time in a time zone (2026-03-01T09:30[Europe/Berlin]).
	Due Optional[string] `json:"due,omitzero"`

	// Before this, the task is not to be worked on; or null. It has the same forms as due, and may
	// be later than due.
	Start Optional[string] `json:"start,omitzero"`

	// How important the task is, from none to urgent.
	Priority Optional[Priority] `json:"priority,omitzero"`

	// The labels of the task, in the order in which they were given. No two of them may be equal
	// apart from letter case. A new list of labels replaces the previous one.
	Labels Optional[[]string] `json:"labels,omitzero"`

	// The metadata to change. A text sets the name's value, null removes the name, and absent
	// names keep their values. Afterwards, the task may have up to 16 names.
	Metadata Optional[map[string]Optional[string]] `json:"metadata,omitzero"`
}

// LabelRename: The new name of a label.
type LabelRename struct {
	// A label. White space at its start and end is removed, and its characters are composed
	// (Unicode NFC) before its length is checked. It has no comma and no control characters.
	// Letter case is compared character by character: ß is not ss, and İ is i.
	Label string `json:"label"`

	// The new label, or null to remove the label from all tasks. It is written like the labels of
	// a task.
	NewLabel *string `json:"new_label"`

	// The next_cursor of the previous request, with the same labels.
	Cursor Optional[string] `json:"cursor,omitzero"`
}

// BatchCreate: Create a task.
type BatchCreate struct {
	// The fields of a new task.
	Task TaskCreate `json:"task"`
}

// MarshalJSON implements [json.Marshaler].
func (value BatchCreate) MarshalJSON() ([]byte, error) {
	type fields BatchCreate
	return json.Marshal(struct {
		Tag string `json:"op"`
		fields
	}{"create", fields(value)})
}

// BatchUpdate: Change single fields of a task, as updateTask does.
type BatchUpdate struct {
	// The task's id.
	ID string `json:"id"`

	// The fields to change, at least one.
	Changes TaskUpdate `json:"changes"`

	// Apply the operation only if the task has this version at that point.
	IfVersion Optional[int] `json:"if_version,omitzero"`
}

// MarshalJSON implements [json.Marshaler].
func (value BatchUpdate) MarshalJSON() ([]byte, error) {
	type fields BatchUpdate
	return json.Marshal(struct {
		Tag string `json:"op"`
		fields
	}{"update", fields(value)})
}

// BatchDelete: Delete a task.
type BatchDelete struct {
	// The task's id.
	ID string `json:"id"`

	// Apply the operation only if the task has this version at that point.
	IfVersion Optional[int] `json:"if_version,omitzero"`
}

// MarshalJSON implements [json.Marshaler].
func (value BatchDelete) MarshalJSON() ([]byte, error) {
	type fields BatchDelete
	return json.Marshal(struct {
		Tag string `json:"op"`
		fields
	}{"delete", fields(value)})
}

// BatchOperation: One operation of a batch; op is its kind. It is one of [BatchCreate],
// [BatchUpdate], [BatchDelete].
type BatchOperation interface{ isBatchOperation() }

func (BatchCreate) isBatchOperation() {}

func (BatchUpdate) isBatchOperation() {}

func (BatchDelete) isBatchOperation() {}

// TaskBatch: Operations to apply in order, all of them or none.
type TaskBatch struct {
	// The operations.
	Operations []BatchOperation `json:"operations"`
}

// MarshalJSON implements [json.Marshaler].
func (value TaskBatch) MarshalJSON() ([]byte, error) {
	type fields TaskBatch
	if value.Operations == nil {
		value.Operations = []BatchOperation{}
	}
	return json.Marshal(fields(value))
}

// TaskSort: The field to sort by. A leading - means descending.
type TaskSort string

// The values of TaskSort that this version knows.
const (
	TaskSortCreatedAt     TaskSort = "created_at"
	TaskSortCreatedAtDesc TaskSort = "-created_at"
	TaskSortUpdatedAt     TaskSort = "updated_at"
	TaskSortUpdatedAtDesc TaskSort = "-updated_at"
	TaskSortTitle         TaskSort = "title"
	TaskSortTitleDesc     TaskSort = "-title"
	TaskSortDue           TaskSort = "due"
	TaskSortDueDesc       TaskSort = "-due"
	TaskSortPriority      TaskSort = "priority"
	TaskSortPriorityDesc  TaskSort = "-priority"
)

// Task: A task.
type Task struct {
	// The task's id, a random UUID unless the client has chosen it.
	ID string `json:"id"`

	// The id of the user who owns the task.
	OwnerID string `json:"owner_id"`

	// The title of the task.
	Title string `json:"title"`

	// Notes about the task, or null.
	Description *string `json:"description"`

	// Whether the task is completed.
	Completed bool `json:"completed"`

	// When the task was completed, or null if it is open.
	CompletedAt *time.Time `json:"completed_at"`

	// When the task is due, or null: a day (2026-03-01), a local time (2026-03-01T09:30), or a
	// time in a time zone (2026-03-01T09:30[Europe/Berlin]).
	Due *string `json:"due"`

	// Before this, the task is not to be worked on; or null. It has the same forms as due, and may
	// be later than due.
	Start *string `json:"start"`

	// How important the task is, from none to urgent.
	Priority Priority `json:"priority"`

	// The labels of the task, in the order in which they were given. No two of them may be equal
	// apart from letter case. A new list of labels replaces the previous one.
	Labels []string `json:"labels"`

	// Up to 16 texts of your own, by name: for example the task's id in another system. The server
	// does not interpret them. A name has 1 to 40 characters: lower-case letters a to z, digits,
	// _, . and -.
	Metadata map[string]string `json:"metadata"`

	// When the task was created.
	CreatedAt time.Time `json:"created_at"`

	// When the task last changed.
	UpdatedAt time.Time `json:"updated_at"`

	// The version of the task: 1 when it is created, and one more with each change. In double
	// quotes, it is the entity tag.
	Version int `json:"version"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *Task) UnmarshalJSON(text []byte) error {
	type fields Task
	return decodeObject(text, (*fields)(value), "id", "owner_id", "title", "description?", "completed", "completed_at?", "due?", "start?", "priority", "labels", "metadata", "created_at", "updated_at", "version")
}

// String returns the fields as JSON, for people to read.
func (value Task) String() string { return textOf("Task", value) }

// TaskPage: One page of a list of tasks.
type TaskPage struct {
	// The tasks, in the requested order. A page of a filtered list can have fewer than limit
	// tasks, or none, and still have a next page.
	Items []Task `json:"items"`

	// The cursor of the next page, or null on the last page. Nothing else marks the last page.
	NextCursor *string `json:"next_cursor"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *TaskPage) UnmarshalJSON(text []byte) error {
	type fields TaskPage
	return decodeObject(text, (*fields)(value), "items", "next_cursor?")
}

// String returns the fields as JSON, for people to read.
func (value TaskPage) String() string { return textOf("TaskPage", value) }

// DeletedCount: The result of deleting completed tasks.
type DeletedCount struct {
	// The number of tasks that this request deleted.
	Deleted int `json:"deleted"`

	// Whether completed tasks are left. Repeat the request to delete them.
	HasMore bool `json:"has_more"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *DeletedCount) UnmarshalJSON(text []byte) error {
	type fields DeletedCount
	return decodeObject(text, (*fields)(value), "deleted", "has_more")
}

// String returns the fields as JSON, for people to read.
func (value DeletedCount) String() string { return textOf("DeletedCount", value) }

// PriorityCounts: The number of open tasks of each priority.
type PriorityCounts struct {
	// A number of tasks.
	None int `json:"none"`

	// A number of tasks.
	Low int `json:"low"`

	// A number of tasks.
	Medium int `json:"medium"`

	// A number of tasks.
	High int `json:"high"`

	// A number of tasks.
	Urgent int `json:"urgent"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *PriorityCounts) UnmarshalJSON(text []byte) error {
	type fields PriorityCounts
	return decodeObject(text, (*fields)(value), "none", "low", "medium", "high", "urgent")
}

// String returns the fields as JSON, for people to read.
func (value PriorityCounts) String() string { return textOf("PriorityCounts", value) }

// OpenLabelCount: A label, and how many open tasks have it.
type OpenLabelCount struct {
	// A label. White space at its start and end is removed, and its characters are composed
	// (Unicode NFC) before its length is checked. It has no comma and no control characters.
	// Letter case is compared character by character: ß is not ss, and İ is i.
	Label string `json:"label"`

	// The number of open tasks with the label.
	Open int `json:"open"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *OpenLabelCount) UnmarshalJSON(text []byte) error {
	type fields OpenLabelCount
	return decodeObject(text, (*fields)(value), "label", "open")
}

// String returns the fields as JSON, for people to read.
func (value OpenLabelCount) String() string { return textOf("OpenLabelCount", value) }

// TaskSummary: Counts of the user's tasks.
type TaskSummary struct {
	// The number of open tasks.
	Open int `json:"open"`

	// The number of completed tasks.
	Completed int `json:"completed"`

	// The number of open tasks that are overdue at overdue_at, or null without it.
	Overdue *int `json:"overdue"`

	// The number of open tasks whose due is null.
	WithoutDue int `json:"without_due"`

	// The number of open tasks of each priority.
	ByPriority PriorityCounts `json:"by_priority"`

	// The labels of open tasks, the most frequent first: the 100 most frequent, if there are more.
	// Labels that are equal apart from letter case are one, in the spelling that most open tasks
	// have. listLabels has all labels.
	ByLabel []OpenLabelCount `json:"by_label"`

	// Whether the user has more tasks than are counted. Then each count is a minimum.
	Partial bool `json:"partial"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *TaskSummary) UnmarshalJSON(text []byte) error {
	type fields TaskSummary
	return decodeObject(text, (*fields)(value), "open", "completed", "overdue?", "without_due", "by_priority", "by_label", "partial")
}

// String returns the fields as JSON, for people to read.
func (value TaskSummary) String() string { return textOf("TaskSummary", value) }

// LabelCount: A label, and how many tasks have it.
type LabelCount struct {
	// A label. White space at its start and end is removed, and its characters are composed
	// (Unicode NFC) before its length is checked. It has no comma and no control characters.
	// Letter case is compared character by character: ß is not ss, and İ is i.
	Label string `json:"label"`

	// The number of open tasks with the label.
	Open int `json:"open"`

	// The number of tasks with the label, open and completed.
	Total int `json:"total"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *LabelCount) UnmarshalJSON(text []byte) error {
	type fields LabelCount
	return decodeObject(text, (*fields)(value), "label", "open", "total")
}

// String returns the fields as JSON, for people to read.
func (value LabelCount) String() string { return textOf("LabelCount", value) }

// LabelPage: One page of the labels.
type LabelPage struct {
	// The labels.
	Items []LabelCount `json:"items"`

	// Whether the user has more tasks than are counted. Then each count is a minimum, and labels
	// may be missing.
	Partial bool `json:"partial"`

	// The cursor of the next page, or null on the last page.
	NextCursor *string `json:"next_cursor"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *LabelPage) UnmarshalJSON(text []byte) error {
	type fields LabelPage
	return decodeObject(text, (*fields)(value), "items", "partial", "next_cursor?")
}

// String returns the fields as JSON, for people to read.
func (value LabelPage) String() string { return textOf("LabelPage", value) }

// LabelRenamed: The result of renaming a label.
type LabelRenamed struct {
	// The number of tasks that this request changed.
	Changed int `json:"changed"`

	// The cursor of the next request, or null if every task has been examined.
	NextCursor *string `json:"next_cursor"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *LabelRenamed) UnmarshalJSON(text []byte) error {
	type fields LabelRenamed
	return decodeObject(text, (*fields)(value), "changed", "next_cursor?")
}

// String returns the fields as JSON, for people to read.
func (value LabelRenamed) String() string { return textOf("LabelRenamed", value) }

// BatchCreated: A task was created.
type BatchCreated struct {
	// A task.
	Task Task `json:"task"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *BatchCreated) UnmarshalJSON(text []byte) error {
	type fields BatchCreated
	return decodeObject(text, (*fields)(value), "task")
}

// String returns the fields as JSON, for people to read.
func (value BatchCreated) String() string { return textOf("BatchCreated", value) }

// BatchUpdated: A task was changed.
type BatchUpdated struct {
	// A task.
	Task Task `json:"task"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *BatchUpdated) UnmarshalJSON(text []byte) error {
	type fields BatchUpdated
	return decodeObject(text, (*fields)(value), "task")
}

// String returns the fields as JSON, for people to read.
func (value BatchUpdated) String() string { return textOf("BatchUpdated", value) }

// BatchDeleted: A task was deleted.
type BatchDeleted struct {
	// The id of the deleted task.
	ID string `json:"id"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *BatchDeleted) UnmarshalJSON(text []byte) error {
	type fields BatchDeleted
	return decodeObject(text, (*fields)(value), "id")
}

// String returns the fields as JSON, for people to read.
func (value BatchDeleted) String() string { return textOf("BatchDeleted", value) }

// BatchResult: The result of one operation; op is its kind. It is one of [BatchCreated],
// [BatchUpdated], [BatchDeleted], or [UnknownBatchResult].
type BatchResult interface{ isBatchResult() }

func (BatchCreated) isBatchResult() {}

func (BatchUpdated) isBatchResult() {}

func (BatchDeleted) isBatchResult() {}

// UnknownBatchResult is of a kind that this version does not know. Skip it.
type UnknownBatchResult struct {
	Kind string
	JSON json.RawMessage
}

func (UnknownBatchResult) isBatchResult() {}

func decodeBatchResult(text []byte) (BatchResult, error) {
	kind, err := tagOf(text, "op")
	if err != nil {
		return nil, err
	}
	switch kind {
	case "create":
		return decodeAs[BatchCreated, BatchResult](text)
	case "update":
		return decodeAs[BatchUpdated, BatchResult](text)
	case "delete":
		return decodeAs[BatchDeleted, BatchResult](text)
	default:
		return UnknownBatchResult{kind, bytes.Clone(text)}, nil
	}
}

// TaskBatchResult: The results of a batch.
type TaskBatchResult struct {
	// One result for each operation, in the same order.
	Results BatchResultList `json:"results"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *TaskBatchResult) UnmarshalJSON(text []byte) error {
	type fields TaskBatchResult
	return decodeObject(text, (*fields)(value), "results")
}

// String returns the fields as JSON, for people to read.
func (value TaskBatchResult) String() string { return textOf("TaskBatchResult", value) }

// BatchResultList is a list of values of different kinds.
type BatchResultList []BatchResult

// UnmarshalJSON implements [json.Unmarshaler].
func (list *BatchResultList) UnmarshalJSON(text []byte) (err error) {
	*list, err = decodeAll(text, decodeBatchResult)
	return err
}

// ChangedTask: A task that was created or changed.
type ChangedTask struct {
	// A task.
	Task Task `json:"task"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *ChangedTask) UnmarshalJSON(text []byte) error {
	type fields ChangedTask
	return decodeObject(text, (*fields)(value), "task")
}

// String returns the fields as JSON, for people to read.
func (value ChangedTask) String() string { return textOf("ChangedTask", value) }

// DeletedTask: The record of a deleted task.
type DeletedTask struct {
	// The id of the deleted task.
	ID string `json:"id"`

	// When the task was deleted.
	DeletedAt time.Time `json:"deleted_at"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *DeletedTask) UnmarshalJSON(text []byte) error {
	type fields DeletedTask
	return decodeObject(text, (*fields)(value), "id", "deleted_at")
}

// String returns the fields as JSON, for people to read.
func (value DeletedTask) String() string { return textOf("DeletedTask", value) }

// TaskChange: One change; type is its kind. It is one of [ChangedTask], [DeletedTask], or
// [UnknownTaskChange].
type TaskChange interface{ isTaskChange() }

func (ChangedTask) isTaskChange() {}

func (DeletedTask) isTaskChange() {}

// UnknownTaskChange is of a kind that this version does not know. Skip it.
type UnknownTaskChange struct {
	Kind string
	JSON json.RawMessage
}

func (UnknownTaskChange) isTaskChange() {}

func decodeTaskChange(text []byte) (TaskChange, error) {
	kind, err := tagOf(text, "type")
	if err != nil {
		return nil, err
	}
	switch kind {
	case "task":
		return decodeAs[ChangedTask, TaskChange](text)
	case "deleted":
		return decodeAs[DeletedTask, TaskChange](text)
	default:
		return UnknownTaskChange{kind, bytes.Clone(text)}, nil
	}
}

// TaskChanges: Changes since a change token.
type TaskChanges struct {
	// The changes, the oldest first.
	Items TaskChangeList `json:"items"`

	// The change token to send as since to get the changes after these. It is opaque, and works
	// only for this user.
	NextSince string `json:"next_since"`

	// Whether there are more changes now. Get them with next_since.
	HasMore bool `json:"has_more"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *TaskChanges) UnmarshalJSON(text []byte) error {
	type fields TaskChanges
	return decodeObject(text, (*fields)(value), "items", "next_since", "has_more")
}

// String returns the fields as JSON, for people to read.
func (value TaskChanges) String() string { return textOf("TaskChanges", value) }

// TaskChangeList is a list of values of different kinds.
type TaskChangeList []TaskChange

// UnmarshalJSON implements [json.Unmarshaler].
func (list *TaskChangeList) UnmarshalJSON(text []byte) (err error) {
	*list, err = decodeAll(text, decodeTaskChange)
	return err
}

// ExportedTask: A task.
type ExportedTask struct {
	// A task.
	Task Task `json:"task"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *ExportedTask) UnmarshalJSON(text []byte) error {
	type fields ExportedTask
	return decodeObject(text, (*fields)(value), "task")
}

// String returns the fields as JSON, for people to read.
func (value ExportedTask) String() string { return textOf("ExportedTask", value) }

// ExportEnd: The last line of a complete export.
type ExportEnd struct {
	// The number of tasks in the export.
	Tasks int `json:"tasks"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *ExportEnd) UnmarshalJSON(text []byte) error {
	type fields ExportEnd
	return decodeObject(text, (*fields)(value), "tasks")
}

// String returns the fields as JSON, for people to read.
func (value ExportEnd) String() string { return textOf("ExportEnd", value) }

// ExportLine: One line of an export; type is its kind. It is one of [ExportedTask], [ExportEnd],
// or [UnknownExportLine].
type ExportLine interface{ isExportLine() }

func (ExportedTask) isExportLine() {}

func (ExportEnd) isExportLine() {}

// UnknownExportLine is of a kind that this version does not know. Skip it.
type UnknownExportLine struct {
	Kind string
	JSON json.RawMessage
}

func (UnknownExportLine) isExportLine() {}

func decodeExportLine(text []byte) (ExportLine, error) {
	kind, err := tagOf(text, "type")
	if err != nil {
		return nil, err
	}
	switch kind {
	case "task":
		return decodeAs[ExportedTask, ExportLine](text)
	case "end":
		return decodeAs[ExportEnd, ExportLine](text)
	default:
		return UnknownExportLine{kind, bytes.Clone(text)}, nil
	}
}

// ErasureStatus: complete if nothing is left (200), in_progress while the server deletes the rest
// (202).
type ErasureStatus string

// The values of ErasureStatus that this version knows.
const (
	ErasureStatusComplete   ErasureStatus = "complete"
	ErasureStatusInProgress ErasureStatus = "in_progress"
)

// Erasure: The progress of deleting everything.
type Erasure struct {
	// complete if nothing is left (200), in_progress while the server deletes the rest (202).
	Status ErasureStatus `json:"status"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *Erasure) UnmarshalJSON(text []byte) error {
	type fields Erasure
	return decodeObject(text, (*fields)(value), "status")
}

// String returns the fields as JSON, for people to read.
func (value Erasure) String() string { return textOf("Erasure", value) }

// Session: The user that the token names.
type Session struct {
	// The sub of the token. Use it, or me, as user_id in paths.
	UserID string `json:"user_id"`

	// When the token expires.
	ExpiresAt time.Time `json:"expires_at"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *Session) UnmarshalJSON(text []byte) error {
	type fields Session
	return decodeObject(text, (*fields)(value), "user_id", "expires_at")
}

// String returns the fields as JSON, for people to read.
func (value Session) String() string { return textOf("Session", value) }

// Health: The state of the service.
type Health struct {
	// Always ok. Any other state is a problem document.
	Status string `json:"status"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *Health) UnmarshalJSON(text []byte) error {
	type fields Health
	return decodeObject(text, (*fields)(value), "status")
}

// String returns the fields as JSON, for people to read.
func (value Health) String() string { return textOf("Health", value) }

// Fault: One fault of a request.
type Fault struct {
	// The place: body, query, path or header, then the field, with indexes for the items of lists.
	// Names of more than 100 characters are shortened.
	Loc []any `json:"loc"`

	// What is wrong there.
	Msg string `json:"msg"`

	// The violated rule: a keyword of JSON Schema, or a name of this API such as not_found.
	Type string `json:"type"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *Fault) UnmarshalJSON(text []byte) error {
	type fields Fault
	return decodeObject(text, (*fields)(value), "loc", "msg", "type")
}

// String returns the fields as JSON, for people to read.
func (value Fault) String() string { return textOf("Fault", value) }

// Problem: A problem document (RFC 9457). With status 422, it always has errors.
type Problem struct {
	// The kind of problem: a path that ends in its name, which never changes. If clients reach the
	// server below a path prefix, the path begins with it.
	Type string `json:"type"`

	// The name of the kind of problem, in words.
	Title string `json:"title"`

	// The HTTP status.
	Status int `json:"status"`

	// What went wrong with this request, for people to read.
	Detail string `json:"detail"`

	// The request id as a URN.
	Instance string `json:"instance"`

	// The faults of the request, up to 100. Present with status 422, and only then.
	Errors []Fault `json:"errors,omitzero"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *Problem) UnmarshalJSON(text []byte) error {
	type fields Problem
	return decodeObject(text, (*fields)(value), "type", "title", "status", "detail", "instance")
}

// String returns the fields as JSON, for people to read.
func (value Problem) String() string { return textOf("Problem", value) }

// The errors of the statuses, for [errors.Is].
var (
	// ErrMalformedRequest (400): The server could not read the request: for example invalid JSON,
	// an invalid percent-encoding, a cursor of another list, or a body for an operation that takes
	// none.
	ErrMalformedRequest error = statusError(400)

	// ErrNotAuthenticated (401): The request has no token, or its token is not valid.
	ErrNotAuthenticated error = statusError(401)

	// ErrNotFound (404): The task or list does not exist, or belongs to another user.
	ErrNotFound error = statusError(404)

	// ErrConflict (409): One of four problems, which type distinguishes: the first request with
	// this Idempotency-Key is still running; all your data is being deleted; the id that you have
	// chosen for a new task is taken; or the task, or your list, has reached the maximum number of
	// changes. In the first two cases, send the request again after the time in Retry-After.
	ErrConflict error = statusError(409)

	// ErrChangeTokenExpired (410): The server may have forgotten deletions that happened after
	// this change token. Start again without since.
	ErrChangeTokenExpired error = statusError(410)

	// ErrPreconditionFailed (412): The task's entity tag does not satisfy If-Match or
	// If-None-Match. Nothing has changed.
	ErrPreconditionFailed error = statusError(412)

	// ErrPayloadTooLarge (413): The request body is larger than the operation accepts. detail
	// contains the limit.
	ErrPayloadTooLarge error = statusError(413)

	// ErrUnsupportedMediaType (415): The operation does not accept the media type or the content
	// coding of the request body. The response has one of three headers with what the operation
	// accepts: Accept-Patch (media types of a PATCH), Accept (media types of any other method) or
	// Accept-Encoding (content codings).
	ErrUnsupportedMediaType error = statusError(415)

	// ErrValidation (422): The server could read the request, but it does not conform to the
	// contract, reuses an Idempotency-Key, or is a batch with an operation that cannot be applied.
	// type distinguishes these cases, and errors lists the faults.
	ErrValidation error = statusError(422)

	// ErrTooManyRequests (429): The user has made too many requests in this minute, or has too
	// many in progress; nothing has changed. A forged token also gets 429 if many forged tokens
	// have come from the same address in this minute. A valid token from that address still works.
	// Send the request again after the time in Retry-After.
	ErrTooManyRequests error = statusError(429)

	// ErrInternal (500): The server failed unexpectedly. Its log has the cause under the request
	// id.
	ErrInternal error = statusError(500)

	// ErrServiceUnavailable (503): The database or the identity provider's keys cannot be reached
	// at the moment, or the server has too much to do. Send the request again after the time in
	// Retry-After.
	ErrServiceUnavailable error = statusError(503)
)
