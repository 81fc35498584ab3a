// The entry for `npm start`, in plain JavaScript: an older Node cannot even read the TypeScript sources, and must
// still be able to say why it stops.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(`Tasks API needs Node.js 24 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}
await import('./main.ts');
