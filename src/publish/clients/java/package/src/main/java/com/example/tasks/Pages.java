package com.example.tasks;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Items that come in pages, which are fetched as they are needed. It can be read more than once. */
public final class Pages<T> implements Iterable<T> {
    private final Iterable<T> items;

    private Pages(Iterable<T> items) {
        this.items = items;
    }

    @Override
    public Iterator<T> iterator() {
        return items.iterator();
    }

    /** The items as a stream. */
    public Stream<T> stream() {
        return StreamSupport.stream(spliterator(), false);
    }

    /** Pages, from that of the cursor null to the one after which {@code next} returns null. */
    static <P> Pages<P> of(Function<String, P> fetch, Function<P, String> next) {
        return new Pages<>(() -> new Iterator<>() {
            private String cursor;
            private boolean ended;

            @Override
            public boolean hasNext() {
                return !ended;
            }

            @Override
            public P next() {
                if (ended) throw new NoSuchElementException();
                P page = fetch.apply(cursor);
                if (page == null) {
                    throw new IllegalArgumentException("ifNoneMatch needs the method of a single page");
                }
                cursor = next.apply(page);
                ended = cursor == null;
                return page;
            }
        });
    }

    /** The items of all pages. */
    <I> Pages<I> items(Function<T, List<I>> of) {
        return new Pages<>(() -> new Iterator<>() {
            private final Iterator<T> pages = iterator();
            private Iterator<I> page = List.<I>of().iterator();

            @Override
            public boolean hasNext() {
                while (!page.hasNext() && pages.hasNext()) page = of.apply(pages.next()).iterator();
                return page.hasNext();
            }

            @Override
            public I next() {
                if (!hasNext()) throw new NoSuchElementException();
                return page.next();
            }
        });
    }
}
