/** Policies firewall and mask of one exchange: what its texts hold, whether it may go on, and what each target gets of it. */
import type { FoundKind, KindCounts } from '../../shared/domain/masking.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { AnswerCheck } from './answer-check.ts';
import { certain, certainScore } from './certain-words.ts';
import type { JsonDocument } from './dialects/document.ts';
import { mediaIn } from './dialects/leaves.ts';
import type { Plan, SafetyEvent, Target } from './exchange.ts';
import { formTexts } from './multipart.ts';
import { surveyOf, type PlannableRequest } from './plan-exchange.ts';
import type { FirewallText } from './policies/firewall/firewall.ts';
import type { BodyScan, Replaced, RuleCounts } from './policies/masking/body-scan.ts';
import type { Conversation } from './policies/masking/conversation.ts';
import { conversationOf, holdsSealed, namedTurns, type KeptTurn } from './policies/masking/kept-turns.ts';
import { FormScan, type ScannedFormText } from './policies/masking/form-scan.ts';
import { Turns } from './policies/masking/turns.ts';
import { findingsWith, modeOf, modesAt, type KindModes } from './policies/masking/kind-modes.ts';
import type { GatewayPorts, Masking } from './ports.ts';
import type { Guard } from './guard.ts';
import { Protections } from './protections.ts';
import { inAWord, maskingBlocked, mediaUncovered } from './protection-refusals.ts';
import type { Recorder } from './recorder.ts';
import type { Releases } from './releases.ts';
import { ReplacedSoFar } from './replaced-so-far.ts';
import { checkRequest, type StripRule } from './request-rules.ts';
import { cutsInBody, cutsInForm, textOfForm, textOfLeaf, unscannedBody, type TakeOut } from './taken-out.ts';
import { headerValue } from './relay/headers.ts';
import { Unmasker } from './relay/unmask.ts';
import { holds } from './routing/conditions.ts';
import type { RouteFacts } from './routing/decision.ts';
import { withoutOriginals } from './without-originals.ts';
import type { Judge } from './judge.ts';

export interface ProtectionDeps {
  readonly ports: Pick<GatewayPorts, 'clock' | 'log'>;
  readonly protections: Pick<Protections, 'conversations' | 'signed' | 'turns' | 'of'>;
  readonly judge: Pick<Judge, 'known' | 'isAttack' | 'isOwn'>;
  /** Absent: nothing is released here. */
  readonly releases?: Pick<Releases, 'take' | 'remember'> | undefined;
}

export interface ProtectedExchange {
  readonly input: PlannableRequest & { readonly requestId: string };
  /** The body as the client meant it, with earlier turns that were joined to it; `undefined` for a form. */
  readonly document: JsonDocument | undefined;
  readonly facts: RouteFacts;
  readonly recorder: Pick<Recorder, 'masked' | 'safety'>;
}

/** What one target is sent. */
export interface SentBody {
  /** `undefined` for a form. */
  readonly document: JsonDocument | undefined;
  /** Of a form; of anything else the document tells. */
  readonly body: Buffer;
}

interface MaskedCopy {
  readonly sent: SentBody;
  readonly replaced: readonly Replaced[];
  readonly counts: KindCounts;
  readonly rules: RuleCounts;
  /** It was looked through for what is replaced. */
  readonly isMasked: boolean;
}

/** Values of earlier turns, of which an answer may speak without having been told of them in this request. */
const maxRecalled = 2_000;

/** To replace so many takes a turn by itself. */
const manyValues = 2_000;

/** Kinds of which a value must not stand anywhere, places that cannot be changed included. */
const nowhere: ReadonlySet<FoundKind> = new Set<FoundKind>(['secrets']);

export class ExchangeProtection {
  readonly #exchange: ProtectedExchange;
  readonly #deps: ProtectionDeps;
  #guard: Guard | undefined;
  readonly #masking: Masking | undefined;
  readonly #scans = new Map<JsonDocument, BodyScan | undefined>();
  readonly #copies = new Map<string, MaskedCopy>();
  readonly #documents = new Map<JsonDocument, number>();
  readonly #refusals = new Map<Target, GatewayError>();
  readonly #modes = new Map<Target, KindModes>();
  readonly #told = new Set<string>();
  readonly #replaced: ReplacedSoFar;
  readonly #before: KeptTurn | undefined;
  #conversation: Conversation | undefined;
  #form: Promise<FormScan | undefined> | undefined;
  #unmasker: Unmasker | undefined;
  #isChecked = false;
  #strips: readonly StripRule[] = [];
  #lastRules: RuleCounts = {};
  #lastSent: SentBody | undefined;

  constructor(exchange: ProtectedExchange, deps: ProtectionDeps) {
    this.#exchange = exchange;
    this.#deps = deps;
    const { snapshot } = exchange.input;
    this.#masking = snapshot.masking;
    this.#replaced = new ReplacedSoFar(snapshot.masking);
    this.#before = this.#turnBefore();
    for (const one of this.#before?.replaced ?? []) this.#replaced.learn(one);
  }

  get #rules(): Guard {
    if (this.#guard === undefined) throw new Error('A request is admitted before anything else is asked of it.');
    return this.#guard;
  }

  /** Nothing is looked for: everything here costs nothing. */
  get isIdle(): boolean {
    return !Protections.guards(this.#exchange.input.snapshot);
  }

  /**
   * Looks through the request for the targets of a plan. Throws `admit.firewall_blocked`, `admit.justification_required`, and
   * `admit.masking_*` where no target may be asked. May be called again for another plan.
   */
  async admit(plan: Plan): Promise<void> {
    if (this.isIdle) return;
    this.#guard ??= await this.#deps.protections.of(this.#exchange.input.snapshot);
    for (const target of plan.targets) this.#modes.set(target, this.#modesAt(target, plan));
    await this.#firewall();
    this.#recall();
    const refused: GatewayError[] = [];
    for (const target of plan.targets) {
      const refusal = await this.#refusal(target);
      if (refusal === undefined) continue;
      this.#refusals.set(target, refusal);
      refused.push(refusal);
    }
    const [first] = refused;
    if (first !== undefined && refused.length === plan.targets.length) throw first;
  }

  /** Why this target cannot be asked, though another can. */
  refusalOf(target: Target): GatewayError | undefined {
    return this.#refusals.get(target);
  }

  /** `undefined` where nothing was replaced for any target. One for all attempts: an answer may begin at one and end at another. */
  get unmasker(): Unmasker | undefined {
    if (this.#replaced.originals.size === 0) return undefined;
    const { protections } = this.#deps;
    const scope = this.#exchange.input.principal.key.id;
    this.#unmasker ??= new Unmasker(
      { byPlaceholder: this.#replaced.originals },
      {
        onSignedReasoning: (signature, text) => {
          protections.signed.keep(scope, signature, text);
        },
      },
    );
    return this.#unmasker;
  }

  /** `undefined` where no answer is looked at. */
  answerCheck(): AnswerCheck | undefined {
    const mode = this.#masking?.answers ?? 'off';
    const guard = this.#guard;
    if (guard === undefined || (mode === 'off' && !guard.firewall.readsAnswers)) return undefined;
    return new AnswerCheck({
      mode,
      find: (text) => guard.engine.find(text),
      firewall: guard.firewall,
      systemPrompt: () => this.#textOf('system'),
      known: (text) => this.#isKnown(text),
      mayGoUnread: this.#masking?.onFailure === 'warn',
      note: (event) => {
        this.#note(event);
      },
    });
  }

  /** What is to be sent to a target of `document`, or of the form. Throws `admit.masking_*`. */
  async sent(document: JsonDocument | undefined, target: Target): Promise<SentBody> {
    const { input } = this.#exchange;
    const plain = { document, body: input.body };
    if (this.#masking === undefined && this.#strips.length === 0) return plain;
    const refusal = this.#refusals.get(target);
    if (refusal !== undefined) throw refusal;
    const copy = await this.#copyFor(document, target);
    // Of what went out unmasked nothing is kept, whatever was taken out of it.
    const isMasked = copy?.isMasked === true;
    this.#lastSent = isMasked ? copy.sent : undefined;
    this.#lastRules = copy?.rules ?? {};
    if (copy === undefined) return plain;
    if (isMasked) this.#exchange.recorder.masked(copy.counts);
    return copy.sent;
  }

  /** What was replaced in what was sent last, by kinds and ids of patterns. */
  get lastRules(): RuleCounts {
    return this.#lastRules;
  }

  /** An answer is over that its vendor may keep under this id, with all that was sent. */
  answeredAs(id: string | undefined): void {
    const { document, input } = this.#exchange;
    const { all } = this.#replaced;
    if (all.length === 0 || document === undefined) return;
    const turn = { session: this.#session, replaced: all };
    const ids = [...(id === undefined ? [] : [id]), ...conversationOf(document)];
    for (const one of ids) this.#deps.protections.turns.keep(input.principal.key.id, one, turn);
  }

  /** The longest of what any target gets: what it may cost at most. `undefined`: all get what the client sent. */
  get longestSent(): SentBody | undefined {
    let longest: SentBody | undefined;
    for (const { sent } of this.#copies.values())
      if (longest === undefined || sent.body.length > longest.body.length) longest = sent;
    return longest;
  }

  /** What left the machine last, for the record; `undefined` where that was what the client sent. */
  get lastSent(): SentBody | undefined {
    return this.#lastSent;
  }

  /** An answer, as the client got it over the wire, with placeholders where originals came back. */
  withoutOriginals(wire: Buffer): Buffer {
    return withoutOriginals(wire, this.#replaced.originals.values());
  }

  // ---------------------------------------------------------------- firewall

  async #firewall(): Promise<void> {
    const { firewall, hasRules } = this.#rules;
    if (!hasRules || this.#isChecked || this.#deps.judge.isOwn(this.#exchange.input)) return;
    this.#isChecked = true;
    const texts = await this.#texts();
    const { facts, input } = this.#exchange;
    const { clock } = this.#deps.ports;
    const { judge, releases } = this.#deps;
    this.#strips = await checkRequest({
      ...{ firewall, texts, input, model: facts.model, judge, releases, turns: new Turns(clock) },
      holds: (condition) => holds(condition, facts),
      note: (event) => {
        this.#note(event);
      },
    });
  }

  async #texts(): Promise<FirewallText[]> {
    const { document, input } = this.#exchange;
    if (document === undefined) return ((await this.#formScan()) ?? this.#unscannedForm()).texts.map(textOfForm);
    const scan = (await this.#scan(document)) ?? unscannedBody(document, input.surface.id);
    return scan.leaves.map(textOfLeaf);
  }

  // ---------------------------------------------------------------- masking

  #modesAt(target: Target, plan: Plan): KindModes {
    const { client } = this.#exchange.input.principal;
    if (this.#masking === undefined) return new Map();
    return modesAt(this.#masking, { provider: target.provider.id, route: plan.routeId, client });
  }

  async #refusal(target: Target): Promise<GatewayError | undefined> {
    const modes = this.#modes.get(target);
    if (!this.#changes(modes)) return undefined;
    try {
      if (modes.size > 0) this.#checkMedia();
      await this.#copyFor(this.#exchange.document, target);
      return undefined;
    } catch (error) {
      if (error instanceof GatewayError && error.code.startsWith('admit.masking_')) return error;
      throw error;
    }
  }

  /** Whether a target may get anything but what the client sent. */
  #changes(modes: KindModes | undefined): modes is KindModes {
    return modes !== undefined && (modes.size > 0 || this.#strips.length > 0);
  }

  /** `undefined` where this target gets everything as it is. */
  async #copyFor(document: JsonDocument | undefined, target: Target): Promise<MaskedCopy | undefined> {
    const modes = this.#modes.get(target);
    if (!this.#changes(modes)) return undefined;
    const name = `${String(this.#numberOf(document))} ${[...modes].map(([kind, mode]) => `${kind}=${mode}`).join(' ')}`;
    const known = this.#copies.get(name);
    if (known !== undefined) return known;
    const made = document === undefined ? await this.#maskedForm(modes) : await this.#maskedDocument(document, modes);
    if (made === undefined) return undefined;
    this.#copies.set(name, made);
    const turns = new Turns(this.#deps.ports.clock);
    if (made.replaced.length >= manyValues) await turns.pass();
    for (const one of made.replaced) {
      const wait = turns.next();
      if (wait !== undefined) await wait;
      this.#replaced.learn(one);
    }
    return made;
  }

  async #maskedDocument(document: JsonDocument, modes: KindModes): Promise<MaskedCopy | undefined> {
    const read = await this.#scan(document);
    if (read === undefined && this.#strips.length === 0) return undefined;
    const scan = read ?? unscannedBody(document, this.#exchange.input.surface.id);
    this.#checkBlocked([...scan.findings(findingsWith(modes, 'block')).values()]);
    this.#warn([...scan.findings(findingsWith(modes, 'warn')).values()]);
    this.#checkWords(scan, modes);
    const scope = this.#exchange.input.principal.key.id;
    const { signed } = this.#deps.protections;
    if (scan.leaves.length >= manyValues) await new Turns(this.#deps.ports.clock).pass();
    const masked = scan.masked({
      isMasked: findingsWith(modes, 'mask'),
      signed: (signature) => signed.find(scope, signature),
      suffixOf: ({ kind }) => this.#replaced.suffixOf(kind),
      cuts: await cutsInBody(scan, this.#takesOut()),
    });
    const values = masked.replaced.filter(({ kind }) => nowhere.has(kind)).map(({ text }) => text);
    if (scan.isBetween(values)) throw inAWord('secrets');
    const isMasked = modes.size > 0 && read !== undefined;
    return { sent: { document: masked.document, body: masked.document.bytes }, isMasked, ...masked };
  }

  async #maskedForm(modes: KindModes): Promise<MaskedCopy | undefined> {
    const read = await this.#formScan();
    if (read === undefined && this.#strips.length === 0) return undefined;
    const scan = read ?? this.#unscannedForm();
    this.#checkBlocked(scan.findings(findingsWith(modes, 'block')));
    this.#warn(scan.findings(findingsWith(modes, 'warn')));
    const cuts = await cutsInForm(scan, this.#takesOut());
    const { body, ...masked } = scan.masked(findingsWith(modes, 'mask'), cuts);
    return { sent: { document: undefined, body }, isMasked: modes.size > 0 && read !== undefined, ...masked };
  }

  #takesOut(): TakeOut {
    return { firewall: this.#rules.firewall, strips: this.#strips, clock: this.#deps.ports.clock };
  }

  #unscannedForm(): FormScan {
    const texts = [...this.#formTexts()].map((one) => ({ ...one, findings: [] }));
    return new FormScan(this.#exchange.input.body, texts, this.#conversationHere());
  }

  /** `undefined` where it failed and the user wants such requests to go on. */
  #formScan(): Promise<FormScan | undefined> {
    this.#form ??= this.#scanForm();
    return this.#form;
  }

  async #scanForm(): Promise<FormScan | undefined> {
    const { body } = this.#exchange.input;
    const { clock } = this.#deps.ports;
    try {
      const texts: ScannedFormText[] = [];
      for (const one of this.#formTexts())
        texts.push({ ...one, findings: await this.#rules.engine.lookAt(one.text, clock) });
      return new FormScan(body, texts, this.#conversationHere());
    } catch (error) {
      this.#unread(error);
      return undefined;
    }
  }

  #formTexts(): ReturnType<typeof formTexts> {
    const { request, body } = this.#exchange.input;
    return formTexts(headerValue(request.headers, 'content-type') ?? '', body);
  }

  /** Pictures and the like, which nobody looks into. */
  #checkMedia(): void {
    if (this.#masking?.media !== 'block') return;
    const { input, document } = this.#exchange;
    const count =
      document === undefined
        ? 1
        : (surveyOf(input.surface, document)?.media().count ?? mediaIn(document, input.surface.id));
    if (count === 0) return;
    throw mediaUncovered(document === undefined ? undefined : count);
  }

  /** Ids, names and the like go out as they are: what may not go out so, does not go out. */
  #checkWords({ words }: BodyScan, modes: KindModes): void {
    const found = words.filter((one) => one.score >= certainScore && modeOf(modes, one) !== undefined);
    this.#warn(found.filter(findingsWith(modes, 'warn')).map((one) => ({ ...one, count: 1 })));
    const uncovered = found.find(
      (one) => modeOf(modes, one) === 'block' || (modeOf(modes, one) === 'mask' && certain.has(one.kind)),
    );
    if (uncovered === undefined) return;
    const { kind, subtype } = uncovered;
    this.#note({ source: 'masking', rule: kind, action: 'block', detail: `1 × ${subtype} in an id or a name` });
    throw inAWord(kind);
  }

  #checkBlocked(
    found: readonly { readonly kind: FoundKind; readonly subtype: string; readonly count: number }[],
  ): void {
    const [first] = found;
    if (first === undefined) return;
    const told = found.map(({ subtype, count }) => `${String(count)} × ${subtype}`).join(', ');
    this.#note({ source: 'masking', rule: first.kind, action: 'block', detail: told });
    throw maskingBlocked(first.kind, told);
  }

  #warn(found: readonly { readonly kind: FoundKind; readonly subtype: string; readonly count: number }[]): void {
    for (const { kind, subtype, count } of found)
      this.#note({ source: 'masking', rule: kind, action: 'warn', detail: `${String(count)} × ${subtype}` });
  }

  /** `undefined` where it failed and the user wants such requests to go on. */
  async #scan(document: JsonDocument): Promise<BodyScan | undefined> {
    if (this.#scans.has(document)) return this.#scans.get(document);
    const { input } = this.#exchange;
    const { clock } = this.#deps.ports;
    let scan: BodyScan | undefined;
    try {
      const conversation = this.#conversationHere();
      scan = await this.#rules.engine.look({ document, surface: input.surface.id, conversation, clock });
    } catch (error) {
      this.#unread(error);
    }
    this.#scans.set(document, scan);
    return scan;
  }

  /** It could not be looked through: throws unless the user wants such requests to go on. */
  #unread(error: unknown): void {
    if (!(error instanceof GatewayError) || error.code !== 'admit.masking_failed') throw error;
    this.#deps.ports.log.error('a request could not be looked through', {
      requestId: this.#exchange.input.requestId,
      why: error.cause instanceof Error ? error.cause.message : error.message,
    });
    if (this.#masking?.onFailure !== 'warn' || this.#rules.firewall.refusesKinds) throw error;
    this.#note({ source: 'masking', rule: 'failed', action: 'warn', detail: 'it could not be looked through' });
  }

  get #session(): string {
    return this.#before?.session ?? this.#exchange.facts.session?.key ?? '';
  }

  #conversationHere(): Conversation {
    const { principal } = this.#exchange.input;
    this.#conversation ??= this.#deps.protections.conversations.of(principal.key.id, this.#session);
    return this.#conversation;
  }

  #numberOf(document: JsonDocument | undefined): number {
    if (document === undefined) return 0;
    const known = this.#documents.get(document);
    if (known !== undefined) return known;
    const number = this.#documents.size + 1;
    this.#documents.set(document, number);
    return number;
  }

  #turnBefore(): KeptTurn | undefined {
    const { document, input } = this.#exchange;
    if (this.#masking === undefined || document === undefined) return undefined;
    return this.#deps.protections.turns.find(input.principal.key.id, namedTurns(document));
  }

  /** Earlier turns that came sealed hold placeholders as well: those of this conversation. */
  #recall(): void {
    const { document } = this.#exchange;
    if (this.#masking === undefined || document === undefined || !holdsSealed(document)) return;
    for (const one of this.#conversationHere().placeholders.given(maxRecalled)) this.#replaced.learn(one);
  }

  // ---------------------------------------------------------------- answers, and what is told

  #textOf(place: 'system'): string {
    const { document } = this.#exchange;
    const scan = document === undefined ? undefined : this.#scans.get(document);
    return (scan?.leaves ?? [])
      .filter(({ leaf }) => leaf.place === place)
      .map(({ content }) => content.text)
      .join('\n');
  }

  /** Whether the client itself sent it: then an answer that says it tells nothing new. */
  #isKnown(text: string): boolean {
    const { document, input } = this.#exchange;
    if ((document?.bytes ?? input.body).includes(text)) return true;
    for (const { text: original } of this.#replaced.originals.values()) if (original.includes(text)) return true;
    // In the body letters may stand as escapes.
    const scan = document === undefined ? undefined : this.#scans.get(document);
    return scan?.leaves.some(({ content }) => content.text.includes(text)) === true;
  }

  #note(event: SafetyEvent): void {
    const key = `${event.source}\0${event.rule}\0${event.action}\0${event.detail}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#exchange.recorder.safety(event);
  }
}
