/** Policy firewall of one request: its rules over the texts, with judges where rules ask for one, and what becomes of it. */
import type { Condition } from '../../shared/config/condition.ts';
import type { SafetyEvent } from './exchange.ts';
import type { Judge } from './judge.ts';
import type { PlannableRequest } from './plan-exchange.ts';
import type { Firewall, FirewallHit, FirewallText } from './policies/firewall/firewall.ts';
import { textKey } from './policies/firewall/text-key.ts';
import type { Turns } from './policies/masking/turns.ts';
import type { FirewallRule } from './ports.ts';
import { firewallBlocked, justificationRequired } from './protection-refusals.ts';
import type { Releases } from './releases.ts';

/** Texts of one request that judges are asked about, one after the other; of what is beyond, the rule holds. */
const maxAsked = 8;

export interface RequestRulesInput {
  readonly firewall: Firewall;
  readonly texts: readonly FirewallText[];
  readonly holds: (condition: Condition) => boolean;
  readonly input: PlannableRequest & { readonly requestId: string };
  /** As the client named it. */
  readonly model: string;
  readonly judge: Pick<Judge, 'known' | 'isAttack'>;
  /** Absent: nothing is released, and nothing waits for it. */
  readonly releases?: Pick<Releases, 'take' | 'remember'> | undefined;
  readonly turns: Turns;
  readonly note: (event: SafetyEvent) => void;
}

/** A rule by which something is taken out of what is sent. */
export interface StripRule {
  readonly rule: FirewallRule;
  /** Keys of texts of which its judge said that nothing is wrong with them. */
  readonly acquitted: ReadonlySet<string>;
}

/**
 * Notes what was found; the most severe of what the rules say decides. Throws `admit.firewall_blocked`, or else
 * `admit.justification_required` unless somebody gave a reason. Gives the rules that take something out.
 */
export async function checkRequest(asked: RequestRulesInput): Promise<readonly StripRule[]> {
  const { firewall, texts, holds, input, turns, note } = asked;
  const judges = new Judges(asked);
  const strips = new Map<
    FirewallRule,
    { readonly rule: FirewallRule; readonly acquitted: Set<string>; isIn: boolean }
  >();
  const reasons: FirewallHit[] = [];
  let blocked: FirewallHit | undefined;
  for (const hit of firewall.request(texts, holds)) {
    const wait = turns.next();
    if (wait !== undefined) await wait;
    if (hit === undefined) continue;
    const { rule } = hit;
    const verdict = rule.audit === true ? judges.known(hit) : await judges.confirm(hit, blocked !== undefined);
    const isMeant = verdict !== 'no';
    const detail = `${hit.detail}${verdictWords[verdict]}`;
    if (rule.audit === true || !isMeant)
      note(eventOf(rule, 'log', isMeant ? `${wouldHave[rule.action]}${detail}` : detail));
    // Whether they are refused or let through is not known yet.
    else if (rule.action === 'require_justification') {
      if (!reasons.some((before) => before.rule === rule)) reasons.push({ ...hit, detail });
    } else note(eventOf(rule, rule.action, detail));
    if (rule.audit === true) continue;
    if (rule.action === 'strip') {
      const strip = strips.get(rule) ?? { rule, acquitted: new Set<string>(), isIn: false };
      strips.set(rule, strip);
      strip.isIn ||= isMeant;
      if (!isMeant) strip.acquitted.add(textKey(hit));
    }
    if (isMeant && rule.action === 'block') blocked ??= hit;
  }
  const reason = blocked === undefined ? justified(reasons, asked) : undefined;
  for (const { rule, detail } of reasons) {
    if (reason === undefined) note(eventOf(rule, 'require_justification', detail));
    else note(eventOf(rule, 'warn', `released once: "${reason}" (${detail})`));
  }
  if (blocked !== undefined) throw firewallBlocked(blocked, input.requestId);
  if (reasons.length > 0 && reason === undefined) throw refused(reasons, asked);
  return [...strips.values()].filter(({ isIn }) => isIn);
}

function eventOf({ id }: FirewallRule, action: SafetyEvent['action'], detail: string): SafetyEvent {
  return { source: 'firewall', rule: id, action, detail };
}

/** Of a rule that only watches. */
const wouldHave: Readonly<Record<FirewallRule['action'], string>> = {
  block: 'would have been refused: ',
  require_justification: 'would have been refused until a reason is given: ',
  strip: 'would have been taken out: ',
  warn: 'would have been warned of: ',
  log: '',
};

/** The reason that somebody gave for this very request. */
function justified(hits: readonly FirewallHit[], asked: RequestRulesInput): string | undefined {
  return hits.length === 0 ? undefined : asked.releases?.take(releaseOf(hits, asked));
}

/** That is remembered, unless it only counts tokens: whoever sends it next is told as well. */
function refused(hits: readonly FirewallHit[], asked: RequestRulesInput): Error {
  const { input, model, releases } = asked;
  const error = justificationRequired(hits, input.requestId);
  if (input.surface.operation !== 'count_tokens') {
    const { client } = input.principal;
    releases?.remember(releaseOf(hits, asked), { client, model, message: error.message });
  }
  return error;
}

function releaseOf(hits: readonly FirewallHit[], { input }: RequestRulesInput): Parameters<Releases['take']>[0] {
  const { surface, principal, body } = input;
  return {
    key: principal.key.id,
    path: `${surface.id} ${surface.path} ${surface.pathModel ?? ''} ${surface.query.toString()}`,
    body,
    rules: hits.map(({ rule }) => rule.id),
  };
}

/** What a judge says of what was found: `no` takes it back. `unasked`: nobody asked it, and the rule holds. */
type JudgeVerdict = 'yes' | 'no' | 'unasked';

const verdictWords: Readonly<Record<JudgeVerdict, string>> = {
  yes: '',
  no: '; its judge says no',
  unasked: '; its judge was not asked',
};

class Judges {
  readonly #input: Pick<RequestRulesInput, 'input' | 'judge'>;
  #asked = 0;

  constructor(input: Pick<RequestRulesInput, 'input' | 'judge'>) {
    this.#input = input;
  }

  /** What is known without asking anybody: a rule that only watches makes nobody wait. */
  known(hit: FirewallHit): JudgeVerdict {
    const question = this.#question(hit);
    if (question === undefined) return 'yes';
    const known = this.#input.judge.known(question);
    return known === undefined ? 'unasked' : known ? 'yes' : 'no';
  }

  /** `isDecided`: whatever it says, the request is refused. */
  async confirm(hit: FirewallHit, isDecided: boolean): Promise<JudgeVerdict> {
    const question = this.#question(hit);
    const known = this.known(hit);
    if (question === undefined || known !== 'unasked' || isDecided) return known;
    // Whoever has more to ask about is not waiting for a judge any more.
    if (++this.#asked > maxAsked) return 'yes';
    return (await this.#input.judge.isAttack(question)) ? 'yes' : 'no';
  }

  #question(hit: FirewallHit): Parameters<Judge['isAttack']>[0] | undefined {
    const { judge: alias } = hit.rule;
    return alias === undefined || hit.text === '' ? undefined : { alias, hit, input: this.#input.input };
  }
}
