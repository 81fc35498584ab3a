// The page at the address in a problem's `type`: what this kind of problem means, and what the
// caller can do about it.
import { catalogue, type ProblemSlug } from '../contract/problem.ts';
import { faultRules } from './fault-rules.ts';
import { exampleOf, sectionOf } from './problem-examples.ts';

/** The meaning, and what to do. A kind of problem without its text does not compile. */
const explanations: Readonly<Record<ProblemSlug, readonly [meaning: string, remedy: string]>> = {
  'malformed-request': [
    'The request could not be read: broken JSON, text that is not UTF-8, a broken percent-escape, a ' +
      'cursor of another list, or a body where none belongs.',
    'Read detail, correct the request and send it again. A cursor works only with the sort order and the ' +
      'filters of the page that it came from.',
  ],
  'not-authenticated': [
    'The request has no bearer token, or its token is not valid: it has expired, is signed with another ' +
      'key, or has no subject.',
    'Get a new token from your identity provider and send it as Authorization: Bearer <token>.',
  ],
  'insufficient-scope': [
    'The token is valid, but it does not contain the scope that the operation needs. Nothing has been looked up ' +
      'or changed.',
    'Ask your identity provider for a token with the scope in WWW-Authenticate, which detail also names. Your ' +
      'user may have to consent to it.',
  ],
  'quota-exceeded': [
    'You have as many of something, such as lists, as one user can have. Nothing has changed.',
    'Delete what you no longer need. detail has the number.',
  ],
  'history-off': [
    'The operator of this server has switched off the history, so changes cannot be listed or undone.',
    'Ask the operator to set HISTORY_DAYS. What was changed before then is not in the history.',
  ],
  'not-found': [
    'There is no such path, task or list, or it belongs to another user. The response is the same in both cases. ' +
      'Or the history does not have the change or the version that you want to undo or restore, or no longer has it.',
    'Check the address. user_id must be the subject of the token, or me.',
  ],
  'method-not-allowed': [
    'The path exists, but it does not take this method.',
    'Use one of the methods in the Allow header.',
  ],
  'not-acceptable': [
    'The Accept header of the request allows none of the media types in which the operation responds.',
    'Send an Accept header with one of the media types that detail names, or none.',
  ],
  'request-timeout': [
    'The request took too long to arrive, and the server has closed the connection.',
    'Send it again on a new connection.',
  ],
  'idempotency-in-progress': [
    'The first request with this idempotency key is still running.',
    'Send the same request with the same key again in a moment. The response is then that of the first request.',
  ],
  'erasure-in-progress': [
    'You have requested the deletion of all your data, and it is not finished. Nothing has changed.',
    'Send the same request again after the number of seconds in Retry-After. The server finishes the ' +
      'deletion in the background.',
  ],
  'id-taken': [
    'You have chosen the id of a new task or list, and you have one with this id, or had one that was deleted not long ago.',
    'Choose another id, or read the task or list: an earlier attempt to create it may have succeeded.',
  ],
  'not-empty': [
    'You want to delete a task that has subtasks, or a list that has tasks, and the request does not say what ' +
      'happens to them. Nothing has changed.',
    'Send children=delete or children=detach with a task, and tasks=delete or tasks=detach with a list.',
  ],
  'change-limit-reached': [
    'The task or list, or all that you have, has changed as often as the service can count. Nothing has changed.',
    'Create a copy of the task and delete this one. If creating a task fails as well, export all tasks, ' +
      'delete everything and create the tasks again.',
  ],
  'changed-since': [
    'A task or list that the change has written was changed later, or what it needs is no longer there: errors names ' +
      'them. Nothing was undone.',
    'Undo the later changes first, the newest first, or restore an earlier version of one task with restoreTask.',
  ],
  'already-undone': [
    'The change was undone before, by you or by another client. Nothing has changed.',
    'To have the change again, undo its undo, whose id is in detail and in the list of changes.',
  ],
  'change-token-expired': [
    'The change token is older than the deletions that the service remembers, so changes since then ' +
      'cannot be listed completely.',
    'Discard your copy of the tasks and start again without since.',
  ],
  'precondition-failed': [
    'The task or list has changed since you read it, so its entity tag does not meet If-Match or If-None-Match. ' +
      'Nothing was changed.',
    'Read it again, decide whether your change still makes sense, and send it with the current entity tag.',
  ],
  'payload-too-large': ['The request body is larger than the operation accepts.', 'Send less at once.'],
  'unsupported-media-type': [
    'The operation does not accept the media type, the character set or the content coding of the request body.',
    'Send JSON in UTF-8, without a content coding, with a Content-Type that detail names.',
  ],
  'validation-error': [
    'The request could be read, but breaks the contract. Nothing was changed.',
    'Each entry of errors names a place (loc), what is wrong there (msg) and the broken rule (type). ' +
      'Correct all of them and send the request again; unchanged, it will fail again.',
  ],
  'batch-not-applicable': [
    'One operation of the batch cannot be applied, for example because its task does not exist or has ' +
      'changed. None of the operations was applied.',
    'errors identifies the operation by its index in the batch, or all creations whose ids are taken. Remove ' +
      'or correct them, and send the batch again.',
  ],
  'idempotency-key-reused': [
    'This idempotency key was sent before with another request. Nothing was changed.',
    'Make a new key for each new request, and keep it only for repetitions of that request.',
  ],
  'header-fields-too-large': [
    'The header fields of the request are too large in total.',
    'Send fewer or shorter ones. A token is seldom longer than a few kilobytes.',
  ],
  'too-many-requests': [
    'You have sent more requests in this minute, or have more in progress, than the service accepts from ' +
      'one user. Or the token is forged, and many forged tokens have come from your address.',
    'Wait for the number of seconds in Retry-After. RateLimit and RateLimit-Policy show in advance how ' +
      'many requests are left.',
  ],
  'internal-error': [
    'The server failed unexpectedly. Its log has the cause under the request id, which instance contains.',
    'Try again later. If the problem persists, report the request id.',
  ],
  'service-unavailable': [
    'Something that the service needs, such as its database, cannot be reached at the moment, or the ' +
      'service has too much to do. A write may or may not have happened.',
    'Send the same request again after the number of seconds in Retry-After. Repeat a write only if it ' +
      'has an Idempotency-Key or is idempotent, or after reading whether it happened.',
  ],
};

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const style = `
  :root { color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif; background: light-dark(#fff, #11151b); }
  body { color: light-dark(#1f2937, #e5e7eb); max-width: 44rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
  h1 { line-height: 1.2; margin: 1.5rem 0 .5rem; }
  a { color: light-dark(#1d4ed8, #93b4ff); }
  code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
  pre { padding: .75rem 1rem; border-radius: 6px; overflow-x: auto; background: light-dark(#f3f4f6, #1d232d); }
  dt { margin-top: .75rem; }
  dd { margin: 0; }
  .status { color: light-dark(#4b5563, #b6bcc6); margin: 0 0 2rem; }
`;

/** The rules that `errors` can name, for the one problem that has most of them. */
const rules = `<h2 id="rules">The rules</h2>
<p>Each entry of <code>errors</code> has one of these in its <code>type</code>. Later versions can add others.</p>
<dl>
${Object.entries(faultRules)
  .map(([rule, meaning]) => `<dt id="${rule}"><code>${rule}</code></dt>\n<dd>${escaped(meaning)}</dd>`)
  .join('\n')}
</dl>`;

/** The page of a kind of problem. Its links are relative: the service may be below a path prefix. */
export const problemPage = (slug: ProblemSlug): string => {
  const [status, title] = catalogue[slug];
  const [meaning, remedy] = explanations[slug];
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · Tasks API</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<nav aria-label="Documentation">
<a href="../docs#${sectionOf(slug)}">About this in the documentation</a> · <a href="../docs#errors">All problems</a>
</nav>
<main>
<h1>${escaped(title)}</h1>
<p class="status">Status ${status} · <code>/problems/${slug}</code></p>
<h2>What it means</h2>
<p>${escaped(meaning)}</p>
<h2>What to do</h2>
<p>${escaped(remedy)}</p>
<h2>Example</h2>
<pre tabindex="0"><code>${escaped(JSON.stringify(exampleOf(slug), null, 2))}</code></pre>
${slug === 'validation-error' ? rules : ''}
</main>
</body>
</html>
`;
};
