// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.LocalDate;

/**
 * Which occurrence of its series this task is, or {@code null} if it is in no series.
 *
 * @param start The day from which the rule counts: the date of {@code due} when the series, or another rule,
 *     began.
 * @param date The day for which the series has this task. It stays when {@code due} is changed.
 * @param number The number of the occurrence, from 1. {@code COUNT} in the rule limits it.
 */
public record Occurrence(
        LocalDate start,
        LocalDate date,
        long number) {
    static Occurrence from(JsonNode json) {
        return new Occurrence(
                Json.field(json, "start", false, Json::date),
                Json.field(json, "date", false, Json::date),
                Json.field(json, "number", false, Json::integer));
    }
}
