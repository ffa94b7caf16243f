/**
 * Signed and encrypted reasoning between turns: kept here when it is minted, given to clients as a handle where their dialect has a
 * place for one, and attached again only for the provider that minted it (CLI-10, RTE-52).
 */
import type { CanonicalMessage, CanonicalPart, CanonicalRequest, CanonicalResponse, LossSink, Opaque, ReasoningPart, StreamPart } from './dialects/canonical.ts';
import type { ClientDialect } from './dialects/dialect.ts';
import type { SideStore } from './side-store.ts';

/** Starts every handle: letters and digits, so that it survives fields meant for base64. */
export const handlePrefix = 'sluiceRsn';
const handleLetters = 23;

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
  let hasSigned = false;
  for (const part of message.parts) {
    if (part.type === 'reasoning') {
      const restored = restoreReasoningPart(part, mint, context, losses, path);
      if (restored === undefined) continue;
      hasSigned ||= restored.opaque !== undefined;
      parts.push(restored);
      continue;
    }
    if (part.type === 'tool-call') {
      const kept = context.store.get(context.scope, `call:${part.id}`) as KeptTurn | undefined;
      if (kept !== undefined && kept.mint === mint) {
        if (!hasSigned && kept.reasoning.length > 0) {
          // The client could not carry it: readable copies make way for the signed originals.
          const others = parts.filter((one) => one.type !== 'reasoning');
          parts.splice(0, parts.length, ...kept.reasoning, ...others);
          hasSigned = true;
        }
        parts.push({ ...part, opaque: kept.callOpaque });
        continue;
      }
    }
    if ((part.type === 'tool-call' || part.type === 'text') && part.opaque !== undefined) {
      const own = lookUp(part.opaque, context);
      parts.push({ ...part, opaque: own !== undefined && own.mint === mint ? own : undefined });
      continue;
    }
    parts.push(part);
  }
  return { ...message, parts };
}

function restoreReasoningPart(part: ReasoningPart, mint: string, context: KeeperContext, losses: LossSink, path: string): ReasoningPart | undefined {
  if (part.opaque === undefined) return part;
  const kept = part.opaque.data.startsWith(handlePrefix) ? (context.store.get(context.scope, part.opaque.data) as ReasoningPart | undefined) : undefined;
  if (kept?.opaque !== undefined && kept.opaque.mint === mint) return kept;
  losses(
    `${path}/reasoning`,
    kept === undefined ? 'reasoning signed elsewhere cannot be checked by this provider' : 'reasoning minted by another provider was left out',
  );
  return undefined;
}

function lookUp(opaque: Opaque, context: KeeperContext): Opaque | undefined {
  if (!opaque.data.startsWith(handlePrefix)) return undefined;
  const kept = context.store.get(context.scope, opaque.data) as ReasoningPart | undefined;
  return kept?.opaque;
}

/** Watches an answer: keeps its opaque reasoning and swaps it for handles the client's dialect can carry. */
export class ReasoningKeeper {
  readonly #context: KeeperContext;
  #texts = new Map<number, string>();
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
    const turn: KeptTurn = { mint, reasoning: [...this.#reasoning], callOpaque };
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
