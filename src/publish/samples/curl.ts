// The sample for the shell.
import type { Operation } from '../operations.ts';
import { literal } from './text.ts';

export const curl = (operation: Operation): string => {
  const { method, path, secured, inPath, inQuery, body } = operation;
  const filled = inPath.reduce((url, { name, example }) => url.replace(`{${name}}`, String(example)), path);
  const query = inQuery.map(({ name, example }) => `${name}=${example}`).join('&');
  return [
    `curl${method === 'GET' ? '' : ` -X ${method}`} "$API${filled}${query && `?${query}`}"`,
    ...(secured ? ['-H "Authorization: Bearer $TOKEN"'] : []),
    ...(body ? [`-H "Content-Type: ${body.mediaType}"`, `-d '${literal(body.value)}'`] : []),
  ].join(' \\\n  ');
};
