// The entry for `npm start`, in plain JavaScript: an older Node cannot even read the TypeScript sources, and must
// still be able to say why it stops.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(`Tasks API needs Node.js 24 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}
// npm runs this under a shell, and some shells end at SIGTERM without passing it on: when the shell that started us is
// gone, we are meant too.
if (process.env.npm_lifecycle_event !== undefined) {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
  }, 500).unref();
}
// What was compiled at an earlier start is not compiled again.
const { enableCompileCache } = await import('node:module');
enableCompileCache();
await import('./main.ts');
