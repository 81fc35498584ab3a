// The entry for `npm start`, in plain JavaScript: an older Node cannot even read the TypeScript sources, and must
// still be able to say why it stops.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(`Tasks API needs Node.js 24 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}
// First of all: without a handler SIGUSR1 opens the inspector, and the first process of a container hears no signal.
const { onSignals } = await import('./server/signals.ts');
const signals = onSignals();
// npm runs this under a shell, and some shells end at SIGTERM without passing it on: when the shell that started us is
// gone, this process is to end as well.
if (process.env.npm_lifecycle_event !== undefined) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGHUP');
  }, 500).unref();
}
// What was compiled at an earlier start is not compiled again.
const { enableCompileCache } = await import('node:module');
enableCompileCache();
const { main } = await import('./server/main.ts');
await main(signals);
