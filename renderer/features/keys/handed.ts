/** A key that was handed out a moment ago. */
import type { ClientSetting } from '../../../shared/contract/clients.ts';

export interface Handed {
  readonly keyId: string;
  readonly value: string;
  /** The last request that came with the key before; what comes after it is the first of this one. */
  readonly before: string | null;
  /** With the key in them. */
  readonly settings: readonly ClientSetting[];
}
