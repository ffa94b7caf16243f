/**
 * Notifications about clients whose key opens nothing any more though nobody at this window saw to that: it was revoked or
 * disabled elsewhere, or its time is over. Whether a running program goes around us cannot be known, and nothing is said of it.
 */
import type { KeyEntry } from '../../../shared/contract/keys.ts';
import { Alarm } from './alarm.ts';
import { forever, outside, type Notice } from './notice.ts';
import { dayLongMs, type NoticeTools } from './notice-tools.ts';

/** Who did not ask for longer misses nothing. */
const inUseMs = 7 * dayLongMs;
const maxKeys = 1_000;

type Known = Pick<KeyEntry, 'id' | 'name' | 'state' | 'expires_at'> & { readonly client: string | undefined };

export class ClientNotices {
  readonly #tools: NoticeTools;
  readonly #expiry: Alarm;
  #known: ReadonlyMap<string, Known> | undefined;
  #looking: Promise<void> | undefined;
  #isOld = false;

  constructor(tools: NoticeTools) {
    this.#tools = tools;
    this.#expiry = new Alarm(tools.clock, () => this.look());
  }

  /** Keys may have changed. Looks that come while one is under way become one after it. */
  look(): void {
    this.#isOld = true;
    if (this.#looking !== undefined) return;
    this.#tools.track(async () => {
      this.#looking = this.#lookWhileOld().finally(() => (this.#looking = undefined));
      await this.#looking;
    });
  }

  /** The machine slept. */
  wake(): void {
    this.#expiry.recheck();
  }

  stop(): void {
    this.#expiry.set(undefined);
    this.#isOld = false;
  }

  async #lookWhileOld(): Promise<void> {
    while (this.#isOld) {
      this.#isOld = false;
      const reply = await this.#tools.ask('keys.list', {});
      if (reply.ok) await this.#compare(reply.value.keys.slice(0, maxKeys).map(knownOf));
    }
  }

  async #compare(keys: readonly Known[]): Promise<void> {
    const before = this.#known;
    const now = new Map(keys.map((key) => [key.id, key]));
    this.#known = now;
    this.#expiry.set(nextExpiry(keys, this.#tools.clock.now()));
    for (const key of keys) if (opens(key)) this.#tools.book.rearm(ruleOf(key), this.#tools.clock.now());
    if (before === undefined) {
      // Its time may have ended while this program was not running.
      for (const key of keys) if (key.state === 'expired') await this.#closed(key);
      return;
    }
    const clients = new Set(keys.filter(opens).flatMap(({ client }) => client ?? []));
    for (const key of before.values()) {
      const after = now.get(key.id);
      if (!opens(key) || (after !== undefined && opens(after))) continue;
      // Another key of the same client still opens.
      if (key.client === undefined || !clients.has(key.client)) await this.#closed(after ?? key);
    }
  }

  async #closed(key: Known): Promise<void> {
    const { clock, ask, book, offer } = this.#tools;
    const now = clock.now();
    if (book.isTold(ruleOf(key), now) || !this.#tools.isWanted('client')) return;
    const used = await ask('traffic.list', { limit: 1, since: now - inUseMs, filter: { key: key.id } });
    if (!used.ok || used.value.entries.length === 0) return;
    const common = { kind: 'client', rule: ruleOf(key), until: forever, about: ruleOf(key) } as const;
    const subjects = [`key:${key.id}`, ...(key.client === undefined ? [] : [`client:${key.client}`])];
    const subject = subjects.find((one) => this.#tools.justDone(one)) ?? subjects[0];
    offer({ ...common, subject, make: () => this.#notice(key) });
  }

  async #notice({ id, name, client }: Known): Promise<Notice> {
    const { text, ask, goTo } = this.#tools;
    const { t } = text();
    const reply = client === undefined ? undefined : await ask('clients.list', {});
    const entry = reply?.ok === true ? reply.value.clients.find((one) => one.id === client) : undefined;
    const query = client === undefined ? `key=${encodeURIComponent(id)}` : `client=${encodeURIComponent(client)}`;
    const open = (): void => goTo(`/clients?${query}`);
    return {
      kind: 'client',
      title: t('notice.client.title', { client: outside(entry?.name ?? name) }),
      body: t('notice.client.body'),
      open,
      actions: [
        { label: t('notice.client.reconnect'), run: open },
        { label: t('notice.client.leave'), run: () => undefined },
      ],
    };
  }
}

function knownOf({ id, name, state, expires_at, metadata }: KeyEntry): Known {
  return { id, name, state, expires_at, client: metadata['client'] };
}

function opens({ state }: Known): boolean {
  return state === 'active' || state === 'rotating';
}

function ruleOf({ id }: Known): string {
  return `client ${id}`;
}

function nextExpiry(keys: readonly Known[], now: number): number | undefined {
  const moments = keys
    .filter(opens)
    .flatMap(({ expires_at }) => (expires_at === null ? [] : [Date.parse(expires_at)]))
    .filter((at) => at > now);
  return moments.length === 0 ? undefined : Math.min(...moments);
}
