// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * One fault of a request.
 *
 * @param loc The place: {@code body}, {@code query}, {@code path} or {@code header}, then the field, with
 *     indexes for the items of lists. Names of more than 100 characters are shortened. With {@code
 *     changed-since}: {@code tasks} or {@code lists}, then the id.
 * @param msg What is wrong there.
 * @param type The violated rule: a keyword of JSON Schema, or a name of this API such as {@code not_found}.
 */
public record Fault(
        List<Object> loc,
        String msg,
        String type) {
    static Fault from(JsonNode json) {
        return new Fault(
                Json.field(json, "loc", false, value -> Json.list(value, Json::any)),
                Json.field(json, "msg", false, Json::string),
                Json.field(json, "type", false, Json::string));
    }

    /** The place of the fault, such as {@code body.title}. */
    public String place() {
        return loc.stream().map(String::valueOf).collect(java.util.stream.Collectors.joining("."));
    }
}
