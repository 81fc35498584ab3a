// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * How the task recurs, or {@code null}. Completing the task moves it to the task of the next occurrence.
 *
 * @param rrule A rule of RFC 5545 (section 3.3.10): {@code FREQ} from {@code DAILY} to {@code YEARLY}, with
 *     {@code INTERVAL}, {@code BYDAY}, {@code BYMONTHDAY}, {@code BYMONTH}, {@code BYSETPOS}, {@code WKST},
 *     and {@code COUNT} or {@code UNTIL}. {@code UNTIL} is the last day, such as {@code 20261231}. Parts may
 *     be in any order and letter case, and {@code RRULE:} may precede them. Every other part, and a rule
 *     without a date in the 100 years after {@code due}, is refused. The response has the rule in its
 *     canonical spelling, with the days and months that it takes from {@code due}.
 * @param anchor What the next occurrence counts from: {@code schedule}, the dates of the rule since {@code
 *     due}, or {@code completion}, the day on which the task is completed.
 * @param missed What happens to occurrences that have passed when a task is completed late, with the anchor
 *     {@code schedule}. {@code skip}: the next task is due after the day of completion. {@code keep}: the
 *     next task is due on the next date after {@code due}, although it may have passed. It has no effect
 *     with the anchor {@code completion}.
 */
public record Recurrence(
        String rrule,
        RecurrenceAnchor anchor,
        RecurrenceMissed missed) {
    static Recurrence from(JsonNode json) {
        return new Recurrence(
                Json.field(json, "rrule", false, Json::string),
                Json.field(json, "anchor", false, RecurrenceAnchor::from),
                Json.field(json, "missed", false, RecurrenceMissed::from));
    }
}
