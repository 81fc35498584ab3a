package tasks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// ErrInvalidCall is the error of a client or a call whose settings or arguments cannot be sent. No
// request was sent.
var ErrInvalidCall = errors.New("tasks: invalid call")

func invalid(format string, values ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalidCall}, values...)...)
}

// ErrUnexpectedResponse is the error of a response below 400 that is not what the contract declares
// for the operation, such as a page of a proxy. It does not show whether a write was executed.
var ErrUnexpectedResponse = errors.New("tasks: the response is not of this API")

// Error is a response that is not a success. Compare it by [errors.Is] with the error of its
// status, such as [ErrNotFound], or [ErrUnexpectedResponse], or get it by [errors.As] for the details.
type Error struct {
	Method string
	// Path has no query, which may contain the text of a search.
	Path       string
	StatusCode int
	Header     http.Header
	// Problem is the body. If the body is not a problem document, because the response comes from
	// something in between, only Status and Title are set.
	Problem Problem
	// Body is the body as it arrived.
	Body []byte
}

// Error returns what went wrong, with the request id.
func (e *Error) Error() string {
	text := fmt.Sprintf("tasks: %s %s: %d %s", e.Method, e.Path, e.StatusCode, e.Problem.Title)
	if e.Problem.Detail != "" {
		text += ": " + e.Problem.Detail
	}
	for i, fault := range e.Problem.Errors {
		if i == 3 {
			text += "; …"
			break
		}
		text += fmt.Sprintf("; %s %s", fault.Place(), fault.Msg)
	}
	text = shorten(text, 1000)
	if id := e.RequestID(); id != "" {
		text += " (request id " + shorten(id, 100) + ")"
	}
	return text
}

// shorten returns the first length characters of a text that may come from a hostile server.
func shorten(text string, length int) string {
	count := 0
	for i := range text {
		if count == length {
			return text[:i] + "…"
		}
		count++
	}
	return text
}

// RequestID returns the id under which the server logged the request.
func (e *Error) RequestID() string { return e.Header.Get("X-Request-Id") }

// Kind returns the kind of problem, such as "batch-not-applicable": the last part of its type.
func (e *Error) Kind() string { return e.Problem.Type[strings.LastIndexByte(e.Problem.Type, '/')+1:] }

// ETag returns the current entity tag of the task with [ErrPreconditionFailed].
func (e *Error) ETag() string { return e.Header.Get("ETag") }

// Is reports whether target is the error of this status.
func (e *Error) Is(target error) bool {
	if target == ErrUnexpectedResponse {
		return e.StatusCode < 400
	}
	status, ok := target.(statusError)
	return ok && int(status) == e.StatusCode
}

// statusError is the error of a status, for errors.Is.
type statusError int

func (s statusError) Error() string {
	return fmt.Sprintf("tasks: %d %s", int(s), http.StatusText(int(s)))
}

// Place returns the place of the fault, such as "body.title".
func (f Fault) Place() string {
	parts := make([]string, len(f.Loc))
	for i, part := range f.Loc {
		parts[i] = fmt.Sprint(part)
	}
	return strings.Join(parts, ".")
}

func withoutQuery(path string) string {
	path, _, _ = strings.Cut(path, "?")
	return path
}

func newError(method, path string, response *exchange) *Error {
	failed := &Error{
		Method:     method,
		Path:       withoutQuery(path),
		StatusCode: response.status,
		Header:     response.header,
		Body:       response.body,
	}
	if response.status < 400 {
		failed.Problem = Problem{Status: response.status, Title: "The response is not of this API"}
		return failed
	}
	isProblem := strings.HasPrefix(response.header.Get("Content-Type"), "application/problem+json")
	if !isProblem || json.Unmarshal(response.body, &failed.Problem) != nil {
		failed.Problem = Problem{Status: response.status, Title: http.StatusText(response.status)}
	}
	return failed
}

// ConnectionError is the failure of a call that got no complete response: the connection could not
// be opened, was lost, or the time-out has passed. Whether the server has executed a write is then
// unknown: call again with the same [WithIdempotencyKey] to be sure that it happens once.
type ConnectionError struct {
	Method string
	// Path has no query.
	Path string
	// Server is the base URL of the client.
	Server string
	Err    error
}

func (c *Client) newConnectionError(method, path string, cause error) error {
	// An error of net/http repeats the method and the address, with the query.
	var inner *url.Error
	if errors.As(cause, &inner) {
		cause = inner.Err
	}
	return &ConnectionError{method, withoutQuery(path), c.base, cause}
}

// Error returns what went wrong.
func (e *ConnectionError) Error() string {
	return fmt.Sprintf("tasks: %s %s: no complete response from %s: %v", e.Method, e.Path, e.Server, e.Err)
}

// Unwrap returns the cause, such as [context.DeadlineExceeded].
func (e *ConnectionError) Unwrap() error { return e.Err }

// Timeout reports whether the time-out has passed.
func (e *ConnectionError) Timeout() bool { return errors.Is(e.Err, context.DeadlineExceeded) }

const (
	firstDelay = 500 * time.Millisecond
	maxDelay   = 8 * time.Second
	// A longer Retry-After is for the caller to decide about.
	maxRetryAfter = time.Minute
)

// retryDelay returns how long to wait before a request is sent again after the given attempt
// (from 1) failed with err, and whether to send it again at all. That is safe for every
// operation: they are idempotent by themselves or by their Idempotency-Key.
func retryDelay(err error, attempt int) (time.Duration, bool) {
	backoff := min(firstDelay<<min(attempt-1, 10), maxDelay)
	jittered := backoff/2 + rand.N(backoff/2)
	var lost *ConnectionError
	if errors.As(err, &lost) {
		return jittered, true
	}
	var failed *Error
	if !errors.As(err, &failed) {
		return 0, false
	}
	switch failed.StatusCode {
	case http.StatusRequestTimeout, http.StatusTooManyRequests,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
	case http.StatusConflict:
		// Something is still in progress: an earlier attempt, or the deletion of everything.
		if failed.Header.Get("Retry-After") == "" {
			return 0, false
		}
	default:
		return 0, false
	}
	after, ok := retryAfter(failed.Header.Get("Retry-After"))
	if !ok {
		return jittered, true
	}
	// The jitter keeps clients that were refused together from coming back together.
	return after + rand.N(firstDelay/2), after <= maxRetryAfter
}

// retryAfter reads seconds or a date (RFC 9110, section 10.2.3).
func retryAfter(value string) (time.Duration, bool) {
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, true
	} else if errors.Is(err, strconv.ErrRange) {
		return 2 * maxRetryAfter, true
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(time.Until(date), 0), true
	}
	return 0, false
}
