package tasks

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

const taskJSON = `{"id":"3f0c2c9e-8a55-4d0e-9a3c-52f8a2f0a1b7","owner_id":"u","title":"t","description":null,` +
	`"completed":false,"completed_at":null,"due":null,"start":null,"priority":"none","labels":[],"metadata":{},"list_id":null,"parent_id":null,"position":"p1","recurrence":null,"series_id":null,"occurrence":null,"next_id":null,"created_at":"2026-01-12T09:30:00.123456Z",` +
	`"updated_at":"2026-01-12T09:30:00.123456Z","version":7,"later":{"x":1}}`

// serve starts a server that responds to the n-th request, from 1, as handle does, and returns a
// client of it and what the requests were.
func serve(t *testing.T, handle func(n int, w http.ResponseWriter), options ...Option) (*Client, *[]*http.Request, *[]string) {
	t.Helper()
	var requests []*http.Request
	var bodies []string
	var lock sync.Mutex
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		lock.Lock()
		defer lock.Unlock()
		requests, bodies = append(requests, r), append(bodies, string(body))
		w.Header().Set("X-Request-Id", fmt.Sprintf("id-%d", len(requests)))
		handle(len(requests), w)
	}))
	t.Cleanup(server.Close)
	client, err := New(server.URL, append([]Option{WithToken("secret-token")}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	return client, &requests, &bodies
}

func respond(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	if status >= 400 {
		w.Header().Set("Content-Type", "application/problem+json")
	}
	w.WriteHeader(status)
	io.WriteString(w, body)
}

func problem(w http.ResponseWriter, status int, kind string) {
	respond(w, status, fmt.Sprintf(`{"type":"/p/%s","title":"Title","status":%d,"detail":"The detail","instance":"i"}`, kind, status))
}

func abort() { panic(http.ErrAbortHandler) }

func TestRetriesUnderOneKey(t *testing.T) {
	faults := map[string]func(w http.ResponseWriter){
		"502":             func(w http.ResponseWriter) { w.WriteHeader(502) },
		"504":             func(w http.ResponseWriter) { w.WriteHeader(504) },
		"503":             func(w http.ResponseWriter) { problem(w, 503, "service-unavailable") },
		"429":             func(w http.ResponseWriter) { problem(w, 429, "too-many-requests") },
		"408":             func(w http.ResponseWriter) { w.WriteHeader(408) },
		"in progress":     func(w http.ResponseWriter) { problem(w, 409, "idempotency-in-progress") },
		"being deleted":   func(w http.ResponseWriter) { problem(w, 409, "erasure-in-progress") },
		"lost connection": func(w http.ResponseWriter) { abort() },
		"half a body": func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "1000")
			respond(w, 200, `{"id":`)
		},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, requests, _ := serve(t, func(n int, w http.ResponseWriter) {
				if n == 1 {
					w.Header().Set("Retry-After", "0")
					fault(w)
				} else {
					w.WriteHeader(204)
				}
			})
			if err := client.DeleteTask(context.Background(), "x", DeleteTaskParams{}); err != nil {
				t.Fatal(err)
			}
			first, second := (*requests)[0].Header.Get("Idempotency-Key"), (*requests)[1].Header.Get("Idempotency-Key")
			if len(*requests) != 2 || first == "" || first != second {
				t.Fatalf("%d requests with the keys %q and %q", len(*requests), first, second)
			}
		})
	}
}

func TestRetriesAreBounded(t *testing.T) {
	busy := func(n int, w http.ResponseWriter) {
		w.Header().Set("Retry-After", "0")
		problem(w, 503, "service-unavailable")
	}
	client, requests, _ := serve(t, busy, WithMaxRetries(2))
	if _, err := client.GetTask(context.Background(), "x"); !errors.Is(err, ErrServiceUnavailable) || len(*requests) != 3 {
		t.Fatalf("%v after %d requests", err, len(*requests))
	}
	for _, after := range []string{"3600", "2147483648", "99999999999999999999999"} {
		client, requests, _ = serve(t, func(n int, w http.ResponseWriter) {
			w.Header().Set("Retry-After", after)
			problem(w, 429, "too-many-requests")
		})
		// Without the bound, the call would wait until it is cancelled.
		ctx, cancel := context.WithCancel(context.Background())
		clock := time.AfterFunc(5*time.Second, cancel)
		_, err := client.GetTask(ctx, "x")
		clock.Stop()
		cancel()
		if !errors.Is(err, ErrTooManyRequests) || errors.Is(err, context.Canceled) || len(*requests) != 1 {
			t.Fatalf("%v after %d requests with %s", err, len(*requests), after)
		}
	}
	for status, kind := range map[int]error{409: ErrConflict, 412: ErrPreconditionFailed} {
		client, requests, _ = serve(t, func(n int, w http.ResponseWriter) { problem(w, status, "x") })
		if err := client.DeleteTask(context.Background(), "x", DeleteTaskParams{}); !errors.Is(err, kind) || len(*requests) != 1 {
			t.Fatalf("%v after %d requests", err, len(*requests))
		}
	}
}

func TestTimeoutAndContext(t *testing.T) {
	slow := func(n int, w http.ResponseWriter) { time.Sleep(200 * time.Millisecond) }
	client, _, _ := serve(t, slow, WithMaxRetries(0))
	_, err := client.GetTask(context.Background(), "x", WithTimeout(20*time.Millisecond))
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "20ms") {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := client.GetTask(ctx, "x", WithMaxRetries(3)); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	ctx, cancel = context.WithCancel(context.Background())
	client, _, _ = serve(t, func(n int, w http.ResponseWriter) {
		time.AfterFunc(50*time.Millisecond, cancel)
		problem(w, 503, "service-unavailable")
	})
	if _, err := client.GetTask(ctx, "x"); !errors.Is(err, context.Canceled) || !errors.Is(err, ErrServiceUnavailable) {
		t.Fatal(err)
	}
}

func TestErrors(t *testing.T) {
	client, _, _ := serve(t, func(n int, w http.ResponseWriter) {
		if n > 1 {
			w.WriteHeader(404)
			return
		}
		respond(w, 422, `{"type":"/p/validation-error","title":"Validation error","status":422,"detail":"The request has 1 fault",
			"instance":"urn:uuid:1","errors":[{"loc":["body","operations",3,"id"],"msg":"is required","type":"required"}],"later":true}`)
	})
	_, err := client.CreateTask(context.Background(), TaskCreate{})
	var failed *Error
	if !errors.As(err, &failed) || !errors.Is(err, ErrValidation) || errors.Is(err, ErrNotFound) {
		t.Fatal(err)
	}
	if failed.Kind() != "validation-error" || failed.Problem.Errors[0].Place() != "body.operations.3.id" ||
		failed.Header.Get("X-Request-Id") != "id-1" || failed.RequestID() != "id-1" {
		t.Fatalf("%+v", failed)
	}
	for _, part := range []string{"422", "The request has 1 fault", "body.operations.3.id is required", "id-1"} {
		if !strings.Contains(err.Error(), part) {
			t.Fatalf("%q is not in %q", part, err)
		}
	}
	// A response from something in between has no problem document.
	_, err = client.GetTask(context.Background(), "x")
	if !errors.Is(err, ErrNotFound) || !errors.As(err, &failed) || failed.Problem.Title != "Not Found" {
		t.Fatal(err)
	}
}

func TestAbsentNullAndEmpty(t *testing.T) {
	for want, update := range map[string]TaskUpdate{
		`{}`:                              {},
		`{"description":null}`:            {Description: Null[string]()},
		`{"metadata":{"a":null,"b":""}}`:  {Metadata: Set(map[string]Optional[string]{"a": Null[string](), "b": Set("")})},
		`{"labels":[]}`:                   {Labels: Set([]string{})},
		`{"description":""}`:              {Description: Set("")},
		`{"title":"t","completed":false}`: {Title: Set("t"), Completed: Set(false)},
	} {
		client, _, bodies := serve(t, func(n int, w http.ResponseWriter) { respond(w, 200, taskJSON) })
		task, err := client.UpdateTask(context.Background(), "x", update)
		if err != nil || task.Description != nil || task.ETag() != `"7"` {
			t.Fatal(task, err)
		}
		if got := strings.TrimSpace((*bodies)[0]); got != want {
			t.Errorf("sent %s, not %s", got, want)
		}
		var back TaskUpdate
		if err := json.Unmarshal([]byte(want), &back); err != nil || !reflect.DeepEqual(back, update) {
			t.Errorf("%s is read as %+v, %v", want, back, err)
		}
	}
}

func TestNilIsEmpty(t *testing.T) {
	for want, body := range map[string]any{
		`{"labels":[]}`:     TaskUpdate{Labels: Set([]string(nil))},
		`{"metadata":{}}`:   TaskUpdate{Metadata: Set(map[string]Optional[string](nil))},
		`{"operations":[]}`: TaskBatch{},
	} {
		if got, err := json.Marshal(body); err != nil || string(got) != want {
			t.Errorf("%s, not %s: %v", got, want, err)
		}
	}
}

func TestTexts(t *testing.T) {
	var task Task
	if err := json.Unmarshal([]byte(taskJSON), &task); err != nil {
		t.Fatal(err)
	}
	update := TaskUpdate{Title: Set("new"), Description: Null[string]()}
	shown := fmt.Sprintf("%+v %v %+v", task, &task, update)
	for _, part := range []string{`"title":"t"`, "Title:new", "Description:null", "Completed:absent"} {
		if !strings.Contains(shown, part) {
			t.Errorf("%q is not in %s", part, shown)
		}
	}
	if strings.Contains(shown, "0x") {
		t.Errorf("an address is in %s", shown)
	}
}

func TestTimesInQueries(t *testing.T) {
	client, requests, _ := serve(t, func(_ int, w http.ResponseWriter) { respond(w, 200, `{"items":[],"next_cursor":null}`) })
	at := time.Date(2026, 3, 1, 9, 30, 0, 123456789, time.FixedZone("", 3600))
	for _, at := range []time.Time{at, at.Truncate(time.Second).UTC()} {
		params := ListTasksParams{OverdueAt: Set(at), CompletedFrom: Set(at)}
		if _, err := client.ListTasksPage(context.Background(), params); err != nil {
			t.Fatal(err)
		}
	}
	for n, want := range []string{"2026-03-01T09:30:00.123456+01:00", "2026-03-01T08:30:00Z"} {
		query := (*requests)[n].URL.Query()
		if query.Get("overdue_at") != want || query.Get("completed_from") != want {
			t.Errorf("%v has not %s", query, want)
		}
	}
}

func TestUnexpectedResponses(t *testing.T) {
	ctx := context.Background()
	calls := map[string]func(c *Client) error{
		"create": func(c *Client) error { _, err := c.CreateTask(ctx, TaskCreate{Title: "t"}); return err },
		"get":    func(c *Client) error { _, err := c.GetTask(ctx, "x"); return err },
		"list":   func(c *Client) error { _, err := c.ListTasksPage(ctx, ListTasksParams{}); return err },
		"export": func(c *Client) error {
			for _, err := range c.ExportTasks(ctx) {
				return err
			}
			return nil
		},
		"changes": func(c *Client) error { _, err := c.ListTaskChangesPage(ctx, ListTaskChangesParams{}); return err },
		"delete":  func(c *Client) error { return c.DeleteTask(ctx, "x", DeleteTaskParams{}) },
	}
	type response struct {
		status int
		body   string
	}
	for name, call := range calls {
		responses := []response{{202, ""}, {203, taskJSON}, {206, taskJSON}, {302, ""}, {304, ""}}
		switch name {
		case "delete":
			responses = append(responses, response{200, ""}, response{200, "{}"}, response{200, "<html>"})
		case "create":
			responses = append(responses, response{201, "{}"}, response{201, "null"}, response{201, "[]"}, response{201, "<html>"}, response{204, ""})
		case "export":
			responses = append(responses, response{204, ""})
		default:
			responses = append(responses, response{200, "{}"}, response{200, "null"}, response{200, `"x"`}, response{200, `{"login":"x"}`},
				response{200, "<html>"}, response{200, `{"items":[{}],"next_cursor":null}`}, response{204, ""})
		}
		for _, given := range responses {
			client, requests, _ := serve(t, func(n int, w http.ResponseWriter) { respond(w, given.status, given.body) })
			err := call(client)
			var failed *Error
			if !errors.Is(err, ErrUnexpectedResponse) || !errors.As(err, &failed) || failed.StatusCode != given.status || len(*requests) != 1 {
				t.Errorf("%s: %v after %d requests with %v", name, err, len(*requests), given)
			}
		}
	}
}

func TestCutResponseIsRepeated(t *testing.T) {
	for _, cut := range []string{"", " ", taskJSON[:20]} {
		client, requests, _ := serve(t, func(n int, w http.ResponseWriter) {
			respond(w, 201, []string{cut, taskJSON}[n-1])
		})
		task, err := client.CreateTask(context.Background(), TaskCreate{Title: "t"})
		if err != nil || task.Version != 7 || len(*requests) != 2 {
			t.Fatal(task, err, cut)
		}
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	other, followed, _ := serve(t, func(n int, w http.ResponseWriter) { w.WriteHeader(204) })
	client, _, _ := serve(t, func(n int, w http.ResponseWriter) {
		w.Header().Set("Location", other.base+"/")
		w.WriteHeader(302)
	}, WithHTTPClient(&http.Client{}))
	if err := client.DeleteTask(context.Background(), "x", DeleteTaskParams{}); !errors.Is(err, ErrUnexpectedResponse) || len(*followed) != 0 {
		t.Fatal(err, len(*followed))
	}
}

func TestInvalidCalls(t *testing.T) {
	client, requests, _ := serve(t, func(n int, w http.ResponseWriter) { respond(w, 201, taskJSON) })
	for name, options := range map[string][]Option{
		"If-Match of a creation":      {IfMatch(`"1"`)},
		"If-None-Match of a creation": {IfNoneMatchVersion(1)},
		"a line break":                {WithIdempotencyKey("a\r\nX: b")},
		"a name":                      {WithHeader("a b", "c")},
		"an empty token":              {WithToken(" ")},
		"a source without a token":    {WithTokenSource(func(context.Context) (string, error) { return "", nil })},
	} {
		if _, err := client.CreateTask(context.Background(), TaskCreate{}, options...); !errors.Is(err, ErrInvalidCall) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := New("http://x", WithToken("")); !errors.Is(err, ErrInvalidCall) {
		t.Error(err)
	}
	if _, err := client.GetTask(context.Background(), ""); !errors.Is(err, ErrInvalidCall) || len(*requests) != 0 {
		t.Error(err, len(*requests))
	}
}

func TestTextOfAnErrorIsBounded(t *testing.T) {
	long := strings.Repeat("ü", 100_000)
	client, _, _ := serve(t, func(n int, w http.ResponseWriter) { problem(w, 404, long) })
	client.defaults.maxRetries = 0
	_, err := client.GetTask(context.Background(), strings.Repeat("x", 5000))
	if length := len([]rune(err.Error())); length > 1200 || !strings.HasSuffix(err.Error(), "(request id id-1)") {
		t.Fatal(length)
	}
}

func TestHeadersOfOneCall(t *testing.T) {
	client, requests, _ := serve(t, func(n int, w http.ResponseWriter) {
		w.Header().Set("ETag", `"8"`)
		respond(w, 200, taskJSON)
	})
	var response Response
	_, err := client.CompleteTask(context.Background(), "a/b", TaskCompletion{}, IfMatchVersion(7), WithIdempotencyKey("mine"),
		WithRequestID("0b7b35d1-3c3c-4a3b-9d0b-0a4b3a2f9c11"), WithUser("ü"), WithResponse(&response))
	if err != nil || response.ETag() != `"8"` || response.RequestID() != "id-1" || response.StatusCode != 200 {
		t.Fatal(response, err)
	}
	sent := (*requests)[0]
	if sent.Header.Get("If-Match") != `"7"` || sent.Header.Get("Idempotency-Key") != "mine" ||
		sent.Header.Get("X-Request-Id") != "0b7b35d1-3c3c-4a3b-9d0b-0a4b3a2f9c11" ||
		sent.URL.EscapedPath() != "/api/v1/users/%C3%BC/tasks/a%2Fb/complete" {
		t.Fatal(sent.Header, sent.URL)
	}
	if _, err := client.GetTask(context.Background(), "x"); err != nil || (*requests)[1].Header.Get("If-Match") != "" {
		t.Fatal("an option of one call is in another")
	}
	for _, id := range []string{"", ".", ".."} {
		if err := client.DeleteTask(context.Background(), id, DeleteTaskParams{}); err == nil || len(*requests) != 2 {
			t.Fatalf("%q was sent as an id", id)
		}
	}
}

func TestNotModified(t *testing.T) {
	client, requests, _ := serve(t, func(n int, w http.ResponseWriter) { w.WriteHeader(304) })
	var response Response
	task, err := client.GetTask(context.Background(), "x", IfNoneMatch(`"7"`), WithResponse(&response))
	if task != nil || err != nil || !response.NotModified() || (*requests)[0].Header.Get("If-None-Match") != `"7"` {
		t.Fatal(task, err, response)
	}
}

func TestUnions(t *testing.T) {
	client, _, bodies := serve(t, func(n int, w http.ResponseWriter) {
		if n == 1 {
			respond(w, 200, `{"results":[{"op":"create","task":`+taskJSON+`},{"op":"delete","id":"d"},{"op":"later"}]}`)
			return
		}
		respond(w, 200, `{"items":[{"type":"archived","id":1},{"type":"task","task":`+taskJSON+`},
			{"type":"deleted","id":"d","deleted_at":"2026-01-12T09:30:00Z"}],"next_since":"s`+fmt.Sprint(n)+`","has_more":`+fmt.Sprint(n < 3)+`}`)
	})
	result, err := client.ApplyTaskBatch(context.Background(), TaskBatch{Operations: []BatchOperation{
		BatchCreate{Task: TaskCreate{Title: "t"}},
		BatchDelete{ID: "d", IfVersion: Set(3)},
	}})
	want := `{"operations":[{"op":"create","task":{"title":"t"}},{"op":"delete","id":"d","if_version":3}]}`
	if got := strings.TrimSpace((*bodies)[0]); err != nil || got != want {
		t.Fatal(got, err)
	}
	if created, ok := result.Results[0].(BatchCreated); !ok || created.Task.Version != 7 {
		t.Fatalf("%+v", result)
	}
	if unknown, ok := result.Results[2].(UnknownBatchResult); !ok || unknown.Kind != "later" {
		t.Fatalf("%+v", result)
	}
	var kinds []string
	var since string
	for page, err := range client.ListTaskChanges(context.Background(), ListTaskChangesParams{}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, change := range page.Items {
			kinds = append(kinds, strings.TrimPrefix(fmt.Sprintf("%T", change), "tasks."))
		}
		since = page.NextSince
	}
	if got := strings.Join(kinds[:3], " "); got != "UnknownTaskChange ChangedTask DeletedTask" || len(kinds) != 6 || since != "s3" {
		t.Fatal(kinds, since)
	}
}

func TestPages(t *testing.T) {
	client, requests, _ := serve(t, func(n int, w http.ResponseWriter) {
		next := []string{`"c1"`, `"c2"`, `null`}[(n-1)%3]
		respond(w, 200, `{"items":[`+taskJSON+`],"next_cursor":`+next+`}`)
	})
	count := 0
	all := client.ListTasks(context.Background(), ListTasksParams{Sort: TaskSortCreatedAtDesc, Completed: Set(false)})
	for range 2 { // an iterator can be used again
		for task, err := range all {
			if err != nil || task.Version != 7 {
				t.Fatal(err)
			}
			count++
		}
	}
	if query := (*requests)[1].URL.RawQuery; count != 6 || query != "completed=false&cursor=c1&sort=-created_at" {
		t.Fatal(count, query)
	}
	for range all {
		break
	}
	if len(*requests) != 7 {
		t.Fatal("a page was fetched that was not needed")
	}
}

func TestExport(t *testing.T) {
	line := `{"type":"task","task":` + taskJSON + "}\n"
	for _, test := range []struct {
		body     string
		cut      bool
		tasks    int
		complete bool
	}{
		{line + `{"type":"later"}` + "\n" + line + `{"type":"end","lists":0,"tasks":2}` + "\n", false, 2, true},
		{`{"type":"end","lists":0,"tasks":0}` + "\n", false, 0, true},
		{line, false, 1, false},
		{line + line[:20], false, 1, false},
		{line + `{"type":"end","lists":0,"tasks":1}` + "\n" + line, false, 1, false},
		{line + `{"type":"end","lists":0,"tasks":1}`, false, 1, false},
		{line + "\n" + `{"type":"end","lists":0,"tasks":1}` + "\n", false, 1, false},
		{`{"type":"end","lists":0,"tasks":0}` + "\n" + `{"type":"end","lists":0,"tasks":0}` + "\n", false, 0, false},
		{line, true, 1, false},
		{line + `{"type":"end","lists":0,"tasks":2}` + "\n", false, 1, false},
	} {
		client, _, _ := serve(t, func(n int, w http.ResponseWriter) {
			respond(w, 200, test.body)
			if test.cut {
				w.(http.Flusher).Flush()
				abort()
			}
		})
		count := 0
		var last error
		for task, err := range client.ExportTasks(context.Background()) {
			if last = err; err == nil && task.Version == 7 {
				count++
			}
		}
		if count != test.tasks || (last == nil) != test.complete || (last != nil && !errors.Is(last, ErrIncompleteExport)) {
			t.Errorf("%d tasks, %v of %q", count, last, test.body)
		}
	}
}

type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

// spaces is a body, and counts what has been read of it.
type spaces struct{ left, read int }

func (s *spaces) Read(to []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	n := copy(to, bytes.Repeat([]byte(" "), min(len(to), s.left)))
	s.left, s.read = s.left-n, s.read+n
	return n, nil
}

// A body of some kilobytes can be a gigabyte after decompression.
func TestLongBodyIsRefused(t *testing.T) {
	for _, status := range []int{200, 404} {
		body, requests := &spaces{left: 2 * maxBody}, 0
		long := &http.Client{Transport: transport(func(*http.Request) (*http.Response, error) {
			requests++
			return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(body)}, nil
		})}
		client, _, _ := serve(t, nil, WithHTTPClient(long))
		_, err := client.GetTask(context.Background(), "x")
		var failed *Error
		if !errors.As(err, &failed) || failed.StatusCode != status || requests != 1 || body.read > maxBody+1 {
			t.Errorf("%d requests, %d bytes, %v", requests, body.read, err)
		}
	}
}

func TestExportLines(t *testing.T) {
	list := `{"type":"list","list":{"id":"l","owner_id":"u","name":"Groceries","metadata":{},"position":"p1",` +
		`"created_at":"2026-01-12T09:30:00Z","updated_at":"2026-01-12T09:30:00Z","version":3}}` + "\n"
	task := `{"type":"task","task":` + taskJSON + "}\n"
	for lists, complete := range map[int]bool{0: false, 1: true} {
		client, _, _ := serve(t, func(n int, w http.ResponseWriter) {
			respond(w, 200, list+`{"type":"later"}`+"\n"+task+`{"type":"end","lists":`+fmt.Sprint(lists)+`,"tasks":1}`+"\n")
		})
		var kinds []string
		var last error
		for line, err := range client.ExportTasksLines(context.Background()) {
			if last = err; err == nil {
				kinds = append(kinds, strings.TrimPrefix(fmt.Sprintf("%T", line), "tasks."))
			}
			if exported, ok := line.(ExportedList); ok && exported.List.ETag() != `"3"` {
				t.Fatal(exported)
			}
		}
		if got := strings.Join(kinds, " "); got != "ExportedList UnknownExportLine ExportedTask" || (last == nil) != complete {
			t.Fatal(got, last)
		}
	}
}

func TestToken(t *testing.T) {
	calls := 0
	source := WithTokenSource(func(context.Context) (string, error) {
		calls++
		return fmt.Sprintf("secret-token-%d\n", calls), nil
	})
	client, requests, _ := serve(t, func(n int, w http.ResponseWriter) {
		w.Header().Set("Retry-After", "0")
		problem(w, []int{503, 401, 503}[n-1], "x")
	}, source)
	_, err := client.GetTask(context.Background(), "x")
	if !errors.Is(err, ErrNotAuthenticated) || (*requests)[1].Header.Get("Authorization") != "Bearer secret-token-2" {
		t.Fatal(err)
	}
	dead, _ := New("http://127.0.0.1:1", WithToken("secret-token"), WithMaxRetries(0))
	_, lost := dead.GetTask(context.Background(), "x")
	var connection *ConnectionError
	if !errors.As(lost, &connection) || connection.Timeout() ||
		!strings.Contains(lost.Error(), "GET /api/v1/users/me/tasks/x") || !strings.Contains(lost.Error(), "http://127.0.0.1:1") {
		t.Fatal(lost)
	}
	for _, text := range []string{
		fmt.Sprint(client), fmt.Sprintf("%+v %#v", client, client), fmt.Sprintf("%v %+v %#v", err, err, err),
		fmt.Sprintf("%v %+v %#v", lost, lost, lost),
	} {
		if strings.Contains(text, "secret-token") {
			t.Errorf("the token is in %q", text)
		}
	}
	if _, err := client.GetLiveness(context.Background(), WithMaxRetries(0)); err == nil {
		t.Fatal("no error")
	}
	if calls != 2 {
		t.Fatal("a check of the health was sent with a token")
	}
}

func TestBaseURL(t *testing.T) {
	for _, bad := range []string{"", "tasks.example.com", "ftp://x", "http://", "http://x?y=1", "http://u:secret@x", "http://x?", "http://x#", "http://u:secret@\x00"} {
		if _, err := New(bad); !errors.Is(err, ErrInvalidCall) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q was accepted", bad)
		}
	}
	for _, option := range []Option{IfMatch(`"1"`), IfNoneMatch(`"1"`), WithIdempotencyKey("k")} {
		if _, err := New("http://x", option); err == nil {
			t.Error("an option of one call was accepted for a client")
		}
	}
}
