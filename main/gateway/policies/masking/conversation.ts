/** What masking remembers of a conversation while it runs: its key, the placeholders it gave, the values it knows. Memory only. */
import { hkdfSync } from 'node:crypto';
import { RecentMap } from '../../../kit/recent-map.ts';
import type { Secret } from '../../../kit/secret.ts';
import type { KnownText, Places } from './places.ts';
import { KnownValues } from './known-values.ts';
import { PlaceholderMaker } from './placeholder.ts';

/** Conversations that are under way at a time, on a busy day of a team. */
const maxConversations = 500;
/** A conversation that gave this many begins anew: its placeholders are worked out, not remembered, and stay what they were. */
const maxPlaceholders = 50_000;
export class Conversation {
  readonly placeholders: PlaceholderMaker;
  readonly known = new KnownValues();
  /** What stands in texts that were looked through: forgotten with them. */
  readonly places = new WeakMap<KnownText, Places>();

  constructor(key: Uint8Array) {
    this.placeholders = new PlaceholderMaker(key);
  }
}

export class Conversations {
  readonly #master: Secret;
  readonly #running = new RecentMap<Conversation>(maxConversations);

  /** `master`: of this installation; conversations have keys of their own that follow from it. */
  constructor(master: Secret) {
    this.#master = master;
  }

  /** With the same placeholders and none of what is remembered: what is only tried must not tell on what runs. */
  anew(): Conversations {
    return new Conversations(this.#master);
  }

  /** `keyId`: the virtual key's: no two of them ever share a conversation. `session`: what tells its conversations apart. */
  of(keyId: string, session: string): Conversation {
    const id = `${String(keyId.length)}:${keyId}${session}`;
    const known = this.#running.get(id);
    if (known !== undefined && known.placeholders.size < maxPlaceholders) return known;
    const key = new Uint8Array(hkdfSync('sha256', this.#master.reveal(), id, 'sluice: placeholders', 32));
    const made = new Conversation(key);
    this.#running.set(id, made);
    return made;
  }
}
