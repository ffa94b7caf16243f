/** Bundles that allow nothing together: each of them says so, once (BND-34). */
import type { FollowContext } from './follower.ts';
import { conflictsOf } from './merge/merge.ts';
import type { LayeredBundle } from './types.ts';

export function tellConflicts(context: FollowContext, layers: readonly LayeredBundle[]): void {
  const conflicts = conflictsOf(layers);
  for (const follower of context.followers) {
    const { standing } = follower;
    const id = standing.active?.bundle.payload.id;
    // Named with their versions: `acme-core@12`.
    const own = conflicts.filter(({ bundles }) => bundles.some((name) => name.split('@')[0] === id));
    const known = new Set(standing.conflicts.map(({ text }) => text));
    standing.conflicts = own;
    for (const { text } of own) {
      if (known.has(text)) continue;
      context.audit('conflict', follower, text);
      context.tell('conflict', follower, text, 'bundle.conflict');
    }
  }
}
