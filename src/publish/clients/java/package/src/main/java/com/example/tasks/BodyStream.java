package com.example.tasks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A body as it arrives. The streams of java.net.http wait for ever for the next bytes; this has a time-out. */
final class BodyStream extends InputStream implements Flow.Subscriber<List<ByteBuffer>> {
    /** The largest result is a page of 500 changes, which has about 7 MB. */
    static final int MAX_BODY = 64 << 20;

    /** What arrived: buffers, an error, or {@link #END}. At most one at a time, because each is requested. */
    private final BlockingQueue<Object> arrived = new LinkedBlockingQueue<>();

    private static final Object END = new Object();

    private final Call call;
    private final Duration timeout;
    private final long deadline;
    private volatile Flow.Subscription subscription;
    private List<ByteBuffer> buffers = List.of();
    private boolean ended;
    private volatile boolean closed;

    /** {@code deadline} is the value of {@link System#nanoTime} until which a whole body must be here. */
    BodyStream(Call call, Flow.Publisher<List<ByteBuffer>> publisher, Duration timeout, long deadline) {
        this.call = call;
        this.timeout = timeout;
        this.deadline = deadline;
        publisher.subscribe(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        if (closed) given.cancel();
        else given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> item) {
        arrived.add(item);
    }

    @Override
    public void onError(Throwable error) {
        arrived.add(error);
    }

    @Override
    public void onComplete() {
        arrived.add(END);
    }

    /** Reads the whole body, until the deadline. One of more than {@link #MAX_BODY} bytes is not read to its end. */
    byte[] readAll() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (advance(deadline - System.nanoTime())) {
            for (ByteBuffer buffer : buffers) {
                byte[] bytes = new byte[buffer.remaining()];
                buffer.get(bytes);
                all.writeBytes(bytes);
            }
            if (all.size() > MAX_BODY) close();
        }
        return all.toByteArray();
    }

    /** Waits until a buffer has bytes; returns false at the end of the body. */
    @SuppressWarnings("unchecked")
    private boolean advance(long nanoseconds) {
        while (!ended && buffers.stream().noneMatch(ByteBuffer::hasRemaining)) {
            Object next = poll(nanoseconds);
            if (next == END) {
                ended = true;
            } else if (next instanceof Throwable error) {
                ended = true;
                throw call.lost(error);
            } else {
                buffers = (List<ByteBuffer>) next;
                subscription.request(1);
            }
        }
        return !ended || buffers.stream().anyMatch(ByteBuffer::hasRemaining);
    }

    private Object poll(long nanoseconds) {
        try {
            Object next = arrived.poll(nanoseconds, TimeUnit.NANOSECONDS);
            if (next != null) return next;
        } catch (InterruptedException error) {
            close();
            Thread.currentThread().interrupt();
            throw new TasksException(call.name() + ": interrupted", error);
        }
        close();
        throw call.timedOut(timeout);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) {
        if (length == 0) return 0;
        if (!advance(timeout.toNanos())) return -1;
        for (ByteBuffer buffer : buffers) {
            if (!buffer.hasRemaining()) continue;
            int count = Math.min(length, buffer.remaining());
            buffer.get(to, offset, count);
            return count;
        }
        throw new IllegalStateException();
    }

    @Override
    public void close() {
        ended = true;
        closed = true;
        buffers = List.of();
        if (subscription != null) subscription.cancel();
    }
}
