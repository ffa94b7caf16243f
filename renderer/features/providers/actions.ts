/** What the parts of this page can ask of it. */
import type { Tests } from './use-tests.ts';

/** A question that stands over the page. */
export type OpenDialog =
  | { readonly kind: 'add' }
  | { readonly kind: 'key'; readonly id: string }
  | { readonly kind: 'move'; readonly id: string }
  | { readonly kind: 'remove'; readonly id: string };

export interface ProviderActions {
  readonly tests: Tests;
  readonly ask: (dialog: OpenDialog | undefined) => void;
  /** Opens the sheet of a provider. */
  readonly open: (id: string) => void;
  readonly showModels: (id: string) => void;
}
