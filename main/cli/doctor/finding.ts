/** What a check of the doctor came to. */

export interface Finding {
  /** What was looked at, in a word or two. */
  readonly check: string;
  /** `note` is worth knowing and no failure. */
  readonly result: 'ok' | 'note' | 'fail';
  /** A sentence. */
  readonly message: string;
  /** What to do about it; empty when there is nothing to do. */
  readonly mend: string;
}

export const ok = (check: string, message: string): Finding => ({ check, result: 'ok', message, mend: '' });
export const note = (check: string, message: string, mend = ''): Finding => ({ check, result: 'note', message, mend });
export const fail = (check: string, message: string, mend: string): Finding => ({
  check,
  result: 'fail',
  message,
  mend,
});
