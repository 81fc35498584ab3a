// Generated from the contract. Do not edit.
package com.example.tasks;

import java.util.UUID;

/**
 * Moves the task or list in the manual order: exactly one of the four. {@code before} and {@code after} name
 * another task (or list) of the user. Tasks of all lists have one order: the first place is also the first
 * one of the task's list.
 */
public final class Place extends JsonBody {
    /**
     * Creates it with what is required.
     */
    public Place() {
    }

    /**
     * Before all others.
     */
    public Place first(boolean first) {
        put("first", first);
        return this;
    }

    /**
     * After all others.
     */
    public Place last(boolean last) {
        put("last", last);
        return this;
    }

    /**
     * Directly before the one with this id.
     */
    public Place before(UUID before) {
        put("before", textOf(before));
        return this;
    }

    /**
     * Directly after the one with this id.
     */
    public Place after(UUID after) {
        put("after", textOf(after));
        return this;
    }
}
