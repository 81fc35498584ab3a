// The entry for `npm start`, in plain JavaScript: an older Node cannot even read the TypeScript
// sources, and must still report why it stops.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(`Tasks API needs Node.js 24 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}
// This comes first: without a handler, SIGUSR1 opens the inspector, and the first process of a
// container ignores signals.
const { onSignals } = await import('./server/signals.ts');
const signals = onSignals();
// npm runs this in a shell, and some shells end at SIGTERM without passing it on. When the shell
// that started this process is gone, this process ends as well.
if (process.env.npm_lifecycle_event !== undefined) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGHUP');
  }, 500).unref();
}
// Code that an earlier start has compiled is not compiled again.
const { enableCompileCache } = await import('node:module');
enableCompileCache();
const { main } = await import('./server/main.ts');
await main(signals);
