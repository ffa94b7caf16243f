/**
 * Signed and encrypted reasoning between turns: kept here when it is minted, given to clients as a handle where their dialect has a
 * place for one, and attached again only for the provider that minted it (CLI-10, RTE-52).
 */
import type { CanonicalMessage, CanonicalPart, CanonicalRequest, CanonicalResponse, LossSink, Opaque, ReasoningPart, StreamPart, ToolCallPart } from './dialects/canonical.ts';
import type { ClientDialect } from './dialects/dialect.ts';
import type { SideStore } from './side-store.ts';

/** Starts every handle: letters and digits, so that it survives fields meant for base64. */
export const handlePrefix = 'sluiceRsn';
const handleLetters = 23;

/** What belongs to a tool call: the reasoning between the call before it and itself, and its own signature. */
interface KeptTurn {
  readonly mint: string;
  readonly reasoning: readonly ReasoningPart[];
  readonly callOpaque: Opaque | undefined;
}

export interface KeeperContext {
  readonly store: SideStore;
  /** The virtual key's id. */
  readonly scope: string;
  readonly client: ClientDialect;
  readonly newHandle: () => string;
}

/** A fresh handle from random letters and digits. */
export function createHandle(randomId: (count: number) => string): string {
  return `${handlePrefix}${randomId(handleLetters)}`;
}

/** `true` when a body may hold handles of ours: one native search. */
export function holdsHandle(body: Buffer): boolean {
  return body.includes(handlePrefix);
}

/** Puts back what `mint` minted and takes out what it did not, each with a loss. */
export function restoreReasoning(request: CanonicalRequest, mint: string, context: KeeperContext, losses: LossSink): CanonicalRequest {
  return {
    ...request,
    messages: request.messages.map((message, index) =>
      message.role === 'assistant' ? restoreMessage(message, mint, context, losses, `/messages/${String(index)}`) : message,
    ),
  };
}

function restoreMessage(message: CanonicalMessage, mint: string, context: KeeperContext, losses: LossSink, path: string): CanonicalMessage {
  const parts: CanonicalPart[] = [];
  for (const part of message.parts) {
    switch (part.type) {
      case 'reasoning': {
        const restored = restoreReasoningPart(part, mint, context, losses, path);
        if (restored !== undefined) parts.push(restored);
        break;
      }
      case 'tool-call':
        restoreCall(part, parts, mint, context, losses, path);
        break;
      case 'text':
        parts.push({ ...part, opaque: restoreOpaque(part.opaque, mint, context, losses, path) });
        break;
      default:
        parts.push(part);
    }
  }
  return { ...message, parts };
}

/** Clients that cannot carry reasoning get it back through the ids of their calls: what stood before a call stands there again. */
function restoreCall(part: ToolCallPart, parts: CanonicalPart[], mint: string, context: KeeperContext, losses: LossSink, path: string): void {
  const kept = context.store.get(context.scope, `call:${part.id}`) as KeptTurn | undefined;
  if (kept === undefined) {
    parts.push({ ...part, opaque: restoreOpaque(part.opaque, mint, context, losses, path) });
    return;
  }
  if (kept.mint !== mint) {
    losses(`${path}/reasoning`, mintedElsewhere);
    parts.push({ ...part, opaque: undefined });
    return;
  }
  const carried = new Set(parts.map((one) => (one.type === 'reasoning' ? one.opaque?.data : undefined)));
  const missing = kept.reasoning.filter((one) => !carried.has(one.opaque?.data));
  if (missing.length > 0) {
    // Readable copies make way for the signed originals.
    const others = parts.filter((one) => one.type !== 'reasoning' || one.opaque !== undefined);
    const isFirst = !others.some((one) => one.type === 'tool-call');
    parts.splice(0, parts.length, ...(isFirst ? [...missing, ...others] : [...others, ...missing]));
  }
  parts.push({ ...part, opaque: kept.callOpaque });
}

const mintedElsewhere = 'reasoning minted by another provider was left out';
const signedElsewhere = 'reasoning signed elsewhere cannot be checked by this provider';

function restoreOpaque(opaque: Opaque | undefined, mint: string, context: KeeperContext, losses: LossSink, path: string): Opaque | undefined {
  if (opaque === undefined) return undefined;
  const own = lookUp(opaque, context)?.opaque;
  if (own?.mint === mint) return own;
  losses(`${path}/reasoning`, own === undefined ? signedElsewhere : mintedElsewhere);
  return undefined;
}

function restoreReasoningPart(part: ReasoningPart, mint: string, context: KeeperContext, losses: LossSink, path: string): ReasoningPart | undefined {
  if (part.opaque === undefined) return part;
  const kept = lookUp(part.opaque, context);
  if (kept?.opaque?.mint === mint) return kept;
  losses(`${path}/reasoning`, kept === undefined ? signedElsewhere : mintedElsewhere);
  return undefined;
}

function lookUp(opaque: Opaque, context: KeeperContext): ReasoningPart | undefined {
  if (!opaque.data.startsWith(handlePrefix)) return undefined;
  return context.store.get(context.scope, opaque.data) as ReasoningPart | undefined;
}

/** Watches an answer: keeps its opaque reasoning and swaps it for handles the client's dialect can carry. */
export class ReasoningKeeper {
  readonly #context: KeeperContext;
  readonly #texts = new Map<number, string>();
  #reasoning: ReasoningPart[] = [];
  readonly #calls = new Map<number, string>();

  constructor(context: KeeperContext) {
    this.#context = context;
  }

  part(part: StreamPart): StreamPart {
    switch (part.type) {
      case 'reasoning-delta':
        this.#texts.set(part.block, (this.#texts.get(part.block) ?? '') + part.text);
        return part;
      case 'reasoning-end': {
        if (part.opaque === undefined) return part;
        const kept: ReasoningPart = { type: 'reasoning', text: this.#texts.get(part.block) ?? '', opaque: part.opaque, id: part.id };
        this.#reasoning.push(kept);
        return { ...part, opaque: this.#handleFor(kept) };
      }
      case 'text-end':
        return part.opaque === undefined ? part : { ...part, opaque: this.#handleFor({ type: 'reasoning', text: '', opaque: part.opaque }) };
      case 'tool-call-start':
        this.#calls.set(part.block, part.id);
        return part;
      case 'tool-call-end': {
        const id = this.#calls.get(part.block);
        if (id !== undefined) this.#keepCall(id, part.opaque);
        if (part.opaque === undefined) return part;
        return { ...part, opaque: this.#handleFor({ type: 'reasoning', text: '', opaque: part.opaque }) };
      }
      default:
        return part;
    }
  }

  response(response: CanonicalResponse): CanonicalResponse {
    const parts = response.parts.map((part) => {
      if (part.type === 'reasoning' && part.opaque !== undefined) {
        this.#reasoning.push(part);
        return { ...part, opaque: this.#handleFor(part) };
      }
      if (part.type === 'tool-call') {
        this.#keepCall(part.id, part.opaque);
        if (part.opaque !== undefined) return { ...part, opaque: this.#handleFor({ type: 'reasoning', text: '', opaque: part.opaque }) };
      }
      if (part.type === 'text' && part.opaque !== undefined) {
        return { ...part, opaque: this.#handleFor({ type: 'reasoning', text: '', opaque: part.opaque }) };
      }
      return part;
    });
    return { ...response, parts };
  }

  #keepCall(id: string, callOpaque: Opaque | undefined): void {
    if (this.#reasoning.length === 0 && callOpaque === undefined) return;
    const mint = callOpaque?.mint ?? this.#reasoning[0]?.opaque?.mint ?? '';
    const turn: KeptTurn = { mint, reasoning: this.#reasoning, callOpaque };
    this.#reasoning = [];
    const bytes = turn.reasoning.reduce((sum, one) => sum + sizeOf(one), callOpaque?.data.length ?? 0) + 200;
    this.#context.store.put(this.#context.scope, `call:${id}`, turn, bytes);
  }

  #handleFor(part: ReasoningPart): Opaque | undefined {
    const { opaque } = part;
    const forms = this.#context.client.opaqueForms;
    const form = opaque !== undefined && forms.includes(opaque.form) ? opaque.form : forms[0];
    if (opaque === undefined || form === undefined) return undefined;
    const handle = this.#context.newHandle();
    this.#context.store.put(this.#context.scope, handle, part, sizeOf(part) + 200);
    return { mint: '', form, data: handle };
  }
}

function sizeOf(part: ReasoningPart): number {
  return part.text.length * 2 + (part.opaque?.data.length ?? 0);
}
