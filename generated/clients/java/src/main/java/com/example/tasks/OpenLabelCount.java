// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A label, and how many open tasks have it.
 *
 * @param label A label. White space at its start and end is removed, and its characters are composed
 *     (Unicode NFC) before its length is checked. It has no comma and no control characters. Letter case is
 *     compared character by character: {@code ß} is not {@code ss}, and {@code İ} is {@code i}.
 * @param open The number of open tasks with the label.
 */
public record OpenLabelCount(
        String label,
        long open) {
    static OpenLabelCount from(JsonNode json) {
        return new OpenLabelCount(
                Json.field(json, "label", false, Json::string),
                Json.field(json, "open", false, Json::integer));
    }
}
