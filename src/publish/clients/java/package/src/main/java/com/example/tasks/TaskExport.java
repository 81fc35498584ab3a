package com.example.tasks;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The tasks of an export as they arrive, to be read once. Close it if you do not read it to its end. Reading throws an
 * {@link IncompleteExportException} if the export was cut off.
 */
public final class TaskExport implements Iterable<Task>, Iterator<Task>, AutoCloseable {
    /** No line has as many bytes: a task has at most a tenth of it. */
    private static final int MAX_LINE = 4 << 20;

    private final Call call;
    private final BodyStream body;
    private final InputStream bytes;
    private Task next;
    private final List<TaskList> lists = new ArrayList<>();
    private long count;
    private boolean ended;

    TaskExport(Call call, BodyStream body) {
        this.call = call;
        this.body = body;
        this.bytes = new BufferedInputStream(body);
    }

    @Override
    public Iterator<Task> iterator() {
        return this;
    }

    /** The lists, which come before the tasks: all of them from the first task on, or at the end. */
    public List<TaskList> lists() {
        return Collections.unmodifiableList(lists);
    }

    /** The tasks as a stream. Closing the stream closes the export. */
    public Stream<Task> stream() {
        int order = Spliterator.ORDERED | Spliterator.NONNULL;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(this, order), false).onClose(this::close);
    }

    @Override
    public boolean hasNext() {
        while (next == null && !ended) {
            try {
                readLine();
            } catch (IOException | RuntimeException error) {
                ended = true;
                close();
                throw error instanceof IncompleteExportException known ? known : cutOff(error);
            }
        }
        return next != null;
    }

    @Override
    public Task next() {
        if (!hasNext()) throw new NoSuchElementException();
        Task task = next;
        next = null;
        return task;
    }

    @Override
    public void close() {
        ended = true;
        body.close();
    }

    private void readLine() throws IOException {
        ExportLine line = ExportLine.from(Json.parse(nextLine()));
        if (line instanceof ExportedList exported) {
            lists.add(exported.list());
        } else if (line instanceof ExportedTask exported) {
            next = exported.task();
            count++;
        } else if (line instanceof ExportEnd end) {
            ended = true;
            boolean isWhole = end.tasks() == count && end.lists() == lists.size();
            if (!isWhole || bytes.read() >= 0) throw cutOff(null);
        }
    }

    /** Returns the next line without its line feed; throws if the body ends before that. */
    private byte[] nextLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = bytes.read(); next != '\n'; next = bytes.read()) {
            if (next < 0 || line.size() == MAX_LINE) throw cutOff(null);
            line.write(next);
        }
        return line.toByteArray();
    }

    private IncompleteExportException cutOff(Throwable cause) {
        String reason = cause == null ? "" : ": " + cause.getMessage();
        String message = call.name() + ": the export was cut off after " + count + " tasks" + reason;
        return new IncompleteExportException(message, cause);
    }
}
