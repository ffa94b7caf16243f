/** Originals in answers that are in canonical form, part by part or whole, last before they are written for the client. */
import type { CanonicalResponse, Citation, Opaque, StreamPart, ToolCallKind } from '../dialects/canonical.ts';
import type { ChannelSet, UnmaskChannel, UnmaskContext } from './unmask-channel.ts';
import type { Unmasker } from './unmask.ts';

const texts: UnmaskContext = { json: false, tool: undefined };

type BlockType = 'text' | 'reasoning' | 'refusal' | 'tool-call';
const blockTypes: readonly BlockType[] = ['text', 'reasoning', 'refusal', 'tool-call'];

function callContext(kind: ToolCallKind, tool: string): UnmaskContext {
  return { json: kind !== 'custom', tool };
}

/** All that it knows is in its channels: where attempts share these, one goes on with what another left half said. */
export class PartRestorer {
  readonly #unmasker: Unmasker;
  readonly #channels: ChannelSet;

  constructor(unmasker: Unmasker, channels: ChannelSet) {
    this.#unmasker = unmasker;
    this.#channels = channels;
  }

  readonly part = (part: StreamPart): readonly StreamPart[] => {
    switch (part.type) {
      case 'text-delta': {
        const text = this.#channel('text', part.block, texts).push(part.text);
        return text === '' && part.logprobs === undefined ? [] : [{ ...part, text }];
      }
      case 'reasoning-delta':
        return this.#said('reasoning', part.block, this.#channel('reasoning', part.block, this.#thoughts()), part.text);
      case 'refusal-delta':
        return this.#said('refusal', part.block, this.#channel('refusal', part.block, texts), part.text);
      case 'tool-call-start':
        this.#channel('tool-call', part.block, callContext(part.kind, part.name));
        return [part];
      case 'tool-call-delta': {
        const channel = this.#channel('tool-call', part.block, callContext('function', ''));
        return this.#said('tool-call', part.block, channel, part.input);
      }
      case 'text-end':
        return [...this.#closed('text', part.block), { ...part, citations: this.#citations(part.citations) }];
      case 'reasoning-end': {
        const channel = this.#channels.get(keyOf('reasoning', part.block));
        const held = this.#closed('reasoning', part.block);
        if (channel?.isChanged === true) this.#signed(part.opaque, channel.masked);
        return [...held, part];
      }
      case 'refusal-end':
        return [...this.#closed('refusal', part.block), part];
      case 'tool-call-end':
        return [...this.#closed('tool-call', part.block), part];
      case 'response-end':
        return [...this.end(), part];
      default:
        return [part];
    }
  };

  /** What waits in texts that nobody goes on with. */
  end(): readonly StreamPart[] {
    return this.#channels.keys().flatMap((key) => {
      const [type = '', block = ''] = key.split('/');
      const known = blockTypes.find((one) => one === type);
      return known === undefined ? [] : this.#closed(known, Number(block));
    });
  }

  response(response: CanonicalResponse): CanonicalResponse {
    const unmasker = this.#unmasker;
    const parts = response.parts.map((part): CanonicalResponse['parts'][number] => {
      switch (part.type) {
        case 'text':
          return { ...part, text: unmasker.text(part.text, texts), citations: this.#citations(part.citations) };
        case 'refusal':
          return { ...part, text: unmasker.text(part.text, texts) };
        case 'reasoning': {
          const text = unmasker.text(part.text, texts);
          if (text !== part.text) this.#signed(part.opaque, part.text);
          return { ...part, text };
        }
        case 'tool-call':
          return { ...part, input: unmasker.text(part.input, callContext(part.kind, part.name)) };
        default:
          return part;
      }
    });
    return { ...response, parts };
  }

  #thoughts(): UnmaskContext {
    return { ...texts, isSigned: this.#unmasker.watchesSignatures };
  }

  #channel(type: BlockType, block: number, context: UnmaskContext): UnmaskChannel {
    return this.#channels.channel(keyOf(type, block), context);
  }

  #said(type: BlockType, block: number, channel: UnmaskChannel, fragment: string): readonly StreamPart[] {
    const text = channel.push(fragment);
    return text === '' ? [] : [deltaOf(type, block, text)];
  }

  #closed(type: BlockType, block: number): readonly StreamPart[] {
    const key = keyOf(type, block);
    const held = this.#channels.get(key)?.end() ?? '';
    this.#channels.close(key);
    return held === '' ? [] : [deltaOf(type, block, held)];
  }

  #signed(opaque: Opaque | undefined, maskedText: string): void {
    if (opaque?.form === 'signature') this.#unmasker.signed(opaque.data, maskedText);
  }

  #citations(citations: readonly Citation[] | undefined): readonly Citation[] | undefined {
    const restored = (text: string | undefined): string | undefined =>
      text === undefined ? undefined : this.#unmasker.text(text, texts);
    return citations?.map((citation) => ({
      ...citation,
      url: restored(citation.url),
      title: restored(citation.title),
      citedText: restored(citation.citedText),
    }));
  }
}

function keyOf(type: BlockType, block: number): string {
  return `${type}/${String(block)}`;
}

function deltaOf(type: BlockType, block: number, text: string): StreamPart {
  return type === 'tool-call'
    ? { type: 'tool-call-delta', block, input: text }
    : { type: `${type}-delta`, block, text };
}
