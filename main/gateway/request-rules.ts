/** Policy firewall of one request: its rules over the texts, with judges where rules ask for one. */
import type { Condition } from '../../shared/config/condition.ts';
import type { SafetyEvent } from './exchange.ts';
import type { Judge } from './judge.ts';
import type { PlannableRequest } from './plan-exchange.ts';
import type { Firewall, FirewallHit, FirewallText } from './policies/firewall/firewall.ts';
import type { Turns } from './policies/masking/turns.ts';
import { firewallBlocked } from './protection-refusals.ts';

/** Texts of one request that judges are asked about, one after the other; of what is beyond, the rule holds. */
const maxAsked = 8;

export interface RequestRulesInput {
  readonly firewall: Firewall;
  readonly texts: readonly FirewallText[];
  readonly holds: (condition: Condition) => boolean;
  readonly input: PlannableRequest & { readonly requestId: string };
  readonly judge: Pick<Judge, 'known' | 'isAttack'>;
  readonly turns: Turns;
  readonly note: (event: SafetyEvent) => void;
}

/** Notes what was found. Throws `admit.firewall_blocked` at the first rule that refuses. */
export async function checkRequest(asked: RequestRulesInput): Promise<void> {
  const { firewall, texts, holds, input, turns, note } = asked;
  const judges = new Judges(asked);
  for (const hit of firewall.request(texts, holds)) {
    const wait = turns.next();
    if (wait !== undefined) await wait;
    if (hit === undefined) continue;
    const isMeant = await judges.confirm(hit);
    const action = isMeant ? hit.rule.action : 'log';
    const detail = isMeant ? hit.detail : `${hit.detail}; its judge says no`;
    note({ source: 'firewall', rule: hit.rule.id, action, detail });
    if (action === 'block') throw firewallBlocked(hit, input.requestId);
  }
}

class Judges {
  readonly #input: Pick<RequestRulesInput, 'input' | 'judge'>;
  #asked = 0;

  constructor(input: Pick<RequestRulesInput, 'input' | 'judge'>) {
    this.#input = input;
  }

  async confirm(hit: FirewallHit): Promise<boolean> {
    const { judge: alias } = hit.rule;
    if (alias === undefined || hit.text === '') return true;
    const { input, judge } = this.#input;
    const question = { alias, hit, input };
    const known = judge.known(question);
    // Whoever has more to ask about is not waiting for a judge any more.
    if (known === undefined && ++this.#asked > maxAsked) return true;
    return known ?? judge.isAttack(question);
  }
}
