// The contract's patterns run on what strangers send. One that backtracks would stop the whole
// server: each is given long texts that almost match, in a thread of its own that is ended when it
// does not come back.
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { document } from '../support/contract.ts';

const patterns = new Set<string>();
JSON.stringify(document, (key, value) => {
  if (key === 'pattern' && typeof value === 'string') patterns.add(value);
  return value;
});

const length = 100_000;
const fillers = ['a', ' ', '"', '1', ',', '"1",', 'W/"1", ', '\ufeff', '-', 'aA0', '\u00a0 '];
const endings = ['', '\0', '"', '*', '\n', 'é', ' \0 a\0'];
const texts = fillers.flatMap((filler) => {
  const long = filler.repeat(Math.ceil(length / filler.length));
  return endings.flatMap((ending) => [long + ending, `a${long}${ending}`, `"${long}${ending}`]);
});

const source = `
  const { parentPort, workerData } = require('node:worker_threads');
  const pattern = new RegExp(workerData.pattern, 'u');
  for (const text of workerData.texts) pattern.test(text);
  parentPort.postMessage('done');
`;

test.each([...patterns])('%s comes back from long texts', async (pattern) => {
  const worker = new Worker(source, { eval: true, workerData: { pattern, texts } });
  try {
    const ending = await new Promise((resolve, reject) => {
      worker.once('message', resolve).once('error', reject);
      setTimeout(() => resolve('never'), 30_000).unref();
    });
    expect(ending).toBe('done');
  } finally {
    await worker.terminate();
  }
});
