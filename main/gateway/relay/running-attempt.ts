/** One attempt at an answer that may be made of several: which of its parts the client gets, and under which numbers. */
import { addUsage, maxUsage, noUsage, type Usage } from '../../../shared/domain/usage.ts';
import type { StreamPart } from '../dialects/canonical.ts';
import { Joiner, type JoinHow } from './joiner.ts';
import { isContent } from './parts.ts';

/** What was delivered is kept up to this many characters; a longer answer can only be begun anew. */
const maxKeptText = 1024 * 1024;

/** What one attempt does with its parts on their way to the shared encoder. */
export interface AttemptParts {
  /** It goes on with an answer of which the client has a part. */
  readonly isLater: boolean;
  /** The beginning of its own answer that the target is to be handed. */
  readonly prefix: string | undefined;
  readonly usedSoFar: Usage | undefined;
  /**
   * The parts the client is to get for this one. There is none before the attempt has content that joins: until then it may fail
   * at no cost. A part of type `error` means that it does not join.
   */
  readonly transform: (part: StreamPart) => readonly StreamPart[];
}

/** `restart`: a mark the client sees, then an answer from the start. `undefined`: the first attempt. */
type How = JoinHow | 'restart' | undefined;

interface OpenBlock {
  readonly type: 'text' | 'reasoning' | 'other';
  /** The part that ends it. */
  readonly end: () => StreamPart;
}

/** What the client has so far. */
export class DeliveredAnswer {
  /** The attempt whose content goes out; of two at the same time only the first. */
  owner: RunningAttempt | undefined;
  hasContent = false;
  isStarted = false;
  isOver = false;
  isTextOnly = true;
  /** `undefined` once it is too long. */
  text: string | undefined = '';
  /** By the client's number. */
  readonly open = new Map<number, OpenBlock>();
  #blocks = 0;

  newBlock(): number {
    return this.#blocks++;
  }

  note(part: StreamPart): void {
    if (isContent(part)) this.hasContent = true;
    if (part.type === 'text-delta' && this.text !== undefined) {
      this.text += part.text;
      if (this.text.length > maxKeptText) this.text = undefined;
    } else if (part.type === 'refusal-start' || part.type === 'tool-call-start' || part.type === 'media')
      this.isTextOnly = false;
  }
}

/** Text that belongs to no block of the provider: its own is over. */
const noBlock = -1;

type BlockPart = Extract<StreamPart, { readonly block: number }>;

export interface AttemptState {
  readonly how: How;
  readonly mark: string;
  readonly usedSoFar: Usage | undefined;
  readonly keep: (part: StreamPart) => StreamPart;
  readonly onFailure: (why: string) => void;
}

export class RunningAttempt implements AttemptParts {
  readonly isLater: boolean;
  readonly prefix: string | undefined;
  readonly usedSoFar: Usage | undefined;
  /** As its own parts told it. */
  usage: Usage | undefined;
  readonly #answer: DeliveredAnswer;
  readonly #state: AttemptState;
  /** `undefined` for answers that are passed on whole. */
  readonly #joiner: Joiner | undefined;
  /** Parts before the first content. */
  #waiting: StreamPart[] = [];
  /** The provider's, of the last text it said. */
  #textBlock = noBlock;
  #finish: Extract<StreamPart, { type: 'finish' }> | undefined;
  /** The client's number of the provider's block. */
  readonly #blocks = new Map<number, number>();
  #hasTaken = false;
  #hasFailed = false;

  constructor(answer: DeliveredAnswer, state: AttemptState) {
    this.#answer = answer;
    this.#state = state;
    this.isLater = state.how !== undefined;
    this.usedSoFar = state.usedSoFar;
    const text = answer.text ?? '';
    if (state.how === undefined || state.how === 'restart' || text === '') return;
    this.#joiner = new Joiner(state.how, text);
    if (state.how === 'prefix' && text.trim() !== '') this.prefix = text.trimEnd();
  }

  /** The client has a part of it, or it was asked for the rest of one. */
  get isPaidFor(): boolean {
    return this.#hasTaken || this.isLater;
  }

  readonly transform = (part: StreamPart): readonly StreamPart[] => {
    if (part.type === 'usage') this.usage = maxUsage(this.usage ?? noUsage, part.usage);
    const { owner } = this.#answer;
    if (this.#hasFailed || (owner === undefined ? this.#hasTaken : owner !== this)) return [];
    if (part.type === 'error') return [part];
    // Kept until the end is certain: a client must not see an end twice.
    if (part.type === 'finish') {
      this.#finish = part;
      return [];
    }
    const out: StreamPart[] = [];
    for (const one of this.#joiner === undefined ? [part] : this.#seamed(part, this.#joiner)) {
      if (one.type === 'error') out.push(one);
      else if (this.#hasTaken) this.#pass(one, out);
      else this.#wait(one, out);
    }
    for (const one of out) this.#answer.note(one);
    return out;
  };

  /** Nothing goes out before there is content. */
  #wait(part: StreamPart, out: StreamPart[]): void {
    if (!isContent(part) && part.type !== 'response-end') {
      this.#waiting.push(part);
      return;
    }
    this.#take(out);
    for (const one of this.#waiting) this.#pass(one, out);
    this.#waiting = [];
    this.#pass(part, out);
  }

  /** What of this part stands behind the place where the text joins. */
  #seamed(part: StreamPart, joiner: Joiner): readonly StreamPart[] {
    if (part.type === 'text-delta') {
      this.#textBlock = part.block;
      const text = joiner.push(part.text);
      if (!joiner.isJoined) return this.#failed(joiner);
      return [text === part.text ? part : { type: 'text-delta', block: part.block, text }];
    }
    if (part.type === 'usage') return joiner.isJoined ? [part] : [];
    if (joiner.isJoined) {
      // White space that was waited with goes out before anything that is not its text.
      return this.#textBlock === noBlock ? [part] : this.#behind(joiner.end(), this.#textBlock, part);
    }
    return this.#endsText(part) ? this.#judged(part, joiner) : [];
  }

  /** What it said until here is all there is to join by. Reasoning that led to it was thought once already. */
  #endsText(part: StreamPart): boolean {
    switch (part.type) {
      case 'tool-call-start':
      case 'media':
      case 'refusal-start':
      case 'response-end':
        return true;
      case 'text-end':
        return this.#state.how === 'prefix';
      default:
        return false;
    }
  }

  #judged(part: StreamPart, joiner: Joiner): readonly StreamPart[] {
    const text = joiner.end();
    if (!joiner.isJoined) return this.#failed(joiner);
    return this.#behind(text, part.type === 'text-end' ? part.block : noBlock, part);
  }

  #behind(text: string, block: number, part: StreamPart): readonly StreamPart[] {
    return text === '' ? [part] : [{ type: 'text-delta', block, text }, part];
  }

  #failed({ failure }: Joiner): readonly StreamPart[] {
    if (failure === undefined) return [];
    this.#hasFailed = true;
    this.#state.onFailure(failure);
    const message = `The provider broke off in the middle of the answer, and what another one said could not be joined to it: ${failure}.`;
    return [{ type: 'error', error: { status: 502, kind: 'server', code: 'relay.stream_incomplete', message } }];
  }

  /** This attempt is the answer from here on. */
  #take(out: StreamPart[]): void {
    const answer = this.#answer;
    answer.owner = this;
    this.#hasTaken = true;
    for (const [block, open] of answer.open) if (open.type === 'reasoning') this.#close(block, out);
    if (this.#joiner !== undefined && this.usage !== undefined) this.#pass({ type: 'usage', usage: this.usage }, out);
    if (this.#state.how !== 'restart') return;
    // Without text the client has nothing that would have to be told from the new answer.
    if (answer.text !== '') this.#text(noBlock, this.#state.mark, out);
    for (const block of [...answer.open.keys()]) this.#close(block, out);
  }

  #pass(part: StreamPart, out: StreamPart[]): void {
    switch (part.type) {
      case 'response-start':
        if (this.#answer.isStarted) return;
        this.#answer.isStarted = true;
        out.push(part);
        return;
      case 'usage': {
        // The provider's own object tells of its own part only.
        const used = this.usedSoFar;
        out.push(used === undefined ? part : { type: 'usage', usage: addUsage(used, part.usage) });
        return;
      }
      case 'response-end':
        this.#end(part, out);
        return;
      case 'text-start':
        if (this.#adoptText(part.block)) return;
        this.#open(part, out);
        return;
      case 'reasoning-start':
      case 'refusal-start':
      case 'tool-call-start':
        this.#open(part, out);
        return;
      case 'media':
        this.#closeOrphans(out);
        out.push({ ...part, block: this.#answer.newBlock() });
        return;
      case 'text-delta':
        this.#textDelta(part, out);
        return;
      case 'finish':
      case 'error':
        return;
      default:
        this.#rest(part, out);
    }
  }

  #textDelta(part: Extract<StreamPart, { type: 'text-delta' }>, out: StreamPart[]): void {
    const block = this.#blocks.get(part.block);
    if (block !== undefined) out.push({ ...part, block });
    else if (part.text === '') this.#adoptText(part.block);
    else this.#text(part.block, part.text, out);
  }

  /** Deltas and ends. */
  #rest(part: BlockPart, out: StreamPart[]): void {
    const block = this.#blocks.get(part.block);
    // A block that began before its answer joined.
    if (block === undefined) return;
    out.push({ ...part, block });
    if (part.type.endsWith('-end')) this.#answer.open.delete(block);
  }

  /** Into the block that an earlier attempt left open, or into a new one. */
  #text(from: number, text: string, out: StreamPart[]): void {
    const open = this.#openText();
    const block = open ?? this.#start('text', from, out);
    if (open === undefined) out.push({ type: 'text-start', block });
    else if (from !== noBlock) this.#blocks.set(from, open);
    out.push({ type: 'text-delta', block, text });
  }

  /** A text that an earlier attempt left open goes on with the text of this one. */
  #adoptText(from: number): boolean {
    const open = this.#openText();
    if (open === undefined || [...this.#blocks.values()].includes(open)) return false;
    this.#blocks.set(from, open);
    return true;
  }

  #openText(): number | undefined {
    for (const [block, open] of this.#answer.open) if (open.type === 'text') return block;
    return undefined;
  }

  #open(part: Extract<BlockPart, { type: `${string}-start` }>, out: StreamPart[]): void {
    const type = part.type === 'text-start' ? 'text' : part.type === 'reasoning-start' ? 'reasoning' : 'other';
    out.push({ ...part, block: this.#start(type, part.block, out) });
  }

  #start(type: OpenBlock['type'], from: number, out: StreamPart[]): number {
    this.#closeOrphans(out);
    const block = this.#answer.newBlock();
    if (from !== noBlock) this.#blocks.set(from, block);
    const { keep } = this.#state;
    this.#answer.open.set(block, {
      type,
      end: () =>
        type === 'reasoning'
          ? // The provider's number, by which the part before knows it.
            {
              ...(keep({ type: 'reasoning-end', block: from }) as Extract<StreamPart, { type: 'reasoning-end' }>),
              block,
            }
          : { type: 'text-end', block },
    });
    return block;
  }

  /** What earlier attempts left open ends where something else begins. */
  #closeOrphans(out: StreamPart[]): void {
    const own = new Set(this.#blocks.values());
    for (const block of [...this.#answer.open.keys()]) if (!own.has(block)) this.#close(block, out);
  }

  #close(block: number, out: StreamPart[]): void {
    const open = this.#answer.open.get(block);
    if (open === undefined || open.type === 'other') return;
    this.#answer.open.delete(block);
    out.push(open.end());
  }

  #end(part: StreamPart, out: StreamPart[]): void {
    for (const block of [...this.#answer.open.keys()]) this.#close(block, out);
    if (this.#finish !== undefined) out.push(this.#finish);
    out.push(part);
    this.#answer.isOver = true;
  }
}
