package tasks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
)

// Optional is a field of a request that may be absent. Its zero value is absent; [Set] and [Null]
// return the others.
type Optional[T any] struct {
	value T
	state state
}

type state int8

const (
	absent state = iota
	null
	present
)

// Set returns a field with a value, which may be false, 0 or "".
func Set[T any](value T) Optional[T] { return Optional[T]{value, present} }

// Null returns a field that is null, which clears it.
func Null[T any]() Optional[T] { return Optional[T]{state: null} }

// Get returns the value, and whether there is one.
func (o Optional[T]) Get() (T, bool) { return o.value, o.state == present }

// IsNull reports whether the field is null.
func (o Optional[T]) IsNull() bool { return o.state == null }

// IsZero reports whether the field is absent. JSON leaves it out then.
func (o Optional[T]) IsZero() bool { return o.state == absent }

// MarshalJSON implements [json.Marshaler].
func (o Optional[T]) MarshalJSON() ([]byte, error) {
	if o.state != present {
		return []byte("null"), nil
	}
	// The contract has lists and maps, which are empty rather than null.
	switch value := reflect.ValueOf(&o.value).Elem(); {
	case value.Kind() == reflect.Slice && value.IsNil():
		return []byte("[]"), nil
	case value.Kind() == reflect.Map && value.IsNil():
		return []byte("{}"), nil
	}
	return json.Marshal(o.value)
}

// String returns the value, "null" or "absent".
func (o Optional[T]) String() string {
	switch o.state {
	case present:
		return fmt.Sprint(o.value)
	case null:
		return "null"
	default:
		return "absent"
	}
}

// UnmarshalJSON implements [json.Unmarshaler].
func (o *Optional[T]) UnmarshalJSON(text []byte) error {
	if bytes.Equal(text, []byte("null")) {
		*o = Null[T]()
		return nil
	}
	o.state = present
	return json.Unmarshal(text, &o.value)
}

// ETag returns the entity tag of this version of the task, for [IfMatch] and [IfNoneMatch].
func (t Task) ETag() string { return etagOf(t.Version) }

// ETag returns the entity tag of this version of the list, for [IfMatch] and [IfNoneMatch].
func (l TaskList) ETag() string { return etagOf(l.Version) }

func etagOf(version int) string { return strconv.Quote(strconv.Itoa(version)) }
