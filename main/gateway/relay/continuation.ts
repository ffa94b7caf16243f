/**
 * One answer made of several attempts: what the client got of the first, and how the next goes on from it (RTE-47). All attempts
 * share one encoder, so that to the client it is one answer, with one id, one end, and the usage of all of them.
 */
import { addUsage, type Usage } from '../../../shared/domain/usage.ts';
import type { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { StreamPart } from '../dialects/canonical.ts';
import type { StreamEncoder } from '../dialects/dialect.ts';
import { canonicalErrorOf } from './bodies.ts';
import { DeliveredAnswer, RunningAttempt, type AttemptParts } from './running-attempt.ts';

/** Between a broken answer and the one that begins anew. */
const defaultMark = '\n\n[The answer broke off here. It begins anew:]\n\n';

export interface ContinuationOptions {
  /** What the route asks for: `continue` needs the text that was delivered, `restart` only that it may be begun anew. */
  readonly mode: 'continue' | 'restart';
}

/** What is known of the attempts so far. */
export interface NextStep {
  /** For answers that begin anew; a default stands in. */
  readonly mark?: string | undefined;
  /** Usage of all earlier attempts together; without it, what their own parts told of it. */
  readonly usedSoFar?: Usage | undefined;
}

export interface AttemptOptions {
  /** The target goes on from a beginning of its own answer that it is handed. */
  readonly takesPrefix: boolean;
  /** What the attempt's parts went through already: the ends of its blocks that are missing must, too. */
  readonly keep: (part: StreamPart) => StreamPart;
}

export class Continuation {
  readonly mode: 'continue' | 'restart';
  readonly #answer = new DeliveredAnswer();
  readonly #attempts: RunningAttempt[] = [];
  #encoder: StreamEncoder | undefined;
  #step: NextStep = {};
  #failure: string | undefined;

  constructor(options: ContinuationOptions) {
    this.mode = options.mode;
  }

  /** The one encoder of all attempts, made by the first that needs it. */
  encoder(create: () => StreamEncoder): StreamEncoder {
    this.#encoder ??= create();
    return this.#encoder;
  }

  /** The client has a part of the answer. */
  get hasBegun(): boolean {
    return this.#answer.hasContent;
  }

  /**
   * Text and reasoning only, and not yet the end. A tool call, however short, cannot be taken back or gone on with, and neither can
   * a refusal or a picture. Reasoning that is still open is no hindrance: it is closed, and the next attempt thinks for itself.
   */
  get canContinue(): boolean {
    const { hasContent, isTextOnly, isOver, text } = this.#answer;
    return hasContent && isTextOnly && !isOver && (this.mode === 'restart' || (text !== undefined && isWhole(text)));
  }

  /** All text the client has; empty when it became too long to keep. */
  get deliveredText(): string {
    return this.#answer.text ?? '';
  }

  /** Why the last attempt did not join. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Tells more of what came before, for the attempts made from here on. */
  next(step: NextStep): void {
    this.#step = step;
  }

  /**
   * For one attempt. Once the client has a part of the answer, it is to go on with it: with the delivered text as its own beginning
   * where the target takes that; else it is asked the same again and joined where it agrees; or it begins anew behind a mark.
   */
  attempt({ takesPrefix, keep }: AttemptOptions): AttemptParts {
    const answer = this.#answer;
    const isLater = answer.hasContent;
    // Who had the answer until here has lost it.
    if (isLater) answer.owner = undefined;
    const made = new RunningAttempt(answer, {
      how: !isLater ? undefined : this.mode === 'restart' ? 'restart' : takesPrefix ? 'prefix' : 'join',
      mark: this.#step.mark ?? defaultMark,
      usedSoFar: isLater ? (this.#step.usedSoFar ?? this.#usedSoFar()) : undefined,
      keep,
      onFailure: (why) => {
        this.#failure = why;
      },
    });
    this.#failure = undefined;
    this.#attempts.push(made);
    return made;
  }

  /** What the client is told when nobody goes on, behind what it has not got yet: in the words of the answer it has a part of. */
  errorText(error: GatewayError, held: readonly StreamPart[] = []): string {
    const parts: readonly StreamPart[] = [...held, { type: 'error', error: canonicalErrorOf(error) }];
    return parts.map((part) => this.#encoder?.encode(part) ?? '').join('');
  }

  /** Attempts that failed before anything came of them are not the client's. */
  #usedSoFar(): Usage | undefined {
    let sum: Usage | undefined;
    for (const { usage, isPaidFor } of this.#attempts) {
      if (usage !== undefined && isPaidFor) sum = sum === undefined ? usage : addUsage(sum, usage);
    }
    return sum;
  }
}

/** A text cut between the halves of one character has no end that could be gone on from. */
function isWhole(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return !(last >= 0xd800 && last <= 0xdbff);
}
