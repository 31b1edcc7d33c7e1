// Stops at once, with the remedy, when Waymark is run by a Node that cannot run it.
// Plain JavaScript: it must load where TypeScript does not.
const needed = 24;
const major = Number(process.versions.node.split('.')[0]);
if (major < needed) {
  console.error(
    `Waymark needs Node ${needed}; this is Node ${process.versions.node} (${process.execPath}).\n` +
      'Node 24 comes with "npm ci". Start Waymark with "npm start" and its tests with "npm test", and if you just did,\n' +
      'the optional package that carries Node did not install: run "npm ci" again and read its warnings.',
  );
  process.exit(1);
}
