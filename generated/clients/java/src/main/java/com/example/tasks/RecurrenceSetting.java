// Generated from the contract. Do not edit.
package com.example.tasks;

/**
 * How the task recurs, or {@code null}. It needs {@code due}. A subtask, or a completed task, cannot recur,
 * nor can a reopened task while another task of its series recurs. When absent, {@code anchor} is {@code
 * schedule} and {@code missed} is {@code skip}; a partial update keeps what they were, but always needs
 * {@code rrule}: send the present one to change only {@code anchor} or {@code missed}.
 */
public final class RecurrenceSetting extends JsonBody {
    /**
     * Creates it with what is required.
     *
     * @param rrule A rule of RFC 5545 (section 3.3.10): {@code FREQ} from {@code DAILY} to {@code YEARLY},
     *     with {@code INTERVAL}, {@code BYDAY}, {@code BYMONTHDAY}, {@code BYMONTH}, {@code BYSETPOS},
     *     {@code WKST}, and {@code COUNT} or {@code UNTIL}. {@code UNTIL} is the last day, such as {@code
     *     20261231}. Parts may be in any order and letter case, and {@code RRULE:} may precede them. Every
     *     other part, and a rule without a date in the 100 years after {@code due}, is refused. The response
     *     has the rule in its canonical spelling, with the days and months that it takes from {@code due}.
     */
    public RecurrenceSetting(String rrule) {
        put("rrule", rrule);
    }

    /**
     * What the next occurrence counts from: {@code schedule}, the dates of the rule since {@code due}, or
     * {@code completion}, the day on which the task is completed.
     */
    public RecurrenceSetting anchor(RecurrenceAnchor anchor) {
        put("anchor", textOf(anchor));
        return this;
    }

    /**
     * What happens to occurrences that have passed when a task is completed late, with the anchor {@code
     * schedule}. {@code skip}: the next task is due after the day of completion. {@code keep}: the next task
     * is due on the next date after {@code due}, although it may have passed. It has no effect with the
     * anchor {@code completion}.
     */
    public RecurrenceSetting missed(RecurrenceMissed missed) {
        put("missed", textOf(missed));
        return this;
    }
}
