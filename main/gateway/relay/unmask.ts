/** Puts the originals back in the client's copy of an answer, whole or in pieces, wherever a placeholder is cut. */
import { placeholderTags, type FoundKind } from '../../../shared/domain/masking.ts';
import type { Original, Originals } from '../exchange.ts';
import { ChannelSet, UnmaskChannel, type Matcher, type Scanned, type UnmaskContext } from './unmask-channel.ts';
import { JsonDepth } from './unmask-depth.ts';
import { ActiveTags, beginsId, idLength, isOfId, mayHoldPlaceholder, tagBefore, type TagFound } from './unmask-tags.ts';

export interface UnmaskerOptions {
  /**
   * Reasoning in which something was restored has a signature: it must go back to the provider as the provider wrote it, which is
   * `maskedText`.
   */
  readonly onSignedReasoning?: ((signature: string, maskedText: string) => void) | undefined;
}

/** What `JSON.stringify` escapes in a string. */
const needsEscape = /["\\\p{Cc}\p{Cs}]/u;

/**
 * Belongs to one exchange. Matching is exact but for what models do to a word: case, and a space, an underscore or a hyphen between
 * tag and id. What is not in the map stays as it is.
 */
export class Unmasker implements Matcher {
  /** Those of an answer that may be made of several attempts: what one of them left half said, the next goes on with. */
  readonly channels: ChannelSet;
  /** Placeholders that became their originals again. */
  restored = 0;
  /** Words that look like placeholders and are none of this exchange's. */
  unknown = 0;
  readonly #originals: ReadonlyMap<string, Original>;
  readonly #onSignedReasoning: UnmaskerOptions['onSignedReasoning'];
  #active: Active;

  constructor({ byPlaceholder }: Originals, { onSignedReasoning }: UnmaskerOptions = {}) {
    this.#originals = byPlaceholder;
    this.#onSignedReasoning = onSignedReasoning;
    this.#active = activeOf(byPlaceholder);
    this.channels = this.separateChannels();
  }

  /** There is nothing to restore. */
  get isEmpty(): boolean {
    return this.#originals.size === 0;
  }

  /** Whether signed reasoning is asked for. */
  get watchesSignatures(): boolean {
    return this.#onSignedReasoning !== undefined;
  }

  /** Channels of one attempt that no other goes on with. */
  separateChannels(): ChannelSet {
    return new ChannelSet((context) => new UnmaskChannel(this, context));
  }

  /** The channel of this key among those of the whole exchange. */
  channel(key: string, context: UnmaskContext): UnmaskChannel {
    return this.channels.channel(key, context);
  }

  /** A whole text. */
  text(whole: string, context: UnmaskContext): string {
    return this.scan(whole, context, this.depth(), true).text;
  }

  /** Reasoning that was signed; told on only where it was changed. */
  signed(signature: string, maskedText: string): void {
    this.#onSignedReasoning?.(signature, maskedText);
  }

  // ---- for channels

  /** For one text from its beginning. */
  depth(): JsonDepth | undefined {
    return this.#known().hasEscapes ? new JsonDepth() : undefined;
  }

  /** What of `text` can be said now, with originals in it, and where the rest begins that may go on to be a placeholder. */
  scan(text: string, context: UnmaskContext, depth: JsonDepth | undefined, isWhole: boolean): Scanned {
    const active = this.#known();
    let out = '';
    let copied = 0;
    let measured = 0;
    for (let i = 1; i < text.length; i++) {
      if (!beginsId(text.charCodeAt(i))) continue;
      const found = tagBefore(text, i, copied);
      if (found === undefined) continue;
      if (!isWhole && mayGrow(active, text, i, found.tag)) {
        depth?.feed(text, measured, found.start);
        return { text: out + text.slice(copied, found.start), rest: found.start };
      }
      let end = this.#endOf(text, i, found);
      if (end === 0) continue;
      const original = this.#originals.get(found.tag + text.slice(i, end).toLowerCase());
      if (original !== undefined && comesBack(original, context)) {
        const { suffix = '' } = original;
        const behind = text.slice(end, end + suffix.length).toLowerCase();
        if (!isWhole && behind.length < suffix.length && suffix.startsWith(behind)) {
          depth?.feed(text, measured, found.start);
          return { text: out + text.slice(copied, found.start), rest: found.start };
        }
        if (behind === suffix) end += suffix.length;
        depth?.feed(text, measured, found.start);
        measured = found.start;
        out += text.slice(copied, found.start) + escaped(original.text, context, depth);
        copied = end;
        this.restored++;
      }
      i = end - 1;
    }
    const rest = isWhole ? text.length : active.tags.openStart(text, copied);
    depth?.feed(text, measured, rest);
    return { text: out === '' && copied === 0 && rest === text.length ? text : out + text.slice(copied, rest), rest };
  }

  /** `true`: a string's bytes, escaped as they stand in JSON, hold no placeholder and no beginning of one. */
  passes(bytes: Buffer, start: number, end: number): boolean {
    return !mayHoldPlaceholder(bytes, start, end) && !this.#known().tags.mayBeOpen(bytes, start, end);
  }

  /** How many characters wait at the end of a text without escapes that has no id in it. */
  waitingIn(text: string): number {
    return text.length - this.#known().tags.openStart(text, 0);
  }

  /** Another attempt may have masked more. */
  #known(): Active {
    if (this.#active.size !== this.#originals.size) this.#active = activeOf(this.#originals);
    return this.#active;
  }

  /** Where the id ends: the longest that is known, else that of a placeholder of another exchange, which is counted; 0 for none. */
  #endOf(text: string, idStart: number, { tag, isPlain }: TagFound): number {
    const longest = Math.min(this.#active.longestId, text.length - idStart);
    for (let length = longest; length >= idLength; length--) {
      const end = idStart + length;
      if (isOfId(text, idStart, end) && this.#originals.has(tag + text.slice(idStart, end).toLowerCase())) return end;
    }
    const end = idStart + idLength;
    if (!isPlain || end > text.length || !isOfId(text, idStart, end)) return 0;
    this.unknown++;
    return end;
  }
}

/** What is told of all placeholders together. */
interface Active {
  readonly size: number;
  readonly tags: ActiveTags;
  readonly longestId: number;
  /** Only then does it matter inside how many strings of JSON an original comes to stand. */
  readonly hasEscapes: boolean;
}

function activeOf(originals: ReadonlyMap<string, Original>): Active {
  const kinds = new Set<FoundKind>();
  let longestId = idLength;
  let hasEscapes = false;
  for (const { placeholder, kind, text } of originals.values()) {
    kinds.add(kind);
    longestId = Math.max(longestId, placeholder.length - placeholderTags[kind].length);
    hasEscapes ||= needsEscape.test(text);
  }
  return { size: originals.size, tags: new ActiveTags(kinds), longestId, hasEscapes };
}

/** The text ends in the id, or where a longer one could go on. */
function mayGrow({ tags, longestId }: Active, text: string, idStart: number, tag: string): boolean {
  if (text.length - idStart >= longestId || !tags.has(tag)) return false;
  return isOfId(text, idStart, text.length);
}

function comesBack(original: Original, { tool }: UnmaskContext): boolean {
  return tool === undefined ? original.inText : original.inTool(tool);
}

/**
 * An original as it is put into a text. Arguments are JSON by what they are, and escaped. A text that only happens to be JSON, or a
 * string in it that is, mostly comes from a client whose own words it repeats: what fits there as it is was taken from such a place.
 */
function escaped(text: string, { json }: UnmaskContext, depth: JsonDepth | undefined): string {
  // Without a depth there is nothing to escape in any original.
  if (depth === undefined) return text;
  const least = json ? 1 : 0;
  const happened = Math.max(depth.depth - least, 0);
  let out = text;
  for (let times = least + (isEscaped(text, happened) ? 0 : happened); times > 0; times--)
    out = JSON.stringify(out).slice(1, -1);
  return out;
}

const stringContent = /^(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*$/u;

/** Whether it can be what is between the quotes of a JSON string, so many strings deep. */
function isEscaped(text: string, times: number): boolean {
  let plain = text;
  for (let i = 0; i < times; i++) {
    if (!stringContent.test(plain)) return false;
    plain = JSON.parse(`"${plain}"`) as string;
  }
  return true;
}
