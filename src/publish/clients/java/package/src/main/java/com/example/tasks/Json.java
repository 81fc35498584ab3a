package com.example.tasks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.io.EOFException;
import java.io.IOException;
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

/** Reads and writes JSON. Fields that are not asked for are ignored; those of another type are refused. */
final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.WRITE_ENUMS_USING_TO_STRING)
            .addModule(new SimpleModule()
                    .addSerializer(Instant.class, ToStringSerializer.instance)
                    .addSerializer(LocalDate.class, ToStringSerializer.instance))
            .build();

    private Json() {}

    /** Throws an {@link EOFException} if the text is empty or ends too early, otherwise another exception. */
    static JsonNode parse(byte[] text) throws IOException {
        try {
            JsonNode value = MAPPER.readTree(text);
            if (value == null || value.isMissingNode()) throw new EOFException("the response is empty");
            return value;
        } catch (JsonEOFException error) {
            throw new EOFException("the response is cut off");
        } catch (JsonProcessingException error) {
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

    /** Returns the text of a record, with the names that the contract has. */
    static String text(Object value) {
        return new String(write(value), java.nio.charset.StandardCharsets.UTF_8);
    }

    private static JsonNode checked(JsonNode value, boolean isRight) {
        if (isRight) return value;
        throw new IllegalArgumentException("a field is of another type");
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
        for (JsonNode item : checked(array, array.isArray())) items.add(read.apply(item));
        return Collections.unmodifiableList(items);
    }

    static <T> Map<String, T> map(JsonNode object, Function<JsonNode, T> read) {
        Map<String, T> entries = new LinkedHashMap<>();
        checked(object, object.isObject()).fieldNames().forEachRemaining(name -> {
            JsonNode value = object.get(name);
            entries.put(name, value.isNull() ? null : read.apply(value));
        });
        return Collections.unmodifiableMap(entries);
    }

    static String string(JsonNode value) {
        return checked(value, value.isTextual()).asText();
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
        return checked(value, value.isIntegralNumber()).longValue();
    }

    static Double number(JsonNode value) {
        return checked(value, value.isNumber()).doubleValue();
    }

    static Boolean bool(JsonNode value) {
        return checked(value, value.isBoolean()).booleanValue();
    }

    /** A string or a whole number. */
    static Object any(JsonNode value) {
        return value.isNumber() ? (Object) value.longValue() : value.asText();
    }
}
