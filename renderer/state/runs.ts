/** Events of playground runs, handed to whoever follows the run they are of. */
import type { AnyEvent } from '../../shared/contract/contract.ts';
import type { RunDelta, RunResult } from '../../shared/contract/playground.ts';

export interface RunFollower {
  readonly onDelta: (delta: RunDelta) => void;
  readonly onEnded: (result: RunResult) => void;
}

const followers = new Map<string, Set<RunFollower>>();

/** Returns what ends it. */
export function followRun(run: string, follower: RunFollower): () => void {
  const own = followers.get(run) ?? new Set();
  followers.set(run, own.add(follower));
  return () => {
    own.delete(follower);
    if (own.size === 0) followers.delete(run);
  };
}

export function deliverRunEvent(event: AnyEvent): void {
  if (event.event === 'playground.delta')
    for (const one of followers.get(event.data.run) ?? []) one.onDelta(event.data);
  if (event.event === 'playground.ended')
    for (const one of followers.get(event.data.run) ?? []) one.onEnded(event.data);
}
