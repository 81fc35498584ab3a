// The rules that a fault of a problem can name in its `type`: keywords of JSON Schema, and names of
// this API.

/** The meaning of each rule, as the page about validation errors shows it. */
export const faultRules: Readonly<Record<string, string>> = {
  required: 'The field or parameter is missing.',
  additionalProperties: 'There is no field or parameter of this name.',
  type: 'The value has another JSON type, or is not spelled as a value of the type.',
  enum: 'The value is none of those that msg lists.',
  format: 'The value is not a valid UUID, date or date-time.',
  pattern: 'The text, or the name in an object, does not have the form that msg describes.',
  minLength: 'The text is too short. Surrounding white space may not count.',
  maxLength: 'The text is too long, in characters (code points).',
  'x-text': 'The text contains NUL or a lone surrogate, which cannot be stored.',
  minimum: 'The number is too small.',
  maximum: 'The number is too large.',
  minItems: 'The list has too few items.',
  maxItems: 'The list has too many items. Its items have not been checked.',
  uniqueItems: 'The list contains a label twice, perhaps in other letter case.',
  minProperties: 'The object has too few fields: a change needs at least one.',
  maxProperties:
    'The object has too many fields, the metadata too many names, or the query too many parameters.',
  maxValues: 'The body has too many values, or they are nested too deep.',
  repeated: 'The header field came more than once.',
  reused: 'The idempotency key was used for another request.',
  moment: 'The date does not exist or cannot be stored, or the zone is not one that the service knows.',
  rrule: 'The recurrence rule has parts that the service does not support, or no further dates.',
  recurrence: 'Only an open task that has a due date, and is not a subtask, can recur.',
  id_taken: 'An operation of a batch creates a task or list with an id that is in use, or was not long ago.',
  change_limit: 'An operation of a batch changes a task or list that has changed as often as it can.',
  not_found: 'A task or list that the request names does not exist, or another user owns it.',
  not_empty:
    'An operation of a batch deletes a task that has subtasks, without children, or a list that has tasks.',
  parent: 'The task cannot be a subtask of that task, or cannot be in another list than its parent.',
  place: 'A task or list is placed before or after itself, or too much was moved there and no room is left.',
  quota_exceeded: 'An operation of a batch creates more than the user can have, such as a list beyond 500.',
  version_mismatch: 'An operation of a batch expects another version of the task or list.',
};
