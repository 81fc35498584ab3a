// The sample for the shell.
import type { SampleOperation } from './operation.ts';
import { literal } from './text.ts';

export const curl = (operation: SampleOperation): string => {
  const { method, path, secured, inPath, inQuery, body } = operation;
  const filled = inPath.reduce((url, { name, value }) => url.replace(`{${name}}`, String(value)), path);
  const query = inQuery.map(({ name, value }) => `${name}=${value}`).join('&');
  return [
    `curl${method === 'GET' ? '' : ` -X ${method}`} "$API${filled}${query && `?${query}`}"`,
    ...(secured ? ['-H "Authorization: Bearer $TOKEN"'] : []),
    ...(body ? [`-H "Content-Type: ${body.mediaType}"`, `-d '${literal(body.value)}'`] : []),
  ].join(' \\\n  ');
};
