/** Hands on what the instance tells of bundles to whoever listens; nothing of it is kept. */
import type { BundleNotice } from '../../shared/contract/bundles.ts';
import type { AnyEvent } from '../../shared/contract/contract.ts';

type Listener = (notice: BundleNotice) => void;

const listeners = new Set<Listener>();

export function deliverBundleNotice(event: AnyEvent): void {
  if (event.event !== 'bundle.notice') return;
  for (const listener of listeners) listener(event.data);
}

/** Returns what ends it. */
export function onBundleNotice(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
