/** Looks through a whole answer for secrets the client did not send, and for what firewall rules say of answers. */
import type { FoundKind } from '../../shared/domain/masking.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { answerTexts } from './answer-texts.ts';
import type { SafetyEvent } from './exchange.ts';
import type { Firewall, FirewallHit } from './policies/firewall/firewall.ts';
import { PromptLeak } from './policies/firewall/prompt-leak.ts';
import type { FoundText } from './policies/masking/engine.ts';
import { kindsIn } from './policies/detectors/detector.ts';
import type { FirewallRule } from './ports.ts';

export interface AnswerCheckOptions {
  /** What becomes of a secret in an answer. */
  readonly mode: 'off' | 'warn' | 'block';
  readonly find: (text: string) => readonly FoundText[];
  readonly firewall: Firewall;
  /** The instructions that came with the request. */
  readonly systemPrompt: () => string;
  /** Whether the client itself sent this text. */
  readonly known: (text: string) => boolean;
  readonly note: (event: SafetyEvent) => void;
  /** An answer that cannot be looked through is told of, and no more. */
  readonly mayGoUnread?: boolean | undefined;
}

export class AnswerCheck {
  readonly #options: AnswerCheckOptions;

  constructor(options: AnswerCheckOptions) {
    this.#options = options;
  }

  /** An answer has to be known whole before the client may see any of it. */
  get holds(): boolean {
    const { mode, firewall } = this.#options;
    return mode === 'block' || firewall.rules.some((rule) => rule.inAnswer && actionOn(rule) === 'block');
  }

  /** What the client gets, or got, as it goes over the wire. Notes what is found; gives why it must not have it. */
  check(wire: Buffer): GatewayError | undefined {
    try {
      return this.#look(wire);
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'admit.masking_failed') return this.#unread(error);
      throw error;
    }
  }

  #unread(cause: GatewayError): GatewayError | undefined {
    const isBlocked = this.holds && this.#options.mayGoUnread !== true;
    const detail = 'the answer could not be looked through';
    this.#options.note({ source: 'answer', rule: 'failed', action: isBlocked ? 'block' : 'warn', detail });
    if (!isBlocked) return undefined;
    return new GatewayError(
      'relay.masking_blocked',
      'The answer could not be looked through for what must not be in it, and was kept back. masking.on_failure: warn lets such answers pass.',
      { cause, details: { rule: 'failed' } },
    );
  }

  #look(wire: Buffer): GatewayError | undefined {
    const { firewall, mode, systemPrompt } = this.#options;
    const texts = answerTexts(wire);
    let blocked: GatewayError | undefined;
    if (mode !== 'off') blocked = this.#secrets(texts);
    if (!firewall.readsAnswers) return blocked;
    const whole = texts.join('\n\n');
    const hits = firewall.answer(whole, this.#kindsIn(whole));
    const leaks = firewall.rules.filter(({ inAnswer, detect }) => inAnswer && detect === 'system_prompt_leak');
    if (leaks.length > 0 && new PromptLeak(systemPrompt()).isIn(whole))
      for (const rule of leaks)
        hits.push({ rule, detail: 'the answer repeats the system prompt', text: '', name: '', place: 'assistant' });
    for (const hit of hits) blocked = this.#hit(hit) ?? blocked;
    return blocked;
  }

  #kindsIn(text: string): readonly FoundKind[] {
    const { firewall, find } = this.#options;
    return firewall.kinds.size === 0 ? [] : find(text).flatMap(kindsIn);
  }

  #secrets(texts: readonly string[]): GatewayError | undefined {
    const { find, known, mode, note } = this.#options;
    const found = new Map<string, Set<string>>();
    for (const text of texts) {
      for (const { kind, subtype, text: value } of find(text)) {
        if (kind !== 'secrets' || known(value)) continue;
        const values = found.get(subtype) ?? new Set();
        found.set(subtype, values.add(value));
      }
    }
    if (found.size === 0) return undefined;
    const told = [...found].map(([subtype, values]) => `${String(values.size)} × ${subtype}`).join(', ');
    note({ source: 'answer', rule: 'secrets', action: mode === 'block' ? 'block' : 'warn', detail: told });
    if (mode !== 'block') return undefined;
    return new GatewayError(
      'relay.masking_blocked',
      `The answer holds secrets that the request did not (${told}), and was kept back. masking.answers says what becomes of such answers.`,
      { details: { rule: 'secrets' } },
    );
  }

  #hit({ rule, detail }: FirewallHit): GatewayError | undefined {
    const action = actionOn(rule);
    const would = rule.audit === true && refusesAnswers(rule) ? 'the answer would have been kept back: ' : '';
    this.#options.note({ source: 'firewall', rule: rule.id, action, detail: `${would}${detail}` });
    if (action !== 'block') return undefined;
    const told = rule.message === undefined ? '' : `${rule.message} `;
    return new GatewayError(
      'relay.firewall_blocked',
      `${told}The answer was kept back by the firewall rule "${rule.id}" (${detail}).`,
      { details: { rule: rule.id } },
    );
  }
}

/**
 * What a rule does to an answer. Nothing can be taken out of one that a client may have seen the beginning of, and none is asked
 * for again: what would be taken out of a request, or wait for a reason, is kept back.
 */
function actionOn(rule: FirewallRule): FirewallRule['action'] {
  if (rule.audit === true) return 'log';
  return refusesAnswers(rule) ? 'block' : rule.action;
}

function refusesAnswers({ action }: FirewallRule): boolean {
  return action !== 'warn' && action !== 'log';
}
