package com.example.tasks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/** Reads and writes JSON. Fields that are not asked for are ignored. */
final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    static JsonNode parse(byte[] text) {
        try {
            return MAPPER.readTree(text);
        } catch (java.io.IOException error) {
            // Jackson's own message quotes the text, which may be long and private.
            throw new IllegalArgumentException("it is not JSON");
        }
    }

    static byte[] write(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException error) {
            throw new IllegalArgumentException(error);
        }
    }

    /** Reads a field, which may be absent or null only if it is optional. */
    static <T> T field(JsonNode object, String name, boolean optional, Function<JsonNode, T> read) {
        JsonNode value = object.get(name);
        if (value != null && !value.isNull()) return read.apply(value);
        if (optional) return null;
        throw new IllegalArgumentException("it has no " + name);
    }

    static <T> List<T> list(JsonNode array, Function<JsonNode, T> read) {
        List<T> items = new ArrayList<>(array.size());
        for (JsonNode item : array) items.add(read.apply(item));
        return Collections.unmodifiableList(items);
    }

    static <T> Map<String, T> map(JsonNode object, Function<JsonNode, T> read) {
        Map<String, T> entries = new LinkedHashMap<>();
        object.fieldNames().forEachRemaining(name -> {
            JsonNode value = object.get(name);
            entries.put(name, value.isNull() ? null : read.apply(value));
        });
        return Collections.unmodifiableMap(entries);
    }

    static String string(JsonNode value) {
        return value.asText();
    }

    static UUID uuid(JsonNode value) {
        return UUID.fromString(value.asText());
    }

    static Instant instant(JsonNode value) {
        return OffsetDateTime.parse(value.asText()).toInstant();
    }

    static LocalDate date(JsonNode value) {
        return LocalDate.parse(value.asText());
    }

    static Long integer(JsonNode value) {
        return value.longValue();
    }

    static Double number(JsonNode value) {
        return value.doubleValue();
    }

    static Boolean bool(JsonNode value) {
        return value.booleanValue();
    }

    /** A string or a whole number. */
    static Object any(JsonNode value) {
        return value.isNumber() ? (Object) value.longValue() : value.asText();
    }
}
