// An example of each kind of problem, and the section of the documentation that explains what it is
// about.
import { type Problem, type ProblemDocument, type ProblemSlug, problems } from '../contract/problem.ts';

const requestId = '0b7b35d1-3c3c-4a3b-9d0b-0a4b3a2f9c11';

const faults = [
  { loc: ['body', 'title'], msg: 'is required', type: 'required' },
  { loc: ['body', 'colour'], msg: 'is not a known field', type: 'additionalProperties' },
];

const newer = {
  loc: ['body', 'operations', 3, 'if_version'],
  msg: 'the task has version 7',
  type: 'version_mismatch',
};

const later = {
  loc: ['tasks', '3f0c2c9e-8a55-4d0e-9a3c-52f8a2f0a1b7'],
  msg: 'was changed later, by the change 63',
  type: 'changed_since',
};

/** The problem as the service throws it, and the section's id. One without does not compile. */
const about: Readonly<Record<ProblemSlug, readonly [problem: Problem, section: string]>> = {
  'malformed-request': [problems.malformed('The request body is not valid JSON'), 'conventions'],
  'not-authenticated': [problems.invalidToken(), 'getting-started'],
  'insufficient-scope': [problems.insufficientScope('tasks:write'), 'scopes'],
  'quota-exceeded': [problems.quotaExceeded(), 'limits'],
  'history-off': [problems.historyOff(), 'history-and-undo'],
  'not-found': [problems.notFound(), 'ownership'],
  'method-not-allowed': [problems.methodNotAllowed(''), 'conventions'],
  'not-acceptable': [problems.notAcceptable(['application/json', 'text/event-stream']), 'listTaskChanges'],
  'request-timeout': [problems.requestTimeout(), 'limits'],
  'idempotency-in-progress': [problems.idempotencyInProgress(), 'retries-and-idempotency'],
  'erasure-in-progress': [problems.erasureInProgress(), 'deleteUserData'],
  'id-taken': [problems.idTaken(), 'createTask'],
  'not-empty': [problems.notEmpty('list'), 'lists-subtasks-and-order'],
  'change-limit-reached': [problems.changeLimitReached(), 'limits'],
  'changed-since': [problems.changedSince([later]), 'history-and-undo'],
  'already-undone': [problems.alreadyUndone(64n), 'history-and-undo'],
  'change-token-expired': [problems.changeTokenExpired(), 'sync'],
  'precondition-failed': [problems.preconditionFailed('"2"'), 'concurrent-changes'],
  'payload-too-large': [problems.payloadTooLarge('100 kB'), 'limits'],
  'unsupported-media-type': [
    problems.unsupportedMediaType('Send the body as application/json in UTF-8', {}),
    'conventions',
  ],
  'validation-error': [problems.invalid(faults), 'conventions'],
  'batch-not-applicable': [problems.batchNotApplicable([newer]), 'applyTaskBatch'],
  'idempotency-key-reused': [problems.idempotencyKeyReused(), 'retries-and-idempotency'],
  'too-many-requests': [problems.tooManyRequests(1), 'rate-limits'],
  'header-fields-too-large': [problems.headersTooLarge(), 'limits'],
  'internal-error': [problems.internal(null), 'errors'],
  'service-unavailable': [problems.unavailable(), 'retries-and-idempotency'],
};

export const exampleOf = (slug: ProblemSlug): ProblemDocument => about[slug][0].toDocument(requestId);

/** The id of the section in the documentation. */
export const sectionOf = (slug: ProblemSlug): string => about[slug][1];
