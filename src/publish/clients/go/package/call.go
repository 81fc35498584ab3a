package tasks

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// The largest result is a page of 500 changes, which has about 7 MB.
const maxBody = 64 << 20

// timeFormat is RFC 3339 with at most six digits after the seconds: the API takes no more.
const timeFormat = "2006-01-02T15:04:05.999999Z07:00"

// request is one operation with its values.
type request struct {
	method string
	// The path, with a %s for each value of segments. A %s that stands for the user is first.
	path     string
	segments []string
	ofUser   bool
	query    url.Values
	body     any
	keyed    bool
	secured  bool
	accept   string
	// The statuses of a success.
	success []int
	// Whether the response has a body.
	hasBody bool
	// The header fields of the options that the operation takes.
	takes []string
}

// call sends a request and decodes the result. The result is nil if the response is the 304 that
// the caller has asked for, or if the operation has none.
func call[T any](ctx context.Context, c *Client, r request, options []Option) (*T, error) {
	response, err := c.send(ctx, r, options)
	if err != nil {
		return nil, err
	}
	defer response.close()
	if !r.hasBody || response.status == http.StatusNotModified {
		return nil, nil
	}
	result := new(T)
	if err := json.Unmarshal(response.body, result); err != nil {
		failed := newError(r.method, response.path, response)
		failed.Problem.Detail = err.Error()
		return nil, failed
	}
	return result, nil
}

// exchange is a response, with its body in memory or, if it is a stream, to be read.
type exchange struct {
	path   string
	status int
	header http.Header
	body   []byte
	stream io.Reader
	close  func()
}

// send sends a request, and repeats it when that can help. The caller closes the result.
func (c *Client) send(ctx context.Context, r request, options []Option) (*exchange, error) {
	with := c.settingsFor(options)
	if err := r.check(with); err != nil {
		return nil, err
	}
	path, err := r.target(with.user)
	if err != nil {
		return nil, err
	}
	var body []byte
	if r.body != nil {
		if body, err = json.Marshal(r.body); err != nil {
			return nil, fmt.Errorf("tasks: %w", err)
		}
	}
	if r.keyed && with.header.Get("Idempotency-Key") == "" {
		with.header.Set("Idempotency-Key", rand.Text())
	}
	for attempt := 1; ; attempt++ {
		response, err := c.attempt(ctx, r, path, body, with)
		if err == nil {
			return response, nil
		}
		wait, again := retryDelay(err, attempt)
		if !again || attempt > with.maxRetries || ctx.Err() != nil {
			return nil, err
		}
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= wait {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("tasks: %w before another attempt, after: %w", context.Cause(ctx), err)
		case <-time.After(wait):
		}
	}
}

// check refuses options that the operation does not take, which the server would ignore, and values
// that cannot be sent.
func (r request) check(with settings) error {
	if with.err != nil {
		return with.err
	}
	for _, name := range []string{"If-Match", "If-None-Match", "Idempotency-Key"} {
		if with.header.Get(name) != "" && !slices.Contains(r.takes, name) {
			return invalid("%s %s does not take %s", r.method, r.path, name)
		}
	}
	return nil
}

// target returns the path and the query.
func (r request) target(user string) (string, error) {
	segments := r.segments
	if r.ofUser {
		segments = append([]string{user}, segments...)
	}
	escaped := make([]any, len(segments))
	for i, segment := range segments {
		// Such a segment would change which resource the path names.
		if segment == "" || segment == "." || segment == ".." {
			return "", invalid("%q is not an id", segment)
		}
		escaped[i] = url.PathEscape(segment)
	}
	path := fmt.Sprintf(r.path, escaped...)
	if len(r.query) > 0 {
		path += "?" + r.query.Encode()
	}
	return path, nil
}

// wait returns how long the server may wait before it responds.
func (r request) wait() time.Duration {
	seconds, _ := strconv.Atoi(r.query.Get("wait"))
	return time.Duration(seconds) * time.Second
}

// attempt sends a request once. It returns an [Error] for each response that is not a success.
func (c *Client) attempt(ctx context.Context, r request, path string, body []byte, with settings) (*exchange, error) {
	limit := with.timeout
	if limit > 0 {
		limit += r.wait()
	}
	limited, timer := startTimer(ctx, limit)
	sent, err := http.NewRequestWithContext(limited, r.method, c.base+path, bytes.NewReader(body))
	if err != nil {
		timer.stop()
		return nil, fmt.Errorf("tasks: %w", err)
	}
	if err := setHeader(limited, sent.Header, r, body, with); err != nil {
		timer.stop()
		return nil, err
	}
	response, err := with.http.Do(sent)
	if err != nil {
		timer.stop()
		return nil, c.newConnectionError(r.method, path, timer.explain(err))
	}
	closeAll := func() {
		response.Body.Close()
		timer.stop()
	}
	if with.response != nil {
		*with.response = Response{StatusCode: response.StatusCode, Header: response.Header}
	}
	result := &exchange{path: path, status: response.StatusCode, header: response.Header, close: closeAll}
	isSuccess := slices.Contains(r.success, response.StatusCode)
	if r.accept != "" && isSuccess {
		result.stream = &stream{body: response.Body, timer: timer}
		return result, nil
	}
	defer closeAll()
	result.body, err = io.ReadAll(io.LimitReader(response.Body, maxBody+1))
	if err != nil {
		return nil, c.newConnectionError(r.method, path, timer.explain(err))
	}
	isUnchanged := response.StatusCode == http.StatusNotModified && sent.Header.Get("If-None-Match") != ""
	if !isSuccess && !isUnchanged {
		return nil, newError(r.method, path, result)
	}
	if len(result.body) > maxBody {
		// Another attempt would get as much.
		return nil, newError(r.method, path, result)
	}
	if isSuccess && r.hasBody && isCut(result.body) {
		return nil, c.newConnectionError(r.method, path, io.ErrUnexpectedEOF)
	}
	return result, nil
}

// isCut reports whether text is the beginning of JSON, without the rest.
func isCut(text []byte) bool {
	err := json.NewDecoder(bytes.NewReader(text)).Decode(new(json.RawMessage))
	return err == io.EOF || err == io.ErrUnexpectedEOF
}

func setHeader(ctx context.Context, header http.Header, r request, body []byte, with settings) error {
	header.Set("Accept", "application/json")
	header.Set("User-Agent", "tasks-api-go/"+Version)
	if r.accept != "" {
		header.Set("Accept", r.accept)
	}
	if body != nil {
		header.Set("Content-Type", "application/json")
	}
	for name, values := range with.header {
		header[name] = values
	}
	if !r.secured || with.token == nil {
		return nil
	}
	token, err := with.token(ctx)
	if err != nil {
		return fmt.Errorf("tasks: cannot get a token: %w", err)
	}
	if token, err = checkToken(token); err != nil {
		return err
	}
	header.Set("Authorization", "Bearer "+token)
	return nil
}

// A timer ends an attempt that takes too long.
type timer struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	clock  *time.Timer
	limit  time.Duration
}

func startTimer(parent context.Context, limit time.Duration) (context.Context, *timer) {
	ctx, cancel := context.WithCancelCause(parent)
	t := &timer{ctx: ctx, cancel: cancel, limit: limit}
	if limit > 0 {
		t.clock = time.AfterFunc(limit, func() { cancel(&timeoutError{limit}) })
	}
	return ctx, t
}

func (t *timer) stop() {
	if t.clock != nil {
		t.clock.Stop()
	}
	t.cancel(nil)
}

// explain returns the reason for an error: the time-out, if that is what ended the attempt.
func (t *timer) explain(err error) error {
	var timeout *timeoutError
	if errors.As(context.Cause(t.ctx), &timeout) {
		return timeout
	}
	return err
}

type timeoutError struct{ limit time.Duration }

func (e *timeoutError) Error() string { return fmt.Sprintf("no response within %v", e.limit) }
func (e *timeoutError) Unwrap() error { return context.DeadlineExceeded }
func (e *timeoutError) Timeout() bool { return true }

// A stream is a body for which the time-out starts anew with each read.
type stream struct {
	body  io.Reader
	timer *timer
}

func (s *stream) Read(to []byte) (int, error) {
	if s.timer.clock != nil {
		s.timer.clock.Reset(s.timer.limit)
	}
	n, err := s.body.Read(to)
	if s.timer.clock != nil {
		s.timer.clock.Stop()
	}
	if err != nil && err != io.EOF {
		err = s.timer.explain(err)
	}
	return n, err
}
