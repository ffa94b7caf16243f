/** What the config store offers, and what it is made with. */
import type { Document } from 'yaml';
import type { Config } from '../../shared/config/config.ts';
import type { ProvenanceEntry } from '../../shared/contract/bundles.ts';
import type { SecretBoxState, SecretUse } from '../../shared/contract/secrets.ts';
import type { LogPort, Snapshot } from '../gateway/ports.ts';
import type { Host, SecretBox } from '../host/host.ts';
import type { Clock } from '../kit/clock.ts';
import type { Secret } from '../kit/secret.ts';
import type { CandidateFile } from './candidate-rules.ts';
import type { OwnKey } from './compile.ts';
import type { ConfigEditing } from './config-editing.ts';
import type { KeyKeeper } from './key-keeper.ts';
import type { ModelKeeper } from './model-keeper.ts';
import type { ConfigProblem } from './problems.ts';
import type { ProfileKeeper } from './profile-keeper.ts';
import type { ProviderKeeper } from './provider-keeper.ts';
import type { TeamApplied, TeamLayer } from './team-layer.ts';

export interface ConfigStoreOptions {
  readonly file: string;
  readonly host: Host;
  readonly clock: Clock;
  readonly log: LogPort;
  /** A snapshot is about to come in force: what it resolves with is waited for. Never rejects. */
  readonly ready?: ((snapshot: Snapshot) => Promise<void>) | undefined;
  /** A new snapshot is in force, with the secrets it holds, for the redactor. */
  readonly onSnapshot: (snapshot: Snapshot, secrets: readonly Secret[], config: Config) => void;
  /** The file has so many problems and is not used; 0: it is again as it runs. */
  readonly onRefused?: ((problems: number) => void) | undefined;
  /** The key of this program itself, in every snapshot. */
  readonly ownKey?: OwnKey | undefined;
  /** Somebody tried to change what a bundle enforces. */
  readonly onLocked?: ((pointer: string, entry: ProvenanceEntry) => void) | undefined;
  /** The file was read, and is used: whatever came of it. */
  readonly onRead?: (() => void) | undefined;
  /** What the team bundles that the file follows say from the first moment on: asked once, before the first snapshot. */
  readonly team?: ((enrolled: Config['policy_bundles']) => Promise<TeamLayer | undefined>) | undefined;
  /** Watch the file; without, it is read once. */
  readonly watching: boolean;
}

export interface CredentialFacts {
  readonly provider: string;
  readonly kind: string;
  readonly name: string;
  readonly available: boolean;
  readonly reason: string | null;
}

export interface ConfigFindings {
  readonly problems: ConfigProblem[];
  readonly warnings: ConfigProblem[];
}

/** What changes the file rejects with a `GatewayError` (`config.invalid`) when that cannot be; then nothing was changed. */
export interface ConfigStore {
  readonly snapshot: Snapshot;
  /** As it is in force: with what its profile says. */
  readonly config: Config;
  /** The key minted at the first start, to be shown once. */
  readonly firstKey: Secret | undefined;
  /** `problems` are those of the file as it is now: while there are any, the last good snapshot keeps running. */
  state(): ConfigFindings & {
    readonly file: string;
    readonly snapshot: string | null;
    readonly export_refused: string | null;
  };
  /** Checks a text as if it were the file. Secrets and the files it names are not looked up. */
  validate(text: string, file: string): ConfigFindings;
  jsonSchema(): Record<string, unknown>;
  credentials(): Promise<CredentialFacts[]>;
  /** Virtual keys. */
  readonly keys: KeyKeeper;
  /** The file as the window sees and changes it. */
  readonly editing: ConfigEditing;
  readonly providers: ProviderKeeper;
  readonly models: ModelKeeper;
  readonly profiles: ProfileKeeper;
  /** Names, and who refers to each in the config in force. */
  listSecrets(): Promise<SecretBoxState>;
  /** Does something with the box, then has what opens now in force. Rejects with why it was not done. */
  openSecrets(work: (box: SecretBox) => Promise<void>): Promise<SecretBoxState>;
  /** In the box when it resolves, and in force unless the file has problems. Rejects when it would do as no key. */
  setSecret(id: string, value: Secret): Promise<{ readonly used_by: SecretUse[]; readonly in_force: boolean }>;
  /** Not deleted while somebody refers to it, unless `force`. */
  deleteSecret(id: string, force: boolean): Promise<{ found: boolean; deleted: boolean; used_by: SecretUse[] }>;
  /**
   * Changes the document and writes it, keeping comments and order; in force when this resolves. `change` runs again,
   * on a fresh document, when somebody else saved in between.
   */
  edit(change: (document: Document) => void): Promise<void>;
  /**
   * Masking and firewall as they would be with the sections of another file in place of those in force. Changes nothing. What is
   * wrong with that file rejects with `config.invalid` and its place there.
   */
  rulesWith(candidate: CandidateFile): Promise<SafetyRules>;
  /** What team bundles made of the config in force; `undefined` where there are none. */
  readonly applied: TeamApplied | undefined;
  /** The file as it is, with its own words. */
  readonly written: Config;
  /**
   * What would be in force with these bundles: `undefined` for none. Changes nothing. Rejects with `ConfigError` where that could
   * not be run.
   */
  tryTeam(team: TeamLayer | undefined): Promise<TriedTeam>;
  /** In force when it resolves. Rejects as `tryTeam`, and what was in force before stays. */
  useTeam(team: TeamLayer | undefined): Promise<void>;
  close(): Promise<void>;
}

export interface TriedTeam {
  readonly snapshot: Snapshot;
  readonly applied: TeamApplied | undefined;
}

/** What texts are judged by. */
export type SafetyRules = Pick<Snapshot, 'masking' | 'firewall'>;
