/** What a survey of a body is made of: a dialect tells its turns and fields, the questions are answered here for all of them. */
import type { Content, TextRole } from '../../../shared/config/condition.ts';
import { steadySystem, withoutReminders } from './agent-noise.ts';
import type { Json } from './canonical.ts';
import { append, type Medium, type Survey } from './dialect.ts';
import type { JsonDocument } from './document.ts';
import { isFilled } from './entries.ts';
import type { Word } from './words.ts';

/** One message or item of a conversation, as far as routing looks at it. */
export interface Turn {
  readonly role: TextRole;
  /** What is said in this role. */
  readonly texts: string[];
  /** Arguments and results of tools, which are texts of the role `tool` in whatever turn they stand. */
  readonly tool: Json[];
  readonly media: Medium[];
  hasCall: boolean;
  hasResult: boolean;
  /** Holds reasoning that only its maker can read or check. */
  isSigned: boolean;
  /** Names what is kept at one provider. */
  namesStored: boolean;
  isCached: boolean;
  declaresTools: boolean;
}

export function newTurn(role: TextRole): Turn {
  return {
    role,
    texts: [],
    tool: [],
    media: [],
    hasCall: false,
    hasResult: false,
    isSigned: false,
    namesStored: false,
    isCached: false,
    declaresTools: false,
  };
}

/** Bytes of base64 in a `data:` URL (RFC 2397); 0 for an address. */
export function inlineBytes(url: string): number {
  if (!/^data:/i.test(url)) return 0;
  return url.length - url.indexOf(',') - 1;
}

/** What a media type stands for. An unknown one is a document. */
export function mediumKind(mediaType: string): Medium['kind'] {
  const [kind] = mediaType.toLowerCase().split('/', 1);
  if (kind === 'image' || kind === 'audio' || kind === 'video') return kind;
  return /^application\/(?:x-)?pdf\b/i.test(mediaType) ? 'pdf' : 'document';
}

/** What stands where a picture belongs: some providers read documents and films there as well. */
export function kindOfPicture(mediaType: string | undefined): Medium['kind'] {
  if (mediaType === undefined || /^application\/octet-stream\b/i.test(mediaType)) return 'image';
  return mediumKind(mediaType);
}

/** The media type a `data:` URL names. */
export function mediaTypeOf(url: string): string | undefined {
  return /^data:([^;,]{1,200})/i.exec(url)?.[1];
}

/** Without one of these words a body certainly has none of what they stand for. An empty list: the dialect has no form for it. */
export interface SurveyWords {
  readonly image: readonly Word[];
  readonly audio: readonly Word[];
  readonly pdf: readonly Word[];
  readonly video: readonly Word[];
  readonly cached: readonly Word[];
  readonly calls: readonly Word[];
  readonly results: readonly Word[];
  readonly signed: readonly Word[];
  readonly stored: readonly Word[];
  /** Tools declared inside the conversation. */
  readonly tools: readonly Word[];
}

/** What a dialect knows of its bodies. Nothing here throws: what has the wrong type is not there. */
export interface SurveyReader {
  readonly words: SurveyWords;
  /** The conversation's turns in order, the system prompt apart. */
  readonly turns: (document: JsonDocument) => Iterable<Turn>;
  readonly turnsFromEnd: (document: JsonDocument) => Iterable<Turn>;
  /** The system prompt where it stands apart from the conversation. */
  readonly system: (document: JsonDocument) => Turn | undefined;
  /** Fields that hold the tools. */
  readonly toolFields: readonly string[];
  /** A mark of the cache outside of messages. Asked only where the words allow one. */
  readonly isCached: (document: JsonDocument) => boolean;
  /** Something kept at one provider is named outside of messages. */
  readonly namesStored: (document: JsonDocument) => boolean;
  readonly hasSchema: (document: JsonDocument) => boolean;
  readonly asksReasoning: (document: JsonDocument) => boolean;
  readonly isStreamed: (document: JsonDocument) => boolean;
  readonly maxTokens: (document: JsonDocument) => number | undefined;
  readonly isDeterministic: (document: JsonDocument) => boolean;
  readonly sessionId: (document: JsonDocument) => SessionId | undefined;
}

export interface SessionId {
  readonly id: string;
  readonly field: string;
}

/** Of a body of which nothing is known. */
export const blankSurvey: Survey = {
  has: () => false,
  texts: () => [],
  lastUserText: () => undefined,
  media: () => ({ bytes: 0, count: 0 }),
  mediaList: () => [],
  maxTokens: () => undefined,
  isDeterministic: () => false,
  isToolLoop: () => false,
  hasToolTurns: () => false,
  hasSignedReasoning: () => false,
  hasProviderIds: () => false,
  sessionId: () => undefined,
  opening: () => undefined,
};

export function createSurvey(document: JsonDocument, reader: SurveyReader): Survey {
  return new ReaderSurvey(document, reader);
}

class ReaderSurvey implements Survey {
  readonly #document: JsonDocument;
  readonly #reader: SurveyReader;
  /** Read so far, from the last one back: most questions are answered by the latest turns. */
  readonly #latest: Turn[] = [];
  #earlier: Iterator<Turn> | undefined;
  #media: readonly Medium[] | undefined;
  #mediaSum: { readonly bytes: number; readonly count: number } | undefined;

  constructor(document: JsonDocument, reader: SurveyReader) {
    this.#document = document;
    this.#reader = reader;
  }

  has(content: Content): boolean {
    const { words, toolFields, isCached, hasSchema, asksReasoning, isStreamed } = this.#reader;
    const document = this.#document;
    switch (content) {
      case 'tools':
        if (toolFields.some((field) => isFilled(document, field))) return true;
        return this.#some(words.tools, (turn) => turn.declaresTools);
      case 'image':
      case 'audio':
      case 'pdf':
      case 'video':
        return this.#some(words[content], (turn) => turn.media.some((medium) => medium.kind === content));
      case 'cache_control':
        if (!this.#mentions(words.cached)) return false;
        if (isCached(document) || this.#apart()?.isCached === true) return true;
        return this.#some(words.cached, (turn) => turn.isCached);
      case 'json_schema':
        return hasSchema(document);
      case 'reasoning':
        return asksReasoning(document);
      case 'stream':
        return isStreamed(document);
    }
  }

  texts(roles: readonly TextRole[]): Iterable<string> {
    const apart = this.#apart();
    return textsOf(apart === undefined ? this.#all() : [apart, ...this.#all()], roles);
  }

  lastUserText(): string | undefined {
    for (const turn of this.#backwards()) {
      const text = turn.role === 'user' ? saidIn(turn) : '';
      if (text !== '') return text;
    }
    return undefined;
  }

  media(): { readonly bytes: number; readonly count: number } {
    this.#mediaSum ??= {
      bytes: this.mediaList().reduce((sum, medium) => sum + medium.bytes, 0),
      count: this.mediaList().length,
    };
    return this.#mediaSum;
  }

  mediaList(): readonly Medium[] {
    if (this.#media !== undefined) return this.#media;
    const { image, audio, pdf, video } = this.#reader.words;
    const media: Medium[] = [];
    if (this.#mentions([...image, ...audio, ...pdf, ...video]))
      for (const turn of this.#backwards()) append(media, turn.media);
    this.#media = media;
    return media;
  }

  maxTokens(): number | undefined {
    const limit = this.#reader.maxTokens(this.#document);
    // What is no count bounds nothing; beyond what a number holds sums would be none.
    return limit !== undefined && limit > 0 ? Math.min(limit, Number.MAX_SAFE_INTEGER) : undefined;
  }

  isDeterministic(): boolean {
    return this.#reader.isDeterministic(this.#document);
  }

  isToolLoop(): boolean {
    if (!this.#mentions(this.#reader.words.results)) return false;
    for (const turn of this.#backwards()) {
      // Agents put notes to the model behind a result; it is the last word all the same.
      if (turn.role !== 'system') return turn.hasResult;
    }
    return false;
  }

  hasToolTurns(): boolean {
    const { calls, results } = this.#reader.words;
    return this.#some([...calls, ...results], (turn) => turn.hasCall || turn.hasResult);
  }

  hasSignedReasoning(): boolean {
    return this.#some(this.#reader.words.signed, (turn) => turn.isSigned);
  }

  hasProviderIds(): boolean {
    return (
      this.#reader.namesStored(this.#document) || this.#some(this.#reader.words.stored, (turn) => turn.namesStored)
    );
  }

  sessionId(): { readonly id: string; readonly field: string } | undefined {
    return this.#reader.sessionId(this.#document);
  }

  opening(): string | undefined {
    const system: string[] = [];
    const said: string[] = [];
    for (const text of this.#apart()?.texts ?? []) system.push(steadySystem(text));
    for (const turn of this.#reader.turns(this.#document)) {
      if (turn.role === 'user') {
        const text = saidIn(turn);
        if (text !== '') said.push(text);
        // A picture without a word opens a conversation as well.
        for (const medium of turn.media) said.push(`${medium.kind} ${String(medium.bytes)}`);
      } else if (turn.role === 'system') {
        if (said.length === 0) for (const text of turn.texts) system.push(steadySystem(text));
      } else if (said.length > 0) break;
    }
    if (said.length === 0) return undefined;
    return [...system, ...this.#toolTexts(), ...said].join('\n\n');
  }

  /** As declared, without the marks of the cache, which move. */
  #toolTexts(): string[] {
    const isMarked = this.#document.mentions('cache_control');
    return this.#reader.toolFields.flatMap((field) => {
      const span = this.#document.span(field);
      if (span === undefined) return [];
      if (isMarked) return [JSON.stringify(this.#document.value(field), withoutMarks)];
      return [this.#document.bytes.toString('utf8', span.start, span.end)];
    });
  }

  #mentions(words: readonly Word[]): boolean {
    return words.some((word) => this.#document.mentions(word));
  }

  /** Whether any turn fits, looked at only where the words allow one. */
  #some(words: readonly Word[], fits: (turn: Turn) => boolean): boolean {
    if (!this.#mentions(words)) return false;
    for (const turn of this.#backwards()) if (fits(turn)) return true;
    return false;
  }

  *#backwards(): Generator<Turn> {
    this.#earlier ??= this.#reader.turnsFromEnd(this.#document)[Symbol.iterator]();
    for (let index = 0; ; index++) {
      let turn = this.#latest[index];
      if (turn === undefined) {
        const next = this.#earlier.next();
        if (next.done === true) return;
        turn = next.value;
        this.#latest.push(turn);
      }
      yield turn;
    }
  }

  #all(): readonly Turn[] {
    return [...this.#backwards()].reverse();
  }

  #apart(): Turn | undefined {
    return this.#reader.system(this.#document);
  }
}

function withoutMarks(name: string, value: unknown): unknown {
  return name === 'cache_control' ? undefined : value;
}

/** What a person said in a turn, without what an agent put beside it. */
function saidIn(turn: Turn): string {
  return turn.texts
    .map(withoutReminders)
    .filter((text) => text !== '')
    .join('\n');
}

function* textsOf(turns: readonly Turn[], roles: readonly TextRole[]): Generator<string> {
  const tools = roles.includes('tool');
  for (const turn of turns) {
    if (roles.includes(turn.role) && turn.texts.length > 0) yield turn.texts.join('\n');
    if (tools) for (const value of turn.tool) yield typeof value === 'string' ? value : JSON.stringify(value);
  }
}
