/**
 * Signed and encrypted reasoning between turns: kept here when it is minted, given to clients as a handle where their dialect has a
 * place for one, and attached again only for the provider that minted it (CLI-10, RTE-52).
 */
import type { DialectId } from '../../shared/domain/dialect.ts';
import type {
  CanonicalMessage,
  CanonicalPart,
  CanonicalRequest,
  CanonicalResponse,
  LossSink,
  Opaque,
  ReasoningPart,
  StreamPart,
  ToolCallPart,
} from './dialects/canonical.ts';
import type { ClientDialect } from './dialects/dialect.ts';
import type { SideStore } from './side-store.ts';

/**
 * Starts every handle: letters and digits, so that it survives fields meant for base64. The first letter is a rare one: every
 * body is searched for this, and the search goes from one first letter to the next.
 */
export const handlePrefix = 'ZsluiceRs';
const handleLetters = 23;

/** What belongs to a tool call: the reasoning between the call before it and itself, and its own signature. */
interface KeptCall {
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

const prefixBytes = Buffer.from(handlePrefix);

/** `true` when a body may hold handles of ours: one native search. */
export function holdsHandle(body: Buffer): boolean {
  return body.includes(prefixBytes);
}

/**
 * Puts back what `mint` minted and takes out what it did not, each with a loss. What the client holds without a handle it got in its own
 * dialect, past us: a `target` that speaks it can judge that itself, any other cannot.
 */
export function restoreReasoning(
  request: CanonicalRequest,
  mint: string,
  context: KeeperContext,
  losses: LossSink,
  target?: DialectId,
): CanonicalRequest {
  const restoration = new Restoration(mint, context, losses, target === context.client.id);
  return {
    ...request,
    messages: request.messages.map((message, index) =>
      restoration.message(message, `/messages/${String(index)}/reasoning`),
    ),
  };
}

/** Forms without which reasoning is not taken back: Anthropic's signature, OpenAI's encrypted content. */
const signedForms: ReadonlySet<Opaque['form']> = new Set(['signature', 'encrypted']);

const mintedElsewhere = 'reasoning minted by another provider was left out';
const signedElsewhere = 'reasoning signed elsewhere cannot be checked by this provider';

class Restoration {
  readonly #mint: string;
  readonly #context: KeeperContext;
  readonly #losses: LossSink;
  readonly #isOwnDialect: boolean;
  /** Opaque reasoning that stands in the history already: it must not stand there twice. */
  readonly #carried = new Set<string>();

  constructor(mint: string, context: KeeperContext, losses: LossSink, isOwnDialect: boolean) {
    this.#mint = mint;
    this.#context = context;
    this.#losses = losses;
    this.#isOwnDialect = isOwnDialect;
  }

  message(message: CanonicalMessage, path: string): CanonicalMessage {
    if (message.role !== 'assistant') return message;
    const parts: CanonicalPart[] = [];
    for (const part of message.parts) {
      switch (part.type) {
        case 'reasoning': {
          const restored = this.#reasoning(part, path);
          if (restored !== undefined) parts.push(restored);
          break;
        }
        case 'tool-call':
          this.#call(part, parts, path);
          break;
        case 'text':
          parts.push({ ...part, opaque: this.#opaque(part.opaque, path) });
          break;
        default:
          parts.push(part);
      }
    }
    return { ...message, parts };
  }

  #reasoning(part: ReasoningPart, path: string): ReasoningPart | undefined {
    if (part.opaque === undefined || this.#isForTarget(part.opaque)) return part;
    const kept = this.#lookUp(part.opaque);
    // Nobody signed it: it is as readable as it was.
    if (kept !== undefined && kept.opaque === undefined) return kept;
    if (kept?.opaque?.mint === this.#mint) {
      this.#carried.add(kept.opaque.data);
      return kept;
    }
    this.#losses(path, kept === undefined ? signedElsewhere : mintedElsewhere);
    return undefined;
  }

  /** Clients that cannot carry reasoning get it back through the ids of their calls: what stood before a call stands there again. */
  #call(part: ToolCallPart, parts: CanonicalPart[], path: string): void {
    const kept = this.#context.store.get(this.#context.scope, `call:${part.id}`) as KeptCall | undefined;
    if (kept === undefined) {
      parts.push({ ...part, opaque: this.#opaque(part.opaque, path) });
      return;
    }
    if (kept.mint !== this.#mint) {
      this.#losses(path, mintedElsewhere);
      parts.push({ ...part, opaque: undefined });
      return;
    }
    const missing = kept.reasoning.filter((one) => !this.#carried.has(one.opaque?.data ?? ''));
    for (const one of missing) this.#carried.add(one.opaque?.data ?? '');
    if (missing.length > 0) {
      // Readable copies make way for the signed originals.
      const others = parts.filter((one) => one.type !== 'reasoning' || one.opaque !== undefined);
      const isFirst = !others.some((one) => one.type === 'tool-call');
      parts.splice(0, parts.length, ...(isFirst ? [...missing, ...others] : [...others, ...missing]));
    }
    parts.push({ ...part, opaque: kept.callOpaque });
  }

  #opaque(opaque: Opaque | undefined, path: string): Opaque | undefined {
    if (opaque === undefined || this.#isForTarget(opaque)) return opaque;
    const own = this.#lookUp(opaque)?.opaque;
    if (own?.mint === this.#mint) return own;
    this.#losses(path, own === undefined ? signedElsewhere : mintedElsewhere);
    return undefined;
  }

  #isForTarget(opaque: Opaque): boolean {
    return this.#isOwnDialect && !opaque.data.startsWith(handlePrefix);
  }

  #lookUp(opaque: Opaque): ReasoningPart | undefined {
    if (!opaque.data.startsWith(handlePrefix)) return undefined;
    return this.#context.store.get(this.#context.scope, opaque.data) as ReasoningPart | undefined;
  }
}

/** Watches an answer: keeps its opaque reasoning and swaps it for handles the client's dialect can carry. */
export class ReasoningKeeper {
  readonly #context: KeeperContext;
  readonly #texts = new Map<number, string>();
  /** Since the last call began. */
  #reasoning: ReasoningPart[] = [];
  readonly #calls = new Map<number, { readonly id: string; readonly reasoning: readonly ReasoningPart[] }>();

  constructor(context: KeeperContext) {
    this.#context = context;
  }

  part(part: StreamPart): StreamPart {
    switch (part.type) {
      case 'reasoning-delta':
        this.#texts.set(part.block, (this.#texts.get(part.block) ?? '') + part.text);
        return part;
      case 'reasoning-end': {
        const text = this.#texts.get(part.block) ?? '';
        return { ...part, opaque: this.#keep({ type: 'reasoning', text, opaque: part.opaque, id: part.id }) };
      }
      case 'text-end':
        return part.opaque === undefined
          ? part
          : { ...part, opaque: this.#handleFor({ type: 'reasoning', text: '', opaque: part.opaque }) };
      case 'tool-call-start':
        this.#calls.set(part.block, { id: part.id, reasoning: this.#takeReasoning() });
        return part;
      case 'tool-call-end': {
        const call = this.#calls.get(part.block);
        if (call !== undefined) this.#keepCall(call.id, call.reasoning, part.opaque);
        if (part.opaque === undefined) return part;
        return { ...part, opaque: this.#handleFor({ type: 'reasoning', text: '', opaque: part.opaque }) };
      }
      default:
        return part;
    }
  }

  response(response: CanonicalResponse): CanonicalResponse {
    const parts = response.parts.map((part) => {
      if (part.type === 'reasoning') return { ...part, opaque: this.#keep(part) };
      if (part.type === 'tool-call') {
        this.#keepCall(part.id, this.#takeReasoning(), part.opaque);
        if (part.opaque !== undefined)
          return { ...part, opaque: this.#handleFor({ type: 'reasoning', text: '', opaque: part.opaque }) };
      }
      if (part.type === 'text' && part.opaque !== undefined) {
        return { ...part, opaque: this.#handleFor({ type: 'reasoning', text: '', opaque: part.opaque }) };
      }
      return part;
    });
    return { ...response, parts };
  }

  /**
   * The handle that stands for the reasoning. What nobody signed gets one as well in a dialect where clients play reasoning back signed
   * only: without it the provider of a later turn refuses the block.
   */
  #keep(part: ReasoningPart): Opaque | undefined {
    if (part.opaque !== undefined) this.#reasoning.push(part);
    else if (part.text === '' || !this.#context.client.opaqueForms.some((form) => signedForms.has(form)))
      return undefined;
    return this.#handleFor(part);
  }

  #takeReasoning(): readonly ReasoningPart[] {
    const taken = this.#reasoning;
    this.#reasoning = [];
    return taken;
  }

  #keepCall(id: string, reasoning: readonly ReasoningPart[], callOpaque: Opaque | undefined): void {
    if (reasoning.length === 0 && callOpaque === undefined) return;
    const mint = callOpaque?.mint ?? reasoning[0]?.opaque?.mint ?? '';
    const kept: KeptCall = { mint, reasoning, callOpaque };
    const bytes = reasoning.reduce((sum, one) => sum + sizeOf(one), callOpaque?.data.length ?? 0) + 200;
    this.#context.store.put(this.#context.scope, `call:${id}`, kept, bytes);
  }

  #handleFor(part: ReasoningPart): Opaque | undefined {
    const { opaque } = part;
    const forms = this.#context.client.opaqueForms;
    const form = opaque !== undefined && forms.includes(opaque.form) ? opaque.form : forms[0];
    if (form === undefined) return undefined;
    const handle = this.#context.newHandle();
    this.#context.store.put(this.#context.scope, handle, part, sizeOf(part) + 200);
    return { mint: '', form, data: handle };
  }
}

function sizeOf(part: ReasoningPart): number {
  return part.text.length * 2 + (part.opaque?.data.length ?? 0);
}
