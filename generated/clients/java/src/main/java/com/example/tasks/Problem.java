// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * A problem document (RFC 9457). With status 422, it always has {@code errors}.
 *
 * @param type The kind of problem: a path that ends in its name, which never changes. If clients reach the
 *     server below a path prefix, the path begins with it.
 * @param title The name of the kind of problem, in words.
 * @param status The HTTP status.
 * @param detail What went wrong with this request, for people to read.
 * @param instance The request id as a URN.
 * @param errors The faults of the request, up to 100, with status 422; with {@code changed-since}, what was
 *     changed.
 */
public record Problem(
        String type,
        String title,
        long status,
        String detail,
        String instance,
        List<Fault> errors) {
    static Problem from(JsonNode json) {
        return new Problem(
                Json.field(json, "type", false, Json::string),
                Json.field(json, "title", false, Json::string),
                Json.field(json, "status", false, Json::integer),
                Json.field(json, "detail", false, Json::string),
                Json.field(json, "instance", false, Json::string),
                Json.field(json, "errors", true, value -> Json.list(value, Fault::from)));
    }
}
