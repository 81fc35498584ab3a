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
	// true for completed tasks only, false for open tasks only. Without it, the response has both.
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
	Priority string

	// Only tasks that have all of these labels, separated by commas. Letter case does not matter.
	LabelsAll string

	// Only tasks that have one of these labels or more.
	LabelsAny string

	// Only tasks that have none of these labels.
	LabelsNone string

	// Only tasks whose metadata has this text under this name: name:text, as in crm.ticket:4711.
	Metadata string

	// Only tasks in this list, or with none only those in no list.
	ListID string

	// Only subtasks of this task, or with none only tasks that are not subtasks.
	ParentID string

	// Only tasks that were completed at this time or later.
	CompletedFrom Optional[time.Time]

	// Only tasks that were completed at this time or earlier.
	CompletedTo Optional[time.Time]

	// The order of the tasks. A leading - means descending. Titles are ordered by the code points
	// of their characters. due orders by the date and the time as they are written, whatever the
	// time zone: a day comes before its times, and tasks without due come last in both directions.
	// priority orders from none to urgent, and position is the manual order. Tasks without a value
	// (no due, or the priority none) are found among all of the user's tasks, so if there are
	// thousands, a page can be short or empty and still have a next page: see next_cursor.
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
		query.Set("overdue_at", value.Format(timeFormat))
	}
	if value, ok := p.AvailableAt.Get(); ok {
		query.Set("available_at", value.Format(timeFormat))
	}
	if value, ok := p.HasDue.Get(); ok {
		query.Set("has_due", strconv.FormatBool(value))
	}
	if p.Priority != "" {
		query.Set("priority", p.Priority)
	}
	if p.LabelsAll != "" {
		query.Set("labels_all", p.LabelsAll)
	}
	if p.LabelsAny != "" {
		query.Set("labels_any", p.LabelsAny)
	}
	if p.LabelsNone != "" {
		query.Set("labels_none", p.LabelsNone)
	}
	if p.Metadata != "" {
		query.Set("metadata", p.Metadata)
	}
	if p.ListID != "" {
		query.Set("list_id", p.ListID)
	}
	if p.ParentID != "" {
		query.Set("parent_id", p.ParentID)
	}
	if value, ok := p.CompletedFrom.Get(); ok {
		query.Set("completed_from", value.Format(timeFormat))
	}
	if value, ok := p.CompletedTo.Get(); ok {
		query.Set("completed_to", value.Format(timeFormat))
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

// ListTasks returns the user's tasks, from all lists, one page at a time. Filters choose among
// them, and sort orders them. A task must pass all filters: if they exclude each other, the page
// is empty. Tasks with equal values are ordered by id, so pages neither repeat nor skip a task
// while others are created or deleted.
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
// task. A new task is in the inbox, or with list_id in that list; with parent_id it is a subtask.
// It comes last in the manual order unless place states another place.
func (c *Client) CreateTask(ctx context.Context, body TaskCreate, options ...Option) (*Task, error) {
	return call[Task](ctx, c, request{method: "POST", path: "/api/v1/users/%s/tasks", ofUser: true, body: body, keyed: true, secured: true, success: []int{201}, hasBody: true, takes: []string{"Idempotency-Key"}}, options)
}

// DeleteCompletedTasks deletes the user's completed tasks, the oldest first, in all lists.
// completed=true is required, so that a mistyped request cannot delete open tasks. A completed
// task that has an open subtask stays, however often the request is sent; completed subtasks are
// deleted.
//
// With thousands of completed tasks, one request may not be enough: has_more is then true, which
// means that a repetition deletes more. Repeat the request, without an Idempotency-Key or with a
// new one, until it is false. Each request is one change, which can be undone; the user's other
// changes can happen between two requests.
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
// keeps its value, and null clears description, due, start, list_id, parent_id or recurrence. In
// metadata, absent names keep their values, and null removes a name. labels is replaced as a
// whole. A recurrence always needs its rrule; anchor and missed keep their values when they are
// absent. At least one field is required.
//
// place moves the task in the manual order, and list_id to another list. completed: true completes
// the task as completeTask does, after the other changes, but without completed_on.
func (c *Client) UpdateTask(ctx context.Context, taskID string, body TaskUpdate, options ...Option) (*Task, error) {
	return call[Task](ctx, c, request{method: "PATCH", path: "/api/v1/users/%s/tasks/%s", ofUser: true, segments: []string{taskID}, body: body, keyed: true, secured: true, success: []int{200}, hasBody: true, takes: []string{"If-Match", "If-None-Match", "Idempotency-Key"}}, options)
}

// DeleteTaskParams are the query parameters of [Client.DeleteTask]. None is required.
type DeleteTaskParams struct {
	// What happens to the subtasks: delete deletes them, too, and detach makes them tasks of their
	// own.
	Children OnDelete
}

func (p DeleteTaskParams) query() url.Values {
	query := url.Values{}
	if p.Children != "" {
		query.Set("children", string(p.Children))
	}
	return query
}

// DeleteTask deletes the task. undoChange and restoreTask bring it back under its id, for as long
// as the server keeps the history: 30 days, unless the operator has chosen otherwise. A second
// request gets 404. A task that has subtasks is deleted only if children states what happens to
// them, as in ?children=detach; otherwise the response is 409 with the type not-empty. Deleting
// the task of a series that recurs ends the series.
func (c *Client) DeleteTask(ctx context.Context, taskID string, params DeleteTaskParams, options ...Option) error {
	_, err := call[struct{}](ctx, c, request{method: "DELETE", path: "/api/v1/users/%s/tasks/%s", ofUser: true, segments: []string{taskID}, query: params.query(), keyed: true, secured: true, success: []int{204}, takes: []string{"If-Match", "If-None-Match", "Idempotency-Key"}}, options)
	return err
}

// CompleteTask marks the task as completed. A task that is already completed does not change: it
// keeps its completed_at and its version. Its subtasks stay as they are.
//
// If the task recurs, the same change creates the task of the next occurrence: a copy with the
// next due, to which recurrence moves. next_id is its id, or null if the series has ended. However
// often, and from however many clients, the task is completed, there is one next task.
//
// The request needs no body. An empty object is accepted as well, because some intermediaries
// refuse a PATCH without a body.
func (c *Client) CompleteTask(ctx context.Context, taskID string, body TaskCompletion, options ...Option) (*Task, error) {
	return call[Task](ctx, c, request{method: "PATCH", path: "/api/v1/users/%s/tasks/%s/complete", ofUser: true, segments: []string{taskID}, body: body, keyed: true, secured: true, success: []int{200}, hasBody: true, takes: []string{"If-Match", "If-None-Match", "Idempotency-Key"}}, options)
}

// RestoreTask makes the task what it was in an earlier version: all fields that a client can
// write, and completed_at. It gets a new version. A task that was deleted is there again, under
// its id. A version that listTaskVersions does not list gets 404. Restoring the present version
// changes nothing.
//
// A task that is there keeps its place in the manual order. One that was deleted comes back to its
// former place. If its list no longer exists, it comes to the inbox. If its parent no longer
// exists, is a subtask itself or can have no more subtasks, or if the task has subtasks, it
// becomes or stays a task of its own; a subtask is always in the list of its parent. If another
// task of its series recurs, recurrence is not restored. A version without recurrence, such as a
// completed occurrence, ends the series of a task that recurs, as recurrence: null does.
//
// A precondition is compared with the present version. A deleted task has none: it meets
// If-None-Match: * and no If-Match.
func (c *Client) RestoreTask(ctx context.Context, taskID string, body TaskRestore, options ...Option) (*Task, error) {
	return call[Task](ctx, c, request{method: "POST", path: "/api/v1/users/%s/tasks/%s/restore", ofUser: true, segments: []string{taskID}, body: body, keyed: true, secured: true, success: []int{200}, hasBody: true, takes: []string{"If-Match", "If-None-Match", "Idempotency-Key"}}, options)
}

// ListTaskVersionsParams are the query parameters of [Client.ListTaskVersions]. None is required.
type ListTaskVersionsParams struct {
	// The maximum number of versions on a page. If they are very long, a page has fewer.
	Limit int

	// The next_cursor of the previous page.
	Cursor string
}

func (p ListTaskVersionsParams) query() url.Values {
	query := url.Values{}
	if p.Limit != 0 {
		query.Set("limit", strconv.Itoa(p.Limit))
	}
	if p.Cursor != "" {
		query.Set("cursor", p.Cursor)
	}
	return query
}

// ListTaskVersions returns the task as it was after each of its changes, the newest first, with
// the client, the operation and the time of the change. A deletion is an item without task. The
// versions of a deleted task can be read as well, for as long as the server keeps the history.
//
// The oldest item of the last page may be a version whose change the server has forgotten: then
// change, operation and client_id are null, and at is the task's updated_at.
//
// It follows all pages.
func (c *Client) ListTaskVersions(ctx context.Context, taskID string, params ListTaskVersionsParams, options ...Option) iter.Seq2[TaskVersion, error] {
	all := pages(func(cursor string) (*TaskVersions, error) {
		page := params
		if cursor != "" {
			page.Cursor = cursor
		}
		return c.ListTaskVersionsPage(ctx, taskID, page, options...)
	}, func(page *TaskVersions) string {
		if page.NextCursor == nil {
			return ""
		}
		return *page.NextCursor
	})
	return items(all, func(page *TaskVersions) []TaskVersion { return page.Items })
}

// ListTaskVersionsPage returns one page of [Client.ListTaskVersions].
func (c *Client) ListTaskVersionsPage(ctx context.Context, taskID string, params ListTaskVersionsParams, options ...Option) (*TaskVersions, error) {
	return call[TaskVersions](ctx, c, request{method: "GET", path: "/api/v1/users/%s/tasks/%s/versions", ofUser: true, segments: []string{taskID}, query: params.query(), secured: true, success: []int{200}, hasBody: true, takes: []string{"If-None-Match"}}, options)
}

// ListListsParams are the query parameters of [Client.ListLists]. None is required.
type ListListsParams struct {
	// The maximum number of lists on a page.
	Limit int

	// The next_cursor of the previous page.
	Cursor string
}

func (p ListListsParams) query() url.Values {
	query := url.Values{}
	if p.Limit != 0 {
		query.Set("limit", strconv.Itoa(p.Limit))
	}
	if p.Cursor != "" {
		query.Set("cursor", p.Cursor)
	}
	return query
}

// ListLists returns the user's lists in their manual order, one page at a time. The inbox, which
// has the tasks in no list, is not one of them.
//
// It follows all pages.
func (c *Client) ListLists(ctx context.Context, params ListListsParams, options ...Option) iter.Seq2[TaskList, error] {
	all := pages(func(cursor string) (*TaskListPage, error) {
		page := params
		if cursor != "" {
			page.Cursor = cursor
		}
		return c.ListListsPage(ctx, page, options...)
	}, func(page *TaskListPage) string {
		if page.NextCursor == nil {
			return ""
		}
		return *page.NextCursor
	})
	return items(all, func(page *TaskListPage) []TaskList { return page.Items })
}

// ListListsPage returns one page of [Client.ListLists].
func (c *Client) ListListsPage(ctx context.Context, params ListListsParams, options ...Option) (*TaskListPage, error) {
	return call[TaskListPage](ctx, c, request{method: "GET", path: "/api/v1/users/%s/lists", ofUser: true, query: params.query(), secured: true, success: []int{200}, hasBody: true, takes: []string{"If-None-Match"}}, options)
}

// CreateList creates a list. Only name is required. A new list comes last in the manual order
// unless place states another place. A user can have 500 lists: creating another one gets 403 with
// the type quota-exceeded.
func (c *Client) CreateList(ctx context.Context, body TaskListCreate, options ...Option) (*TaskList, error) {
	return call[TaskList](ctx, c, request{method: "POST", path: "/api/v1/users/%s/lists", ofUser: true, body: body, keyed: true, secured: true, success: []int{201}, hasBody: true, takes: []string{"Idempotency-Key"}}, options)
}

// GetList returns one list. With the list's entity tag in If-None-Match, the response is 304 while
// the list is unchanged.
func (c *Client) GetList(ctx context.Context, listID string, options ...Option) (*TaskList, error) {
	return call[TaskList](ctx, c, request{method: "GET", path: "/api/v1/users/%s/lists/%s", ofUser: true, segments: []string{listID}, secured: true, success: []int{200}, hasBody: true, takes: []string{"If-Match", "If-None-Match"}}, options)
}

// UpdateList changes only the fields in the request (JSON merge patch, RFC 7396). At least one
// field is required. In metadata, absent names keep their values, and null removes a name.
func (c *Client) UpdateList(ctx context.Context, listID string, body TaskListUpdate, options ...Option) (*TaskList, error) {
	return call[TaskList](ctx, c, request{method: "PATCH", path: "/api/v1/users/%s/lists/%s", ofUser: true, segments: []string{listID}, body: body, keyed: true, secured: true, success: []int{200}, hasBody: true, takes: []string{"If-Match", "If-None-Match", "Idempotency-Key"}}, options)
}

// DeleteListParams are the query parameters of [Client.DeleteList]. None is required.
type DeleteListParams struct {
	// What happens to the tasks in the list: delete deletes them, and detach moves them to the
	// inbox.
	Tasks OnDelete
}

func (p DeleteListParams) query() url.Values {
	query := url.Values{}
	if p.Tasks != "" {
		query.Set("tasks", string(p.Tasks))
	}
	return query
}

// DeleteList deletes the list. If it has tasks, tasks must state what happens to them, as in
// ?tasks=detach: delete deletes them, and detach moves them to the inbox; otherwise the response
// is 409 with the type not-empty.
//
// With thousands of tasks, one request may not be enough: has_more is then true, and the list is
// still there with the rest of its tasks. Repeat the request, without an Idempotency-Key or with a
// new one, until it is false. What one request does becomes visible at once.
func (c *Client) DeleteList(ctx context.Context, listID string, params DeleteListParams, options ...Option) (*TaskListDeletion, error) {
	return call[TaskListDeletion](ctx, c, request{method: "DELETE", path: "/api/v1/users/%s/lists/%s", ofUser: true, segments: []string{listID}, query: params.query(), keyed: true, secured: true, success: []int{200}, hasBody: true, takes: []string{"If-Match", "If-None-Match", "Idempotency-Key"}}, options)
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
		query.Set("overdue_at", value.Format(timeFormat))
	}
	return query
}

// GetTaskSummary counts the user's tasks, subtasks included: the open ones, the completed ones,
// and of the open ones those that are overdue, those without a due time, those of each priority,
// those with each label and those in each list.
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
// an operation applies only if the task or list has that version at that point. The time of each
// operation is one microsecond after that of the previous one, so task-changes, and tasks sorted
// by time, keep the order of the request.
//
// If an operation cannot be applied, the response is 422, nothing has changed, and errors
// identifies the operation by its index: ["body", "operations", 3, "id"] with the type not_found,
// or ["body", "operations", 3, "if_version"] with the type version_mismatch. A creation may choose
// the id of the task or list, and later operations of the same batch may name it: create a list,
// then tasks in it, or a task, then its subtasks. If the id of a task is taken, the type is
// id_taken, at ["body", "operations", 3, "task", "id"]. errors identifies only the first operation
// that cannot be applied. If that is a creation whose id is taken, errors identifies all such
// creations of the batch, in order: leave them out to continue an import.
func (c *Client) ApplyTaskBatch(ctx context.Context, body TaskBatch, options ...Option) (*TaskBatchResult, error) {
	return call[TaskBatchResult](ctx, c, request{method: "POST", path: "/api/v1/users/%s/task-batches", ofUser: true, body: body, keyed: true, secured: true, success: []int{200}, hasBody: true, takes: []string{"Idempotency-Key"}}, options)
}

// ListChangesParams are the query parameters of [Client.ListChanges]. None is required.
type ListChangesParams struct {
	// The maximum number of changes on a page.
	Limit int

	// The next_cursor of the previous page.
	Cursor string
}

func (p ListChangesParams) query() url.Values {
	query := url.Values{}
	if p.Limit != 0 {
		query.Set("limit", strconv.Itoa(p.Limit))
	}
	if p.Cursor != "" {
		query.Set("cursor", p.Cursor)
	}
	return query
}

// ListChanges returns what was changed, the newest first: one item for each request that has
// changed tasks or lists, with the operation, the client, the time, and up to three of the tasks
// and lists in items. Each can be undone with undoChange, unless something was changed later or
// undone_by names an undo. To offer deleted tasks for restoring, show the items with the action
// deleted, and use restoreTask. To keep a copy of the tasks up to date, use listTaskChanges.
//
// It follows all pages.
func (c *Client) ListChanges(ctx context.Context, params ListChangesParams, options ...Option) iter.Seq2[RecordedChange, error] {
	all := pages(func(cursor string) (*RecordedChanges, error) {
		page := params
		if cursor != "" {
			page.Cursor = cursor
		}
		return c.ListChangesPage(ctx, page, options...)
	}, func(page *RecordedChanges) string {
		if page.NextCursor == nil {
			return ""
		}
		return *page.NextCursor
	})
	return items(all, func(page *RecordedChanges) []RecordedChange { return page.Items })
}

// ListChangesPage returns one page of [Client.ListChanges].
func (c *Client) ListChangesPage(ctx context.Context, params ListChangesParams, options ...Option) (*RecordedChanges, error) {
	return call[RecordedChanges](ctx, c, request{method: "GET", path: "/api/v1/users/%s/changes", ofUser: true, query: params.query(), secured: true, success: []int{200}, hasBody: true, takes: []string{"If-None-Match"}}, options)
}

// UndoChange reverses everything that one request has changed, in one change of its own: tasks and
// lists that it created are deleted, those that it deleted are there again under their ids, and
// those that it changed are as they were, with their place and completed_at. Each gets a new
// version. Either all of it is undone or nothing.
//
// If one of them was changed later, or if its parent or its list is no longer there, the response
// is 409 with the type changed-since. Then errors lists up to 100 of them, with tasks or lists and
// the id in loc, and in msg by which change it was changed: undo the later changes first, the
// newest first, or use restoreTask. A change that was undone before gets 409 with the type
// already-undone. An undo can be undone in the same way; then the change is in effect again, and
// can be undone again.
//
// A change that the server does not know, or no longer knows, gets 404. After deleteUserData, ids
// of changes begin anew, so discard those that you have kept. The request has no body.
func (c *Client) UndoChange(ctx context.Context, change string, options ...Option) (*Undo, error) {
	return call[Undo](ctx, c, request{method: "POST", path: "/api/v1/users/%s/changes/%s/undo", ofUser: true, segments: []string{change}, keyed: true, secured: true, success: []int{200}, hasBody: true, takes: []string{"Idempotency-Key"}}, options)
}

// ListTaskChangesParams are the query parameters of [Client.ListTaskChanges]. None is required.
type ListTaskChangesParams struct {
	// A change token: the next_since of an earlier response. Without it, the response lists every
	// task and every list.
	Since string

	// The maximum number of changes in a response, or in an event. If their tasks are very long, a
	// response has fewer.
	Limit int

	// How many seconds to wait for a change if there is none. Without it, or with 0, the response
	// comes at once. An event stream waits in any case.
	Wait Optional[int]
}

func (p ListTaskChangesParams) query() url.Values {
	query := url.Values{}
	if p.Since != "" {
		query.Set("since", p.Since)
	}
	if p.Limit != 0 {
		query.Set("limit", strconv.Itoa(p.Limit))
	}
	if value, ok := p.Wait.Get(); ok {
		query.Set("wait", strconv.Itoa(value))
	}
	return query
}

// ListTaskChanges lists what has changed since the change token in since, in the order in which
// the changes were committed: tasks and lists that were created or changed, in their current
// state, and the ids of those that were deleted. Without since, it lists every task and every
// list.
//
// A task can come before the list or the parent that it names, if that changed later. The
// references are complete when has_more is false.
//
// Repeat the request with next_since as since while has_more is true, and keep the last next_since
// for the next time. Skip changes whose type you do not know, because later versions may add
// types.
//
// A change token works only for the user that received it. 410 means that the server has forgotten
// deletions that happened after the token, or that the user has deleted everything: discard your
// copy and start again without since.
//
// **Waiting.** With wait, a request that finds no change waits for one, and responds as soon as
// there is something, or after that many seconds without anything. Send the next request at once:
// a client in such a loop hears of a change within a moment, and sends two requests in a minute as
// long as nothing changes. Where changes are frequent, a stream takes fewer requests.
//
// **Events.** With Accept: text/event-stream, the response is a stream of [server-sent
// events](https://html.spec.whatwg.org/multipage/server-sent-events.html) that stays open. It
// begins with what since has missed. Each event named changes has one page: its data is what a
// response in JSON contains, and its id is the page's next_since. If the stream ends, send the
// last id in Last-Event-ID, which takes the place of since, and nothing is lost or repeated. Lines
// that begin with a colon say only that the connection is alive; there is one at least every 15
// seconds. A stream ends when its token expires, when the server restarts, when the user deletes
// everything, or after an hour. Wait a moment at random before you connect again; if there was no
// event yet, with the same since. Events are not compressed: read the first pages of a large
// account in JSON. A user can have a hundred requests that wait, streams among them; a further one
// gets 429. EventSource in browsers cannot send a token, so read the stream with fetch.
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

// ExportTasks streams all the user's lists and tasks as newline-delimited JSON: each line is an
// object, and its type is the kind of line. Lists come first, then tasks, each ordered by id, and
// none comes twice. What changes during the export is in its old or its new state. Skip lines
// whose type you do not know, because later versions may add types.
//
// A subtask can come before its parent. After changes during the export, a task can also name a
// list or a parent that the export does not have. An import into tables with foreign keys checks
// them at its end, and sets what is still missing to null.
//
// With history=true, lines of the type change follow: what each change has written, with what it
// was before.
//
// The last line has the type end and the number of lists and tasks, and with history=true that of
// the lines of the type change in changes. An export without that line is incomplete, even if the
// response appears to have ended normally: the server resets the connection of an export that it
// cannot finish, but a proxy in between can hide this.
//
// A user can have two exports in progress at once; a third gets 429.
//
// The tasks come one by one as they arrive, without the lists: [Client.ExportTasksLines] returns both. The
// last error is [ErrIncompleteExport] if the export was cut off.
func (c *Client) ExportTasks(ctx context.Context, options ...Option) iter.Seq2[Task, error] {
	return tasksIn(c.ExportTasksLines(ctx, options...))
}

// ExportTasksLines returns the lines of [Client.ExportTasks], without the last one: first the lists, as
// [ExportedList], then the tasks, as [ExportedTask].
func (c *Client) ExportTasksLines(ctx context.Context, options ...Option) iter.Seq2[ExportLine, error] {
	return c.export(ctx, request{method: "GET", path: "/api/v1/users/%s/task-export", ofUser: true, secured: true, success: []int{200}, hasBody: true, accept: "application/x-ndjson"}, options)
}

// DeleteUserData deletes all the user's data: tasks, lists, the history, the records of deleted
// tasks and lists, and the stored results of requests with an Idempotency-Key. This cannot be
// undone. The token remains valid, and the user can create tasks and lists again. Earlier change
// tokens get 410. Discard stored entity tags and ids of changes as well: a task or list that is
// created again with the same id has the version 1 once more, and the ids of changes begin anew.
// Repeating the request is harmless, so it takes no Idempotency-Key.
//
// With hundreds of thousands of tasks, one request does not delete everything. The response is
// then 202, and the server deletes the rest in the background. Repeating the request speeds this
// up; 200 means that nothing is left. Until then, pages, task-changes and the export are empty. A
// task that is not deleted yet can still be read by its id, but no task and no list can be created
// or changed: such a request gets 409 with the type erasure-in-progress.
func (c *Client) DeleteUserData(ctx context.Context, options ...Option) (*Erasure, error) {
	return call[Erasure](ctx, c, request{method: "DELETE", path: "/api/v1/users/%s", ofUser: true, secured: true, success: []int{200, 202}, hasBody: true}, options)
}

// GetSession returns the user that the token names, when the token expires, the client that it was
// issued to, and its scopes. Any valid token can be used, whatever its scopes are.
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

// Place: Moves the task or list in the manual order: exactly one of the four. before and after
// name another task (or list) of the user. Tasks of all lists have one order: the first place is
// also the first one of the task's list.
type Place struct {
	// Before all others.
	First Optional[bool] `json:"first,omitzero"`

	// After all others.
	Last Optional[bool] `json:"last,omitzero"`

	// Directly before the one with this id.
	Before Optional[string] `json:"before,omitzero"`

	// Directly after the one with this id.
	After Optional[string] `json:"after,omitzero"`
}

// RecurrenceAnchor: What the next occurrence counts from: schedule, the dates of the rule since
// due, or completion, the day on which the task is completed.
type RecurrenceAnchor string

// The values of RecurrenceAnchor that this version knows.
const (
	RecurrenceAnchorSchedule   RecurrenceAnchor = "schedule"
	RecurrenceAnchorCompletion RecurrenceAnchor = "completion"
)

// RecurrenceMissed: What happens to occurrences that have passed when a task is completed late,
// with the anchor schedule. skip: the next task is due after the day of completion. keep: the next
// task is due on the next date after due, although it may have passed. It has no effect with the
// anchor completion.
type RecurrenceMissed string

// The values of RecurrenceMissed that this version knows.
const (
	RecurrenceMissedSkip RecurrenceMissed = "skip"
	RecurrenceMissedKeep RecurrenceMissed = "keep"
)

// RecurrenceSetting: How the task recurs, or null. It needs due. A subtask, or a completed task,
// cannot recur, nor can a reopened task while another task of its series recurs. When absent,
// anchor is schedule and missed is skip; a partial update keeps what they were, but always needs
// rrule: send the present one to change only anchor or missed.
type RecurrenceSetting struct {
	// A rule of RFC 5545 (section 3.3.10): FREQ from DAILY to YEARLY, with INTERVAL, BYDAY,
	// BYMONTHDAY, BYMONTH, BYSETPOS, WKST, and COUNT or UNTIL. UNTIL is the last day, such as
	// 20261231. Parts may be in any order and letter case, and RRULE: may precede them. Every
	// other part, and a rule without a date in the 100 years after due, is refused. The response
	// has the rule in its canonical spelling, with the days and months that it takes from due.
	Rrule string `json:"rrule"`

	// What the next occurrence counts from: schedule, the dates of the rule since due, or
	// completion, the day on which the task is completed.
	Anchor Optional[RecurrenceAnchor] `json:"anchor,omitzero"`

	// What happens to occurrences that have passed when a task is completed late, with the anchor
	// schedule. skip: the next task is due after the day of completion. keep: the next task is due
	// on the next date after due, although it may have passed. It has no effect with the anchor
	// completion.
	Missed Optional[RecurrenceMissed] `json:"missed,omitzero"`
}

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

	// The list that the task is in, or null for the inbox. A subtask is in the list of its parent:
	// leave list_id out, or send that of the parent. For a new task, null is the same as leaving
	// it out; in a change of a subtask, null is 422 unless its parent is in the inbox.
	ListID Optional[string] `json:"list_id,omitzero"`

	// The task that this task is a subtask of, or null. A subtask has no subtasks of its own.
	// Sending null makes it a task of its own, in the same list.
	ParentID Optional[string] `json:"parent_id,omitzero"`

	// Moves the task or list in the manual order: exactly one of the four. before and after name
	// another task (or list) of the user. Tasks of all lists have one order: the first place is
	// also the first one of the task's list.
	Place Optional[Place] `json:"place,omitzero"`

	// How the task recurs, or null. It needs due. A subtask, or a completed task, cannot recur,
	// nor can a reopened task while another task of its series recurs. When absent, anchor is
	// schedule and missed is skip; a partial update keeps what they were, but always needs rrule:
	// send the present one to change only anchor or missed.
	Recurrence Optional[RecurrenceSetting] `json:"recurrence,omitzero"`
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

	// The list that the task is in, or null for the inbox. A subtask is in the list of its parent:
	// leave list_id out, or send that of the parent. For a new task, null is the same as leaving
	// it out; in a change of a subtask, null is 422 unless its parent is in the inbox.
	ListID Optional[string] `json:"list_id,omitzero"`

	// The task that this task is a subtask of, or null. A subtask has no subtasks of its own.
	// Sending null makes it a task of its own, in the same list.
	ParentID Optional[string] `json:"parent_id,omitzero"`

	// Moves the task or list in the manual order: exactly one of the four. before and after name
	// another task (or list) of the user. Tasks of all lists have one order: the first place is
	// also the first one of the task's list.
	Place Optional[Place] `json:"place,omitzero"`

	// How the task recurs, or null. It needs due. A subtask, or a completed task, cannot recur,
	// nor can a reopened task while another task of its series recurs. When absent, anchor is
	// schedule and missed is skip; a partial update keeps what they were, but always needs rrule:
	// send the present one to change only anchor or missed.
	Recurrence Optional[RecurrenceSetting] `json:"recurrence,omitzero"`
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

	// The list that the task is in, or null for the inbox. A subtask is in the list of its parent:
	// leave list_id out, or send that of the parent. For a new task, null is the same as leaving
	// it out; in a change of a subtask, null is 422 unless its parent is in the inbox.
	ListID Optional[string] `json:"list_id,omitzero"`

	// The task that this task is a subtask of, or null. A subtask has no subtasks of its own.
	// Sending null makes it a task of its own, in the same list.
	ParentID Optional[string] `json:"parent_id,omitzero"`

	// Moves the task or list in the manual order: exactly one of the four. before and after name
	// another task (or list) of the user. Tasks of all lists have one order: the first place is
	// also the first one of the task's list.
	Place Optional[Place] `json:"place,omitzero"`

	// How the task recurs, or null. It needs due. A subtask, or a completed task, cannot recur,
	// nor can a reopened task while another task of its series recurs. When absent, anchor is
	// schedule and missed is skip; a partial update keeps what they were, but always needs rrule:
	// send the present one to change only anchor or missed.
	Recurrence Optional[RecurrenceSetting] `json:"recurrence,omitzero"`
}

// TaskCompletion: The completion of a task.
type TaskCompletion struct {
	// The user's day of completion, for the next occurrence of a recurring task. Only completeTask
	// and the operation complete of a batch have it. When it is absent, it is the day in the time
	// zone of due, or in UTC if due has none.
	CompletedOn Optional[string] `json:"completed_on,omitzero"`
}

// TaskRestore: Which version to restore.
type TaskRestore struct {
	// The version of the task to restore.
	Version int `json:"version"`
}

// TaskListCreate: The fields of a new list.
type TaskListCreate struct {
	// The id of the new list, a UUID of your choice but not the nil or the max UUID; the server
	// chooses one when it is absent. It is stored and returned in lower case. 409 with the type
	// id-taken if you have a list with this id, or had one whose deletion is still remembered (for
	// at least 30 days).
	ID Optional[string] `json:"id,omitzero"`

	// The name of the list. White space at its start and end is removed. The limits apply to the
	// rest, which must not be empty.
	Name string `json:"name"`

	// Up to 16 texts of your own, by name: for example the task's id in another system. The server
	// does not interpret them. A name has 1 to 40 characters: lower-case letters a to z, digits,
	// _, . and -.
	Metadata Optional[map[string]string] `json:"metadata,omitzero"`

	// Moves the task or list in the manual order: exactly one of the four. before and after name
	// another task (or list) of the user. Tasks of all lists have one order: the first place is
	// also the first one of the task's list.
	Place Optional[Place] `json:"place,omitzero"`
}

// TaskListUpdate: The fields to change, at least one.
type TaskListUpdate struct {
	// The name of the list. White space at its start and end is removed. The limits apply to the
	// rest, which must not be empty.
	Name Optional[string] `json:"name,omitzero"`

	// The metadata to change. A text sets the name's value, null removes the name, and absent
	// names keep their values. Afterwards, the task may have up to 16 names.
	Metadata Optional[map[string]Optional[string]] `json:"metadata,omitzero"`

	// Moves the task or list in the manual order: exactly one of the four. before and after name
	// another task (or list) of the user. Tasks of all lists have one order: the first place is
	// also the first one of the task's list.
	Place Optional[Place] `json:"place,omitzero"`
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

	// Apply the operation only if the task or list has this version at that point.
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

// BatchComplete: Complete a task, as completeTask does.
type BatchComplete struct {
	// The task's id.
	ID string `json:"id"`

	// The user's day of completion, for the next occurrence of a recurring task. Only completeTask
	// and the operation complete of a batch have it. When it is absent, it is the day in the time
	// zone of due, or in UTC if due has none.
	CompletedOn Optional[string] `json:"completed_on,omitzero"`

	// Apply the operation only if the task or list has this version at that point.
	IfVersion Optional[int] `json:"if_version,omitzero"`
}

// MarshalJSON implements [json.Marshaler].
func (value BatchComplete) MarshalJSON() ([]byte, error) {
	type fields BatchComplete
	return json.Marshal(struct {
		Tag string `json:"op"`
		fields
	}{"complete", fields(value)})
}

// OnDelete: What happens to the subtasks of a deleted task, or to the tasks of a deleted list:
// delete deletes them, too, and detach makes the subtasks tasks of their own, or moves the tasks
// to the inbox. Without it, a task that has subtasks, or a list that has tasks, is not deleted.
type OnDelete string

// The values of OnDelete that this version knows.
const (
	OnDeleteDelete OnDelete = "delete"
	OnDeleteDetach OnDelete = "detach"
)

// BatchDelete: Delete a task, as deleteTask does.
type BatchDelete struct {
	// The task's id.
	ID string `json:"id"`

	// What happens to the subtasks of a deleted task, or to the tasks of a deleted list: delete
	// deletes them, too, and detach makes the subtasks tasks of their own, or moves the tasks to
	// the inbox. Without it, a task that has subtasks, or a list that has tasks, is not deleted.
	Children Optional[OnDelete] `json:"children,omitzero"`

	// Apply the operation only if the task or list has this version at that point.
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

// BatchCreateList: Create a list.
type BatchCreateList struct {
	// The fields of a new list.
	List TaskListCreate `json:"list"`
}

// MarshalJSON implements [json.Marshaler].
func (value BatchCreateList) MarshalJSON() ([]byte, error) {
	type fields BatchCreateList
	return json.Marshal(struct {
		Tag string `json:"op"`
		fields
	}{"create_list", fields(value)})
}

// BatchUpdateList: Change single fields of a list, as updateList does.
type BatchUpdateList struct {
	// The list's id.
	ID string `json:"id"`

	// The fields to change, at least one.
	Changes TaskListUpdate `json:"changes"`

	// Apply the operation only if the task or list has this version at that point.
	IfVersion Optional[int] `json:"if_version,omitzero"`
}

// MarshalJSON implements [json.Marshaler].
func (value BatchUpdateList) MarshalJSON() ([]byte, error) {
	type fields BatchUpdateList
	return json.Marshal(struct {
		Tag string `json:"op"`
		fields
	}{"update_list", fields(value)})
}

// BatchDeleteList: Delete a list in which no tasks are, at that point: earlier operations can move
// or delete them. To delete a list with all its tasks, use deleteList.
type BatchDeleteList struct {
	// The list's id.
	ID string `json:"id"`

	// Apply the operation only if the task or list has this version at that point.
	IfVersion Optional[int] `json:"if_version,omitzero"`
}

// MarshalJSON implements [json.Marshaler].
func (value BatchDeleteList) MarshalJSON() ([]byte, error) {
	type fields BatchDeleteList
	return json.Marshal(struct {
		Tag string `json:"op"`
		fields
	}{"delete_list", fields(value)})
}

// BatchOperation: One operation of a batch; op is its kind. It is one of [BatchCreate],
// [BatchUpdate], [BatchComplete], [BatchDelete], [BatchCreateList], [BatchUpdateList],
// [BatchDeleteList].
type BatchOperation interface{ isBatchOperation() }

func (BatchCreate) isBatchOperation() {}

func (BatchUpdate) isBatchOperation() {}

func (BatchComplete) isBatchOperation() {}

func (BatchDelete) isBatchOperation() {}

func (BatchCreateList) isBatchOperation() {}

func (BatchUpdateList) isBatchOperation() {}

func (BatchDeleteList) isBatchOperation() {}

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
	TaskSortPosition      TaskSort = "position"
	TaskSortPositionDesc  TaskSort = "-position"
)

// Recurrence: How the task recurs, or null. Completing the task moves it to the task of the next
// occurrence.
type Recurrence struct {
	// A rule of RFC 5545 (section 3.3.10): FREQ from DAILY to YEARLY, with INTERVAL, BYDAY,
	// BYMONTHDAY, BYMONTH, BYSETPOS, WKST, and COUNT or UNTIL. UNTIL is the last day, such as
	// 20261231. Parts may be in any order and letter case, and RRULE: may precede them. Every
	// other part, and a rule without a date in the 100 years after due, is refused. The response
	// has the rule in its canonical spelling, with the days and months that it takes from due.
	Rrule string `json:"rrule"`

	// What the next occurrence counts from: schedule, the dates of the rule since due, or
	// completion, the day on which the task is completed.
	Anchor RecurrenceAnchor `json:"anchor"`

	// What happens to occurrences that have passed when a task is completed late, with the anchor
	// schedule. skip: the next task is due after the day of completion. keep: the next task is due
	// on the next date after due, although it may have passed. It has no effect with the anchor
	// completion.
	Missed RecurrenceMissed `json:"missed"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *Recurrence) UnmarshalJSON(text []byte) error {
	type fields Recurrence
	return decodeObject(text, (*fields)(value), "rrule", "anchor", "missed")
}

// String returns the fields as JSON, for people to read.
func (value Recurrence) String() string { return textOf("Recurrence", value) }

// Occurrence: Which occurrence of its series this task is, or null if it is in no series.
type Occurrence struct {
	// The day from which the rule counts: the date of due when the series, or another rule, began.
	Start string `json:"start"`

	// The day for which the series has this task. It stays when due is changed.
	Date string `json:"date"`

	// The number of the occurrence, from 1. COUNT in the rule limits it.
	Number int `json:"number"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *Occurrence) UnmarshalJSON(text []byte) error {
	type fields Occurrence
	return decodeObject(text, (*fields)(value), "start", "date", "number")
}

// String returns the fields as JSON, for people to read.
func (value Occurrence) String() string { return textOf("Occurrence", value) }

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

	// The list that the task is in, or null for the inbox. A subtask is in the list of its parent:
	// leave list_id out, or send that of the parent. For a new task, null is the same as leaving
	// it out; in a change of a subtask, null is 422 unless its parent is in the inbox.
	ListID *string `json:"list_id"`

	// The task that this task is a subtask of, or null. A subtask has no subtasks of its own.
	// Sending null makes it a task of its own, in the same list.
	ParentID *string `json:"parent_id"`

	// The place of the task or list in the manual order, for sort=position. The server makes it:
	// to move a task or list, send place. Compare positions by the code points of their
	// characters, and do not interpret them.
	Position string `json:"position"`

	// How the task recurs, or null. Completing the task moves it to the task of the next
	// occurrence.
	Recurrence *Recurrence `json:"recurrence"`

	// The series of recurring tasks that this task is part of, or null: the id of its first task.
	SeriesID *string `json:"series_id"`

	// Which occurrence of its series this task is, or null if it is in no series.
	Occurrence *Occurrence `json:"occurrence"`

	// The task that was created when this occurrence of a series was completed, or null. It stays
	// when that task is deleted, and until this one gets a recurrence again.
	NextID *string `json:"next_id"`

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
	return decodeObject(text, (*fields)(value), "id", "owner_id", "title", "description?", "completed", "completed_at?", "due?", "start?", "priority", "labels", "metadata", "list_id?", "parent_id?", "position", "recurrence?", "series_id?", "occurrence?", "next_id?", "created_at", "updated_at", "version")
}

// String returns the fields as JSON, for people to read.
func (value Task) String() string { return textOf("Task", value) }

// TaskPage: One page of tasks.
type TaskPage struct {
	// The tasks, in the requested order. With a filter, a page can have fewer than limit tasks, or
	// none, and still have a next page.
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

	// Whether a repetition of the request deletes more. Completed tasks that have open subtasks
	// stay, and do not count.
	HasMore bool `json:"has_more"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *DeletedCount) UnmarshalJSON(text []byte) error {
	type fields DeletedCount
	return decodeObject(text, (*fields)(value), "deleted", "has_more")
}

// String returns the fields as JSON, for people to read.
func (value DeletedCount) String() string { return textOf("DeletedCount", value) }

// TaskVersion: A task as it was after a change; without task if the change deleted it.
type TaskVersion struct {
	// The id of the change, or null if the server has forgotten it.
	Change *string `json:"change"`

	// When the change was made.
	At time.Time `json:"at"`

	// The operation that made the change, by its operationId, or null if it is not known any more.
	// renewPositions is the server's own: see "Lists, subtasks and order".
	Operation *string `json:"operation"`

	// The client that made the change: client_id or azp of its token, or null if the token has
	// neither, or if it is not known any more.
	ClientID *string `json:"client_id"`

	// Whether the change deleted the task.
	Deleted bool `json:"deleted"`

	// A task.
	Task *Task `json:"task,omitzero"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *TaskVersion) UnmarshalJSON(text []byte) error {
	type fields TaskVersion
	return decodeObject(text, (*fields)(value), "change?", "at", "operation?", "client_id?", "deleted")
}

// String returns the fields as JSON, for people to read.
func (value TaskVersion) String() string { return textOf("TaskVersion", value) }

// TaskVersions: A page of the versions of a task.
type TaskVersions struct {
	// The versions, the newest first.
	Items []TaskVersion `json:"items"`

	// The cursor of the next page, or null on the last page.
	NextCursor *string `json:"next_cursor"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *TaskVersions) UnmarshalJSON(text []byte) error {
	type fields TaskVersions
	return decodeObject(text, (*fields)(value), "items", "next_cursor?")
}

// String returns the fields as JSON, for people to read.
func (value TaskVersions) String() string { return textOf("TaskVersions", value) }

// TaskList: A list of tasks.
type TaskList struct {
	// The list's id, a random UUID unless the client has chosen it.
	ID string `json:"id"`

	// The id of the user who owns the list.
	OwnerID string `json:"owner_id"`

	// The name of the list.
	Name string `json:"name"`

	// Up to 16 texts of your own, by name: for example the task's id in another system. The server
	// does not interpret them. A name has 1 to 40 characters: lower-case letters a to z, digits,
	// _, . and -.
	Metadata map[string]string `json:"metadata"`

	// The place of the task or list in the manual order, for sort=position. The server makes it:
	// to move a task or list, send place. Compare positions by the code points of their
	// characters, and do not interpret them.
	Position string `json:"position"`

	// When the list was created.
	CreatedAt time.Time `json:"created_at"`

	// When the list last changed. Changes of its tasks do not count.
	UpdatedAt time.Time `json:"updated_at"`

	// The version of the list: 1 when it is created, and one more with each change. In double
	// quotes, it is the entity tag.
	Version int `json:"version"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *TaskList) UnmarshalJSON(text []byte) error {
	type fields TaskList
	return decodeObject(text, (*fields)(value), "id", "owner_id", "name", "metadata", "position", "created_at", "updated_at", "version")
}

// String returns the fields as JSON, for people to read.
func (value TaskList) String() string { return textOf("TaskList", value) }

// TaskListPage: One page of the lists.
type TaskListPage struct {
	// The lists, in their manual order.
	Items []TaskList `json:"items"`

	// The cursor of the next page, or null on the last page.
	NextCursor *string `json:"next_cursor"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *TaskListPage) UnmarshalJSON(text []byte) error {
	type fields TaskListPage
	return decodeObject(text, (*fields)(value), "items", "next_cursor?")
}

// String returns the fields as JSON, for people to read.
func (value TaskListPage) String() string { return textOf("TaskListPage", value) }

// TaskListDeletion: The result of deleting a list.
type TaskListDeletion struct {
	// The number of tasks that this request deleted or detached.
	Tasks int `json:"tasks"`

	// Whether the list has tasks left, and so is still there. Repeat the request to delete it.
	HasMore bool `json:"has_more"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *TaskListDeletion) UnmarshalJSON(text []byte) error {
	type fields TaskListDeletion
	return decodeObject(text, (*fields)(value), "tasks", "has_more")
}

// String returns the fields as JSON, for people to read.
func (value TaskListDeletion) String() string { return textOf("TaskListDeletion", value) }

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

// OpenListCount: A list, and how many open tasks are in it.
type OpenListCount struct {
	// The list that the task is in, or null for the inbox. A subtask is in the list of its parent:
	// leave list_id out, or send that of the parent. For a new task, null is the same as leaving
	// it out; in a change of a subtask, null is 422 unless its parent is in the inbox.
	ListID *string `json:"list_id"`

	// The number of open tasks in the list.
	Open int `json:"open"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *OpenListCount) UnmarshalJSON(text []byte) error {
	type fields OpenListCount
	return decodeObject(text, (*fields)(value), "list_id?", "open")
}

// String returns the fields as JSON, for people to read.
func (value OpenListCount) String() string { return textOf("OpenListCount", value) }

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

	// The lists that have open tasks, in their manual order, and first the inbox if it has any.
	// Subtasks count as tasks of the list of their parent.
	ByList []OpenListCount `json:"by_list"`

	// Whether the user has more tasks than are counted. Then each count is a minimum.
	Partial bool `json:"partial"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *TaskSummary) UnmarshalJSON(text []byte) error {
	type fields TaskSummary
	return decodeObject(text, (*fields)(value), "open", "completed", "overdue?", "without_due", "by_priority", "by_label", "by_list", "partial")
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

// BatchUpdated: A task was changed. If that completed an occurrence of a series, next is the task
// of the next occurrence, which this operation has created.
type BatchUpdated struct {
	// A task.
	Task Task `json:"task"`

	// A task.
	Next *Task `json:"next,omitzero"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *BatchUpdated) UnmarshalJSON(text []byte) error {
	type fields BatchUpdated
	return decodeObject(text, (*fields)(value), "task")
}

// String returns the fields as JSON, for people to read.
func (value BatchUpdated) String() string { return textOf("BatchUpdated", value) }

// BatchCompleted: A task was completed. If it recurs, next is the task of the next occurrence,
// which this operation has created.
type BatchCompleted struct {
	// A task.
	Task Task `json:"task"`

	// A task.
	Next *Task `json:"next,omitzero"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *BatchCompleted) UnmarshalJSON(text []byte) error {
	type fields BatchCompleted
	return decodeObject(text, (*fields)(value), "task")
}

// String returns the fields as JSON, for people to read.
func (value BatchCompleted) String() string { return textOf("BatchCompleted", value) }

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

// BatchListCreated: A list was created.
type BatchListCreated struct {
	// A list of tasks.
	List TaskList `json:"list"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *BatchListCreated) UnmarshalJSON(text []byte) error {
	type fields BatchListCreated
	return decodeObject(text, (*fields)(value), "list")
}

// String returns the fields as JSON, for people to read.
func (value BatchListCreated) String() string { return textOf("BatchListCreated", value) }

// BatchListUpdated: A list was changed.
type BatchListUpdated struct {
	// A list of tasks.
	List TaskList `json:"list"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *BatchListUpdated) UnmarshalJSON(text []byte) error {
	type fields BatchListUpdated
	return decodeObject(text, (*fields)(value), "list")
}

// String returns the fields as JSON, for people to read.
func (value BatchListUpdated) String() string { return textOf("BatchListUpdated", value) }

// BatchListDeleted: A list was deleted.
type BatchListDeleted struct {
	// The id of the deleted list.
	ID string `json:"id"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *BatchListDeleted) UnmarshalJSON(text []byte) error {
	type fields BatchListDeleted
	return decodeObject(text, (*fields)(value), "id")
}

// String returns the fields as JSON, for people to read.
func (value BatchListDeleted) String() string { return textOf("BatchListDeleted", value) }

// BatchResult: The result of one operation; op is its kind. It is one of [BatchCreated],
// [BatchUpdated], [BatchCompleted], [BatchDeleted], [BatchListCreated], [BatchListUpdated],
// [BatchListDeleted], or [UnknownBatchResult].
type BatchResult interface{ isBatchResult() }

func (BatchCreated) isBatchResult() {}

func (BatchUpdated) isBatchResult() {}

func (BatchCompleted) isBatchResult() {}

func (BatchDeleted) isBatchResult() {}

func (BatchListCreated) isBatchResult() {}

func (BatchListUpdated) isBatchResult() {}

func (BatchListDeleted) isBatchResult() {}

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
	case "complete":
		return decodeAs[BatchCompleted, BatchResult](text)
	case "delete":
		return decodeAs[BatchDeleted, BatchResult](text)
	case "create_list":
		return decodeAs[BatchListCreated, BatchResult](text)
	case "update_list":
		return decodeAs[BatchListUpdated, BatchResult](text)
	case "delete_list":
		return decodeAs[BatchListDeleted, BatchResult](text)
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

// RecordedItemType: What it is.
type RecordedItemType string

// The values of RecordedItemType that this version knows.
const (
	RecordedItemTypeTask RecordedItemType = "task"
	RecordedItemTypeList RecordedItemType = "list"
)

// RecordedItemAction: What the request did. created also means that it was brought back.
type RecordedItemAction string

// The values of RecordedItemAction that this version knows.
const (
	RecordedItemActionCreated RecordedItemAction = "created"
	RecordedItemActionUpdated RecordedItemAction = "updated"
	RecordedItemActionDeleted RecordedItemAction = "deleted"
)

// RecordedItem: A task or list that a request has changed.
type RecordedItem struct {
	// What it is.
	Type RecordedItemType `json:"type"`

	// The id of the task or list.
	ID string `json:"id"`

	// The title of the task or the name of the list, as it was before the change. If the change
	// created it, its present one, or null if it is no longer there.
	Title *string `json:"title"`

	// What the request did. created also means that it was brought back.
	Action RecordedItemAction `json:"action"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *RecordedItem) UnmarshalJSON(text []byte) error {
	type fields RecordedItem
	return decodeObject(text, (*fields)(value), "type", "id", "title?", "action")
}

// String returns the fields as JSON, for people to read.
func (value RecordedItem) String() string { return textOf("RecordedItem", value) }

// RecordedChange: What one request has changed.
type RecordedChange struct {
	// The id of the change. When a user has deleted everything, ids begin anew.
	Change string `json:"change"`

	// When the change was made.
	At time.Time `json:"at"`

	// The operation that made the change, by its operationId, or null if it is not known any more.
	// renewPositions is the server's own: see "Lists, subtasks and order".
	Operation *string `json:"operation"`

	// The client that made the change: client_id or azp of its token, or null if the token has
	// neither, or if it is not known any more.
	ClientID *string `json:"client_id"`

	// How many tasks and lists the request created, changed or deleted.
	Count int `json:"count"`

	// Up to three of these tasks and lists, to show what was changed. A list that was deleted with
	// its tasks comes first.
	Items []RecordedItem `json:"items"`

	// The change that this one undid, or null.
	Undoes *string `json:"undoes"`

	// The change that undid this one, or null if it is in effect, also because its undo was
	// undone. Of a chain of undos of undos, the first hundred count.
	UndoneBy *string `json:"undone_by"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *RecordedChange) UnmarshalJSON(text []byte) error {
	type fields RecordedChange
	return decodeObject(text, (*fields)(value), "change", "at", "operation?", "client_id?", "count", "items", "undoes?", "undone_by?")
}

// String returns the fields as JSON, for people to read.
func (value RecordedChange) String() string { return textOf("RecordedChange", value) }

// RecordedChanges: A page of the history.
type RecordedChanges struct {
	// The changes, the newest first.
	Items []RecordedChange `json:"items"`

	// The cursor of the next page, or null on the last page.
	NextCursor *string `json:"next_cursor"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *RecordedChanges) UnmarshalJSON(text []byte) error {
	type fields RecordedChanges
	return decodeObject(text, (*fields)(value), "items", "next_cursor?")
}

// String returns the fields as JSON, for people to read.
func (value RecordedChanges) String() string { return textOf("RecordedChanges", value) }

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

// ChangedList: A list that was created or changed.
type ChangedList struct {
	// A list of tasks.
	List TaskList `json:"list"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *ChangedList) UnmarshalJSON(text []byte) error {
	type fields ChangedList
	return decodeObject(text, (*fields)(value), "list")
}

// String returns the fields as JSON, for people to read.
func (value ChangedList) String() string { return textOf("ChangedList", value) }

// DeletedList: The record of a deleted list.
type DeletedList struct {
	// The id of the deleted list.
	ID string `json:"id"`

	// When the list was deleted.
	DeletedAt time.Time `json:"deleted_at"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *DeletedList) UnmarshalJSON(text []byte) error {
	type fields DeletedList
	return decodeObject(text, (*fields)(value), "id", "deleted_at")
}

// String returns the fields as JSON, for people to read.
func (value DeletedList) String() string { return textOf("DeletedList", value) }

// TaskChange: One change; type is its kind. It is one of [ChangedTask], [DeletedTask],
// [ChangedList], [DeletedList], or [UnknownTaskChange].
type TaskChange interface{ isTaskChange() }

func (ChangedTask) isTaskChange() {}

func (DeletedTask) isTaskChange() {}

func (ChangedList) isTaskChange() {}

func (DeletedList) isTaskChange() {}

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
	case "list":
		return decodeAs[ChangedList, TaskChange](text)
	case "list_deleted":
		return decodeAs[DeletedList, TaskChange](text)
	default:
		return UnknownTaskChange{kind, bytes.Clone(text)}, nil
	}
}

// Undo: What an undo has changed.
type Undo struct {
	// The id of a change. Keep it as it is. When a user has deleted everything, ids begin anew.
	Change string `json:"change"`

	// The change that was undone.
	Undoes string `json:"undoes"`

	// How many tasks and lists the undo has changed.
	Count int `json:"count"`

	// Up to 100 of them, as they are now, in the form of the change feed.
	Items TaskChangeList `json:"items"`

	// Whether there are more than 100. The change feed has all of them.
	HasMore bool `json:"has_more"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *Undo) UnmarshalJSON(text []byte) error {
	type fields Undo
	return decodeObject(text, (*fields)(value), "change", "undoes", "count", "items", "has_more")
}

// String returns the fields as JSON, for people to read.
func (value Undo) String() string { return textOf("Undo", value) }

// TaskChangeList is a list of values of different kinds.
type TaskChangeList []TaskChange

// UnmarshalJSON implements [json.Unmarshaler].
func (list *TaskChangeList) UnmarshalJSON(text []byte) (err error) {
	*list, err = decodeAll(text, decodeTaskChange)
	return err
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

// ExportedList: A list.
type ExportedList struct {
	// A list of tasks.
	List TaskList `json:"list"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *ExportedList) UnmarshalJSON(text []byte) error {
	type fields ExportedList
	return decodeObject(text, (*fields)(value), "list")
}

// String returns the fields as JSON, for people to read.
func (value ExportedList) String() string { return textOf("ExportedList", value) }

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

// ExportedChangeKind: Whether it is a task or a list.
type ExportedChangeKind string

// The values of ExportedChangeKind that this version knows.
const (
	ExportedChangeKindTask ExportedChangeKind = "task"
	ExportedChangeKindList ExportedChangeKind = "list"
)

// ExportedChangeAction: What the change did to it.
type ExportedChangeAction string

// The values of ExportedChangeAction that this version knows.
const (
	ExportedChangeActionCreated ExportedChangeAction = "created"
	ExportedChangeActionUpdated ExportedChangeAction = "updated"
	ExportedChangeActionDeleted ExportedChangeAction = "deleted"
)

// ExportedChange: What a change did to a task or a list. task or list is what it was before, and
// absent if the change created it.
type ExportedChange struct {
	// The id of a change. Keep it as it is. When a user has deleted everything, ids begin anew.
	Change string `json:"change"`

	// When the change was made.
	At time.Time `json:"at"`

	// The operation that made the change, by its operationId, or null if it is not known any more.
	// renewPositions is the server's own: see "Lists, subtasks and order".
	Operation *string `json:"operation"`

	// The client that made the change: client_id or azp of its token, or null if the token has
	// neither, or if it is not known any more.
	ClientID *string `json:"client_id"`

	// The change that this one undid, or null.
	Undoes *string `json:"undoes"`

	// Whether it is a task or a list.
	Kind ExportedChangeKind `json:"kind"`

	// The id of the task or list.
	ID string `json:"id"`

	// What the change did to it.
	Action ExportedChangeAction `json:"action"`

	// A task.
	Task *Task `json:"task,omitzero"`

	// A list of tasks.
	List *TaskList `json:"list,omitzero"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *ExportedChange) UnmarshalJSON(text []byte) error {
	type fields ExportedChange
	return decodeObject(text, (*fields)(value), "change", "at", "operation?", "client_id?", "undoes?", "kind", "id", "action")
}

// String returns the fields as JSON, for people to read.
func (value ExportedChange) String() string { return textOf("ExportedChange", value) }

// ExportEnd: The last line of a complete export.
type ExportEnd struct {
	// The number of lists in the export.
	Lists int `json:"lists"`

	// The number of tasks in the export.
	Tasks int `json:"tasks"`

	// The number of lines of the type change. Absent in an export without the history.
	Changes *int `json:"changes,omitzero"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *ExportEnd) UnmarshalJSON(text []byte) error {
	type fields ExportEnd
	return decodeObject(text, (*fields)(value), "lists", "tasks")
}

// String returns the fields as JSON, for people to read.
func (value ExportEnd) String() string { return textOf("ExportEnd", value) }

// ExportLine: One line of an export; type is its kind. It is one of [ExportedList],
// [ExportedTask], [ExportedChange], [ExportEnd], or [UnknownExportLine].
type ExportLine interface{ isExportLine() }

func (ExportedList) isExportLine() {}

func (ExportedTask) isExportLine() {}

func (ExportedChange) isExportLine() {}

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
	case "list":
		return decodeAs[ExportedList, ExportLine](text)
	case "task":
		return decodeAs[ExportedTask, ExportLine](text)
	case "change":
		return decodeAs[ExportedChange, ExportLine](text)
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

// Session: What the token states about its user and its client.
type Session struct {
	// The sub of the token. Use it, or me, as user_id in paths.
	UserID string `json:"user_id"`

	// When the token expires.
	ExpiresAt time.Time `json:"expires_at"`

	// The client that the token was issued to: its client_id or else its azp. null if the token
	// names none.
	ClientID *string `json:"client_id"`

	// The scopes of this API that the token has: tasks:read, tasks:write, tasks:erase. Later
	// versions can add others. A token without a claim about scopes has all of them, unless the
	// operator requires the claim: then it has none.
	Scopes []string `json:"scopes"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (value *Session) UnmarshalJSON(text []byte) error {
	type fields Session
	return decodeObject(text, (*fields)(value), "user_id", "expires_at", "client_id?", "scopes")
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
	// Names of more than 100 characters are shortened. With changed-since: tasks or lists, then
	// the id.
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

	// The faults of the request, up to 100, with status 422; with changed-since, what was changed.
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
	// an invalid percent-encoding, a cursor of another query, or a body for an operation that
	// takes none.
	ErrMalformedRequest error = statusError(400)

	// ErrNotAuthenticated (401): The request has no token, or its token is not valid.
	ErrNotAuthenticated error = statusError(401)

	// ErrForbidden (403): The token lacks the scope that the operation needs (insufficient-scope):
	// then nothing was looked up, and the response is the same whatever the request contains. Or a
	// new list would be one more than a user can have (quota-exceeded), or the server keeps no
	// history (history-off). type distinguishes the three.
	ErrForbidden error = statusError(403)

	// ErrNotFound (404): The task or list does not exist, or belongs to another user.
	ErrNotFound error = statusError(404)

	// ErrNotAcceptable (406): The request's Accept allows none of the media types in which this
	// operation responds.
	ErrNotAcceptable error = statusError(406)

	// ErrConflict (409): One of seven problems, which type distinguishes: the first request with
	// this Idempotency-Key is still running; all your data is being deleted; the id that you have
	// chosen for a new task or list is taken; the task has subtasks, or the list has tasks, and
	// the request does not say what happens to them; the task or list, or all that you have, has
	// reached the maximum number of changes; something was changed after the change that is to be
	// undone; or it was undone before. In the first two cases, send the request again after the
	// time in Retry-After.
	ErrConflict error = statusError(409)

	// ErrChangeTokenExpired (410): The server may have forgotten deletions that happened after
	// this change token. Start again without since.
	ErrChangeTokenExpired error = statusError(410)

	// ErrPreconditionFailed (412): The entity tag of the task or list does not satisfy If-Match or
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
