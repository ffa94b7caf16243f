/** The key that what was said is sealed with in the ledger: the one place where it is made. */
import { hkdfSync } from 'node:crypto';
import type { Host } from './host.ts';

/**
 * 32 bytes, always the same for an installation. They follow from its own secret, which rests in a file beside the ledger for
 * this user alone: the ledger without it, a copy or a backup of it, tells nothing of what was said.
 */
export function contentKey({ installKey }: Pick<Host, 'installKey'>): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', installKey.reveal(), '', 'sluice: what was said', 32));
}
