/** A conversation as the client asks for it, and where what comes of it is noted. */
import type { CanonicalResponse, LossSink, StreamPart } from './dialects/canonical.ts';
import type { ClientDialect, Meter } from './dialects/dialect.ts';
import type { JsonDocument } from './dialects/document.ts';
import type { Surface } from './exchange.ts';
import type { KeeperContext } from './reasoning-keeper.ts';
import type { Continuation } from './relay/continuation.ts';
import type { AnswerFacts } from './relay/translate.ts';
import type { Unmasker } from './relay/unmask.ts';
import type { AnswerRewrite } from './responses-store.ts';

/** The client's request, read once and shared by all attempts. */
export interface ClientRequest {
  readonly surface: Surface;
  readonly dialect: ClientDialect;
  /** What is sent: with placeholders where values were masked. */
  readonly document: JsonDocument;
  /** The client's own words where `document` is not: what an answer repeats of them is taken from here. */
  readonly own?: JsonDocument | undefined;
  /** The answer becomes something else: a compaction. */
  readonly rewrite: AnswerRewrite | undefined;
  readonly model: string;
  readonly stream: boolean;
  readonly requestId: string;
  readonly createdAt: number;
  readonly newId: (prefix: string) => string;
  readonly keeper: KeeperContext;
  /** Streams that another attempt may go on with when they break (RTE-47). */
  readonly continuation?: Continuation | undefined;
  /** The answer is wanted in canonical form, even of a target that speaks the client's dialect (RTE-49). */
  readonly canonical?: boolean | undefined;
  /** Something in the request was masked, and comes back in the client's copy of the answer. */
  readonly unmask?: Unmasker | undefined;
}

/** Where what an answer tells is written down. */
export interface AnswerNotes {
  readonly facts: AnswerFacts;
  readonly losses: LossSink;
  meter: Meter | undefined;
  readonly onFirstContent: () => void;
  readonly onSkipped: (why: string) => void;
  /** The dialect's end was seen. */
  readonly onTerminal: () => void;
  /** Wire text of the client's final answer, for what must be kept of it. */
  onClientText?: ((text: string) => void) | undefined;
  /** Each part of a stream in canonical form, as the client gets it. Not of attempts that go on with another's answer. */
  onPart?: ((part: StreamPart) => void) | undefined;
  /** A whole answer in canonical form, as the client gets it. */
  onResponse?: ((response: CanonicalResponse) => void) | undefined;
}
