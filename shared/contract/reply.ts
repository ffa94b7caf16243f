/** What a call answers: a value or an error, never a rejection. */

export interface CallError {
  /** A code of `shared/errors/codes.ts`. */
  readonly code: string;
  /** A sentence for people: what was wrong and what mends it. Never holds a secret. */
  readonly message: string;
  /** Machine-readable facts, e.g. which part of the input was wrong. */
  readonly detail?: unknown;
  /** Names this call in the log. */
  readonly requestId: string;
}

export type Reply<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: CallError };

export const succeeded = <Value>(value: Value): Reply<Value> => ({ ok: true, value });

export const failed = (error: CallError): Reply<never> => ({ ok: false, error });
