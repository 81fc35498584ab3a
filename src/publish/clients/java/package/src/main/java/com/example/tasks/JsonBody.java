package com.example.tasks;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** An object that clients send. It contains the fields that were set, null included, and no others. */
abstract class JsonBody {
    private final Map<String, Object> fields = new LinkedHashMap<>();

    /** Sets a field to a plain value of JSON: a string, a number, a boolean, null, a map or a list. */
    final void put(String name, Object value) {
        fields.put(name, value);
    }

    final Map<String, Object> fields() {
        return Collections.unmodifiableMap(fields);
    }

    /** The fields of {@code body}, as a value for {@link #put}. */
    static Map<String, Object> fieldsOf(Object body) {
        return body == null ? null : ((JsonBody) body).fields();
    }

    static String textOf(Object value) {
        return value == null ? null : value.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other != null && other.getClass() == getClass() && ((JsonBody) other).fields.equals(fields);
    }

    @Override
    public int hashCode() {
        return fields.hashCode();
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + fields;
    }
}
