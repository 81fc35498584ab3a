// A certificate authority for the length of a test, and a server certificate of it for localhost.
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync } from 'node:fs';
import { join } from 'node:path';
import { serverUser } from './programs.ts';

export interface Certificates {
  /** The authority's certificate. */
  readonly ca: string;
  readonly key: string;
  readonly certificate: string;
}

const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });

/** Makes them in `directory`; the names of the server are localhost and 127.0.0.1. */
export const makeCertificates = (directory: string): Certificates => {
  const [ca, caKey, key, certificate] = ['ca.crt', 'ca.key', 'server.key', 'server.crt'].map((name) =>
    join(directory, name),
  ) as [string, string, string, string];
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...ec, '-keyout', caKey, '-out', ca, '-subj', '/CN=Test authority');
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1';
  const signed = [
    '-CA',
    ca,
    '-CAkey',
    caKey,
    '-addext',
    names,
    '-addext',
    'basicConstraints=critical,CA:FALSE',
  ];
  openssl('req', '-x509', ...ec, ...signed, '-keyout', key, '-out', certificate, '-subj', '/CN=localhost');
  chmodSync(key, 0o600);
  const user = serverUser();
  if (user) chownSync(key, user.uid, user.gid);
  return { ca, key, certificate };
};
