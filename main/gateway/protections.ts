/** What masking and firewall keep from exchange to exchange: conversations, signed reasoning, turns at vendors, and what a snapshot's rules were made into. */
import { hash } from 'node:crypto';
import type { Secret } from '../kit/secret.ts';
import { inTurns } from '../kit/steps.ts';
import type { Guard, GuardRules } from './guard.ts';
import { Conversations } from './policies/masking/conversation.ts';
import { KeptTurns } from './policies/masking/kept-turns.ts';
import { SignedReasoning } from './policies/masking/signed-reasoning.ts';
import type { LogPort, Snapshot } from './ports.ts';

export class Protections {
  readonly conversations: Conversations;
  readonly signed = new SignedReasoning();
  readonly turns = new KeptTurns();
  /** Snapshots go when their last request is over, and what was made of them with them. */
  readonly #guards = new WeakMap<Snapshot, Promise<Guard>>();
  readonly #tried = new WeakMap<GuardRules, Promise<Guard>>();
  /** A snapshot with the same rules takes over what the one before has learned. */
  #last: { readonly rules: string; readonly guard: Promise<Guard> } | undefined;
  readonly #log: Pick<LogPort, 'error'>;

  /** `installKey`: of this installation; placeholders stay the same as long as it does. */
  constructor(installKey: Secret, log: Pick<LogPort, 'error'>) {
    this.conversations = new Conversations(installKey);
    this.#log = log;
  }

  /** Whether anything is looked for under it. */
  static guards({ masking, firewall }: GuardRules): boolean {
    return masking !== undefined || firewall.length > 0;
  }

  /** Makes ready what requests under this snapshot will ask for, beside whatever else goes on. */
  prepare(snapshot: Snapshot): void {
    setImmediate(() => void this.ready(snapshot));
  }

  /** The same, for who waits for it. Never rejects: requests are told what is wrong. */
  async ready(snapshot: Snapshot): Promise<void> {
    if (!Protections.guards(snapshot)) return;
    try {
      const { firewall } = await this.of(snapshot);
      firewall.prepare();
    } catch (error) {
      this.#log.error('masking and firewall could not be made ready', { error });
    }
  }

  of(snapshot: Snapshot): Promise<Guard> {
    const known = this.#guards.get(snapshot);
    if (known !== undefined) return known;
    const rules = rulesOf(snapshot);
    const guard = this.#last?.rules === rules ? this.#last.guard : loaded(snapshot);
    this.#last = { rules, guard };
    this.#guards.set(snapshot, guard);
    return guard;
  }

  /** Of rules that are only tried: those that run stay what they are, with all they have learned. */
  tried(rules: GuardRules): Promise<Guard> {
    const known = this.#tried.get(rules);
    if (known !== undefined) return known;
    const guard = loaded(rules);
    this.#tried.set(rules, guard);
    return guard;
  }
}

/** In turns: whoever asks meanwhile waits, and everybody else goes on. */
async function loaded(rules: GuardRules): Promise<Guard> {
  const { guardSteps } = await import('./guard.ts');
  return await inTurns(guardSteps(rules));
}

/** All that a guard is made of, as a digest: part of it is secret. */
function rulesOf({ masking, firewall }: Snapshot): string {
  const { kinds, exact, ...rest } = masking ?? { kinds: new Map(), exact: [] };
  return hash('sha256', JSON.stringify([rest, [...kinds], exact.map((secret) => secret.reveal()), firewall]), 'base64');
}
