package tasks

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
)

// ErrIncompleteExport is the error of an export that ends without its last line: it was cut off on
// the way, or has lines after its last.
var ErrIncompleteExport = errors.New("tasks: the export was cut off")

var errConditionalPages = invalid("IfNoneMatch applies to one page: use the method of a single page")

// A line has one task, whose text has at most some thousand characters.
const maxLine = 16 << 20

// pages calls fetch with an empty cursor, then with the cursor of each next page, which next
// returns, until that is empty.
func pages[P any](fetch func(cursor string) (*P, error), next func(*P) string) iter.Seq2[*P, error] {
	return func(yield func(*P, error) bool) {
		for cursor, first := "", true; first || cursor != ""; first = false {
			page, err := fetch(cursor)
			if err == nil && page == nil {
				err = errConditionalPages
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(page, nil) {
				return
			}
			cursor = next(page)
		}
	}
}

// items returns the items of all pages.
func items[P, T any](all iter.Seq2[*P, error], of func(*P) []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for page, err := range all {
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range of(page) {
				if !yield(item, nil) {
					return
				}
			}
		}
	}
}

// export returns the lines of an export as they arrive; the last line, which is checked, is not one
// of them.
func (c *Client) export(ctx context.Context, r request, options []Option) iter.Seq2[ExportLine, error] {
	return func(yield func(ExportLine, error) bool) {
		response, err := c.send(ctx, r, options)
		if err != nil {
			yield(nil, err)
			return
		}
		defer response.close()
		lines := bufio.NewScanner(response.stream)
		lines.Buffer(nil, maxLine)
		lines.Split(scanWholeLines)
		var arrived ExportEnd
		var ended bool
		for lines.Scan() {
			if ended {
				yield(nil, fmt.Errorf("%w: there are lines after its last", ErrIncompleteExport))
				return
			}
			line, err := decodeExportLine(lines.Bytes())
			if err != nil {
				yield(nil, fmt.Errorf("%w: %w", ErrIncompleteExport, err))
				return
			}
			switch line := line.(type) {
			case ExportedList:
				arrived.Lists++
			case ExportedTask:
				arrived.Tasks++
			case ExportEnd:
				if line.Lists != arrived.Lists || line.Tasks != arrived.Tasks {
					yield(nil, fmt.Errorf("%w: %s arrived of %s", ErrIncompleteExport, counted(arrived), counted(line)))
					return
				}
				ended = true
				continue
			}
			if !yield(line, nil) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(nil, fmt.Errorf("%w after %s: %w", ErrIncompleteExport, counted(arrived), err))
			return
		}
		if !ended {
			yield(nil, fmt.Errorf("%w after %s", ErrIncompleteExport, counted(arrived)))
		}
	}
}

func counted(of ExportEnd) string { return fmt.Sprintf("%d lists and %d tasks", of.Lists, of.Tasks) }

// tasksIn returns the tasks of an export.
func tasksIn(lines iter.Seq2[ExportLine, error]) iter.Seq2[Task, error] {
	return func(yield func(Task, error) bool) {
		for line, err := range lines {
			if err != nil {
				yield(Task{}, err)
				return
			}
			if exported, ok := line.(ExportedTask); ok && !yield(exported.Task, nil) {
				return
			}
		}
	}
}

// scanWholeLines is [bufio.ScanLines], except that a last line without its end is an error.
func scanWholeLines(data []byte, atEOF bool) (int, []byte, error) {
	if atEOF && len(data) > 0 && bytes.IndexByte(data, '\n') < 0 {
		return 0, nil, io.ErrUnexpectedEOF
	}
	return bufio.ScanLines(data, atEOF)
}

// decodeObject decodes text into fields. It must have the required names; null is for those with a
// question mark.
func decodeObject(text []byte, fields any, required ...string) error {
	var given map[string]json.RawMessage
	if err := json.Unmarshal(text, &given); err != nil {
		return err
	}
	for _, name := range required {
		name, canBeNull := strings.CutSuffix(name, "?")
		value, isGiven := given[name]
		if !isGiven || !canBeNull && string(value) == "null" {
			return fmt.Errorf("it has no %s", name)
		}
	}
	return json.Unmarshal(text, fields)
}

// textOf returns a value for people to read.
func textOf(name string, value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return name
	}
	return name + string(text)
}

// tagOf returns the value of the field that distinguishes the members of a union.
func tagOf(text []byte, name string) (string, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(text, &fields); err != nil {
		return "", err
	}
	var tag string
	err := json.Unmarshal(fields[name], &tag)
	return tag, err
}

// decodeAs decodes text as a T and returns it as a U, a union that T belongs to.
func decodeAs[T, U any](text []byte) (U, error) {
	var value T
	err := json.Unmarshal(text, &value)
	union, _ := any(value).(U)
	return union, err
}

// decodeAll decodes a list of the members of a union.
func decodeAll[U any](text []byte, decode func([]byte) (U, error)) ([]U, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		return nil, err
	}
	values := make([]U, len(raw))
	for i, item := range raw {
		value, err := decode(item)
		if err != nil {
			return nil, err
		}
		values[i] = value
	}
	return values, nil
}
