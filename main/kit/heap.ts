/** How the garbage collector counts: set once, before there is work. */
import { setFlagsFromString } from 'node:v8';

/**
 * Prompts are buffers outside the heap. V8 13 starts a full collection whenever 64 MB of those have come and gone, which under a load of
 * agents' prompts is every fortieth request and a third of all processor time; counted with the heap it grows with, they are
 * collected four times less often (`npm run bench`, 200 KB rows). Other versions count otherwise and are left alone.
 */
export function tuneHeap(): void {
  if (process.versions.v8.startsWith('13.')) setFlagsFromString('--external-memory-accounted-in-global-limit');
}
