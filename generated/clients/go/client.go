package tasks

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The settings of a client without options.
const (
	DefaultTimeout    = 30 * time.Second
	DefaultMaxRetries = 3
)

// Client is a client of the Tasks API. It is safe for concurrent use; make one and share it.
type Client struct {
	base     string
	defaults settings
}

// An Option configures a client, when it is given to [New], or one call, when it is given to a
// method of the client. Conditions and idempotency keys are for one call only.
type Option func(*settings)

// settings has no field that contains the token itself, so printing a client cannot reveal it.
type settings struct {
	http       *http.Client
	token      func(context.Context) (string, error)
	user       string
	timeout    time.Duration
	maxRetries int
	header     http.Header
	response   *Response
	// What is wrong with an option.
	err error
}

// The API never redirects. A redirect comes from something in between, and is reported as an error
// rather than followed with the token.
var defaultHTTP = &http.Client{
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

var errBaseURL = invalid("the base URL must be http(s)://host[:port][/path]")

// New returns a client of the server at baseURL, for example "https://tasks.example.com".
func New(baseURL string, options ...Option) (*Client, error) {
	base, err := url.Parse(baseURL)
	if err != nil {
		// The error of net/url repeats the URL, which may contain a password.
		return nil, errBaseURL
	}
	isHTTP := base.Scheme == "http" || base.Scheme == "https"
	if !isHTTP || base.Host == "" || base.User != nil || strings.ContainsAny(baseURL, "?#") {
		return nil, errBaseURL
	}
	defaults := settings{
		http:       defaultHTTP,
		user:       "me",
		timeout:    DefaultTimeout,
		maxRetries: DefaultMaxRetries,
		header:     http.Header{},
	}
	for _, option := range options {
		option(&defaults)
	}
	if defaults.err != nil {
		return nil, defaults.err
	}
	for _, name := range []string{"Idempotency-Key", "If-Match", "If-None-Match"} {
		if defaults.header.Get(name) != "" {
			return nil, invalid("%s is for one call, not for a client", name)
		}
	}
	return &Client{base: strings.TrimRight(base.String(), "/"), defaults: defaults}, nil
}

// String returns the address of the server.
func (c *Client) String() string { return "tasks.Client of " + c.base }

// GoString is [Client.String], because header fields may be secrets.
func (c *Client) GoString() string { return c.String() }

func (c *Client) settingsFor(options []Option) settings {
	with := c.defaults
	with.header = with.header.Clone()
	for _, option := range options {
		option(&with)
	}
	return with
}

// WithToken sets the bearer token.
func WithToken(token string) Option {
	source := WithTokenSource(func(context.Context) (string, error) { return token, nil })
	return func(s *settings) {
		source(s)
		if _, err := checkToken(token); err != nil {
			s.err = err
		}
	}
}

// WithTokenSource sets a function that returns the bearer token. It is called before each attempt,
// concurrently if calls are concurrent, and should return a stored token until that one expires.
func WithTokenSource(source func(context.Context) (string, error)) Option {
	return func(s *settings) { s.token = source }
}

// WithUser sets the id of the user whose tasks these are. The default is "me", the user whom the
// token names.
func WithUser(id string) Option { return func(s *settings) { s.user = id } }

// WithHTTPClient sets the HTTP client, for example one with a proxy. Its own Timeout should be zero,
// because it would cut off an export. Redirects are not followed, unless its CheckRedirect is set: the
// API has none, and a write would become a read of another address.
func WithHTTPClient(client *http.Client) Option {
	return func(s *settings) {
		if client == nil {
			s.err = invalid("the HTTP client is nil")
			return
		}
		s.http = client
		if client.CheckRedirect == nil {
			copied := *client
			copied.CheckRedirect = defaultHTTP.CheckRedirect
			s.http = &copied
		}
	}
}

// WithTimeout sets how long one attempt may take, besides the Wait of its parameters, and during an export, how long the server may be
// silent. The default is [DefaultTimeout]; zero means no limit. The context of a call limits all its
// attempts together.
func WithTimeout(limit time.Duration) Option { return func(s *settings) { s.timeout = limit } }

// WithMaxRetries sets how many times a call is repeated at most. The default is
// [DefaultMaxRetries]; zero means never.
func WithMaxRetries(n int) Option { return func(s *settings) { s.maxRetries = n } }

// WithHeader sets a header field of the request.
func WithHeader(name, value string) Option {
	return func(s *settings) {
		if !fieldName.MatchString(name) || strings.ContainsFunc(value, isControl) {
			s.err = invalid("%s has invalid characters in its name or value", strconv.Quote(name))
			return
		}
		s.header.Set(name, value)
	}
}

// A token (RFC 9110, section 5.6.2).
var fieldName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

func isControl(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }

// checkToken returns a token without the white space around it. No error contains the token.
func checkToken(token string) (string, error) {
	token = strings.TrimSpace(token)
	if token == "" {
		return "", invalid("the token is empty")
	}
	if strings.ContainsFunc(token, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return "", invalid("the token has invalid characters")
	}
	return token, nil
}

// WithIdempotencyKey sets the key of a write, instead of a random one for each call. A write with the
// key of an earlier one is not executed again, but returns the earlier result, for 24 hours.
func WithIdempotencyKey(key string) Option { return WithHeader("Idempotency-Key", key) }

// WithRequestID sets the id of the request, a UUID, under which the server logs it.
func WithRequestID(id string) Option { return WithHeader("X-Request-Id", id) }

// IfMatch makes a call conditional: it fails with [ErrPreconditionFailed] unless the task has this
// entity tag, for example [Task.ETag] or [Response.ETag].
func IfMatch(etag string) Option { return WithHeader("If-Match", etag) }

// IfMatchVersion is [IfMatch] with the version of a task, for example [Task.Version].
func IfMatchVersion(version int) Option { return IfMatch(etagOf(version)) }

// IfNoneMatchVersion is [IfNoneMatch] with the version of a task.
func IfNoneMatchVersion(version int) Option { return IfNoneMatch(etagOf(version)) }

// IfNoneMatch makes a read conditional: while the task or the page has this entity tag, the call
// returns nil without an error, and [Response.NotModified] is true.
func IfNoneMatch(etag string) Option { return WithHeader("If-None-Match", etag) }

// WithResponse stores the status and the header fields of the last response in response.
func WithResponse(response *Response) Option { return func(s *settings) { s.response = response } }

// Response is what a response has besides its body.
type Response struct {
	// StatusCode is zero if no response has arrived.
	StatusCode int
	Header     http.Header
}

// ETag returns the entity tag, to be sent with [IfMatch] or [IfNoneMatch].
func (r Response) ETag() string { return r.Header.Get("ETag") }

// RequestID returns the id under which the server logged the request.
func (r Response) RequestID() string { return r.Header.Get("X-Request-Id") }

// Change returns the id of the change that the call has made, for [Client.UndoChange]. It is empty if
// the call has changed nothing.
func (r Response) Change() string { return r.Header.Get("Change") }

// NotModified reports whether the response to a conditional read was 304.
func (r Response) NotModified() bool { return r.StatusCode == http.StatusNotModified }

// Replayed reports whether this is the stored result of an earlier request with the same key.
func (r Response) Replayed() bool { return r.Header.Get("Idempotency-Replayed") == "true" }
