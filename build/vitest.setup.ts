// Runs once before all tests: refuses a Node that would run something other than the product runs on.

/** Throws when this Node is older than the product's. */
export default function setup(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 24 || (major === 24 && minor >= 15)) return;
  throw new Error(
    `The tests need Node 24.15 or newer; this is ${process.versions.node}. Run them with "npm test", which finds the right one.`,
  );
}
