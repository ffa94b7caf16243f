/** Whose request it is, as budgets and limits tell people apart: worked out as far as it is asked for. */
import type { Principal, Spender } from './exchange.ts';
import type { VirtualKey } from './ports.ts';
import type { RouteFacts } from './routing/decision.ts';

/** A class, because every request makes one: literals with accessors are slow. */
export class RequestSpender implements Spender {
  readonly key: VirtualKey;
  readonly client: string | undefined;
  readonly #facts: RouteFacts;

  constructor({ key, client }: Principal, facts: RouteFacts) {
    this.key = key;
    this.client = client;
    this.#facts = facts;
  }

  get user(): string | undefined {
    return this.key.metadata['user'];
  }

  get team(): string | undefined {
    return this.key.metadata['team'];
  }

  /** Dear to find out: asked for only where a budget of sessions is. */
  get session(): string {
    return this.#facts.session?.key ?? `key:${this.key.id}`;
  }

  tag(name: string): string | undefined {
    return this.#facts.tag(name);
  }
}
