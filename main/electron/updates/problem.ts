/** Why an update was not taken: a message of the catalogue with its values, so that it is told in the reader's language. */
import type { DesktopKey } from '../../../shared/text/desktop.ts';

export type UpdateProblemKey = Extract<DesktopKey, `update.${string}`>;

export class UpdateProblem extends Error {
  readonly key: UpdateProblemKey;
  readonly values: Readonly<Record<string, string>>;

  constructor(key: UpdateProblemKey, values: Readonly<Record<string, string>> = {}, options?: ErrorOptions) {
    super(`${key} ${JSON.stringify(values)}`, options);
    this.name = 'UpdateProblem';
    this.key = key;
    this.values = values;
  }
}

export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/[.\s]+$/, '').slice(0, 200);
}
