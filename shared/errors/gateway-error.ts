/** The error every stage throws: a code from the table, a sentence that names value and mend, and where. */
import { errorCodes, type Blame, type ErrorCode, type ErrorKind } from './codes.ts';

export interface GatewayErrorOptions {
  readonly cause?: unknown;
  /** What was tried before, when everything failed. */
  readonly children?: readonly GatewayError[] | undefined;
  /** JSON pointer or parameter name the error is about. */
  readonly param?: string | undefined;
  /** Seconds until trying again makes sense. */
  readonly retryAfterS?: number | undefined;
  /** Status to answer with when it differs from the table's (an upstream's own status). */
  readonly status?: number | undefined;
  /** An upstream's own words of it, as they came: for those who tell what they mean, and shown to nobody. */
  readonly said?: string | undefined;
  /** Extra machine-readable facts for the dialects that have a place for them. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

/** A refusal or failure on the way of a request. `message` is safe to show to the client: it never holds a secret. */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly children: readonly GatewayError[];
  readonly param: string | undefined;
  readonly retryAfterS: number | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly said: string | undefined;
  readonly status: number;

  constructor(code: ErrorCode, message: string, options: GatewayErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'GatewayError';
    this.code = code;
    this.children = options.children ?? [];
    this.param = options.param;
    this.retryAfterS = options.retryAfterS;
    this.details = options.details;
    this.said = options.said;
    this.status = options.status ?? errorCodes[code].status;
  }

  get kind(): ErrorKind {
    return errorCodes[this.code].kind;
  }

  get blame(): Blame {
    return errorCodes[this.code].blame;
  }

  get retryable(): boolean {
    return errorCodes[this.code].retryable;
  }
}

/** A mistake of ours while `doing` something. The client is not told its insides: they are the cause, and the log's. */
export function internalBug(doing: string, cause: unknown): GatewayError {
  return new GatewayError(
    'internal.bug',
    `Sluice failed while ${doing}. This is a bug of Sluice: please report it with what its log says under the id of this request.`,
    { cause },
  );
}
