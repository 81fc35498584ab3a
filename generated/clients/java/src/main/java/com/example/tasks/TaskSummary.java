// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * Counts of the user's tasks.
 *
 * @param open The number of open tasks.
 * @param completed The number of completed tasks.
 * @param overdue The number of open tasks that are overdue at {@code overdue_at}, or {@code null} without
 *     it.
 * @param withoutDue The number of open tasks whose {@code due} is {@code null}.
 * @param byPriority The number of open tasks of each priority.
 * @param byLabel The labels of open tasks, the most frequent first: the 100 most frequent, if there are
 *     more. Labels that are equal apart from letter case are one, in the spelling that most open tasks have.
 *     {@code listLabels} has all labels.
 * @param byList The lists that have open tasks, in their manual order, and first the inbox if it has any.
 *     Subtasks count as tasks of the list of their parent.
 * @param partial Whether the user has more tasks than are counted. Then each count is a minimum.
 */
public record TaskSummary(
        long open,
        long completed,
        Long overdue,
        long withoutDue,
        PriorityCounts byPriority,
        List<OpenLabelCount> byLabel,
        List<OpenListCount> byList,
        boolean partial) {
    static TaskSummary from(JsonNode json) {
        return new TaskSummary(
                Json.field(json, "open", false, Json::integer),
                Json.field(json, "completed", false, Json::integer),
                Json.field(json, "overdue", true, Json::integer),
                Json.field(json, "without_due", false, Json::integer),
                Json.field(json, "by_priority", false, PriorityCounts::from),
                Json.field(json, "by_label", false, value -> Json.list(value, OpenLabelCount::from)),
                Json.field(json, "by_list", false, value -> Json.list(value, OpenListCount::from)),
                Json.field(json, "partial", false, Json::bool));
    }
}
