/** What the control plane needs of a desktop; the shell in main/electron supplies it. */
import type { CallOutput } from '../../shared/contract/contract.ts';
import type {
  CopyKind,
  DesktopPreferencesChange,
  DesktopState,
  LinkReview,
  UpdateState,
} from '../../shared/contract/desktop.ts';

/** Its promises may reject with a `GatewayError`, whose message reaches the caller. */
export interface DesktopNeed {
  state(): DesktopState;
  /** Kept, and done, when it resolves; the state is read back from the system. */
  set(change: DesktopPreferencesChange): Promise<DesktopState>;
  copy(what: CopyKind, name: string | undefined): Promise<CallOutput<'desktop.copy'>>;
  copyText(text: string): Promise<CallOutput<'desktop.copy_text'>>;
  /** `false`: people did not want it, or it is nothing that may be opened. */
  openExternal(url: string): Promise<boolean>;
  show(path: string): Promise<boolean>;
  /** Shows a secret of the box in a dialog, after the system made sure who asks; `false`: it was not wanted, or not allowed. */
  reveal(id: string): Promise<boolean>;
  closeWindow(): void;
  link(): LinkReview | undefined;
  linkDone(): void;
  checkForUpdates(): Promise<UpdateState>;
  installUpdate(): Promise<UpdateState>;
}
