// Generated from the contract. Do not edit.
package com.example.tasks;

/**
 * The new name of a label.
 */
public final class LabelRename extends JsonBody {
    /**
     * Creates it with what is required.
     *
     * @param label A label. White space at its start and end is removed, and its characters are composed
     *     (Unicode NFC) before its length is checked. It has no comma and no control characters. Letter case
     *     is compared character by character: {@code ß} is not {@code ss}, and {@code İ} is {@code i}.
     * @param newLabel The new label, or {@code null} to remove the label from all tasks. It is written like
     *     the labels of a task.
     */
    public LabelRename(String label, String newLabel) {
        put("label", label);
        put("new_label", newLabel);
    }

    /**
     * The {@code next_cursor} of the previous request, with the same labels.
     */
    public LabelRename cursor(String cursor) {
        put("cursor", cursor);
        return this;
    }
}
