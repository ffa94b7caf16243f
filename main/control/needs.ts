/** What the control plane needs from the rest of the house; the owner of each supplies it. */
import type { Config } from '../../shared/config/config.ts';
import type { GatewayStatus, HealthEntry } from '../../shared/contract/app.ts';
import type { CallOutput } from '../../shared/contract/contract.ts';
import type { BudgetEntry } from '../../shared/contract/budgets.ts';
import type { ConfigProblem, ConfigState, CredentialEntry } from '../../shared/contract/config.ts';
import type { KeyEntry, KeySettingsChange } from '../../shared/contract/keys.ts';
import type { SecretBoxState, SecretUse } from '../../shared/contract/secrets.ts';
import type { Verdict } from '../../shared/contract/words.ts';
import type { ReleaseEntry } from '../../shared/contract/bundles.ts';
import type { FollowedBundles } from '../bundles/lazy.ts';
import type { SecretBox } from '../host/host.ts';
import type { Secret } from '../kit/secret.ts';
import type { Decision, LedgerQueries } from '../ledger/ledger.ts';
import type { AnyEvent } from '../../shared/contract/contract.ts';
import type { DesktopNeed } from './desktop-need.ts';
import type { PlaygroundRuns } from './playground-runs.ts';
import type {
  ClientsNeed,
  ConfigEditing,
  DocumentsNeed,
  ModelsNeed,
  OwnRequests,
  PauseNeed,
  ProfilesNeed,
  ProvidersNeed,
  SetupNeed,
  WindowLinkNeed,
} from './window-needs.ts';

/** Virtual keys. Where one that is asked for does not exist the answer is `undefined`, and nothing was changed. */
export interface KeysNeed {
  list(): KeyEntry[];
  /** Written to the file and in force when it resolves, as all changes here. `key` is not kept. */
  create(request: KeySettingsChange & { readonly name: string }): Promise<KeyEntry & { readonly key: string }>;
  update(id: string, change: KeySettingsChange & { readonly name?: string | undefined }): Promise<KeyEntry | undefined>;
  /** What opened before does so for `overlapMs` longer. `key` is not kept. */
  rotate(id: string, overlapMs: number): Promise<(KeyEntry & { readonly key: string }) | undefined>;
  setDisabled(id: string, disabled: boolean): Promise<KeyEntry | undefined>;
  /** `false` when there is no such key. */
  revoke(id: string): Promise<boolean>;
}

/** The box of secrets that the config refers to. Its promises may reject with a `GatewayError`. */
export interface SecretsNeed {
  /** In the box when it resolves, and in force unless the config file has problems. */
  setSecret(id: string, value: Secret): Promise<{ readonly used_by: SecretUse[]; readonly in_force: boolean }>;
  listSecrets(): Promise<SecretBoxState>;
  /** Does something with the box, then has what opens now in force. */
  openSecrets(work: (box: SecretBox) => Promise<void>): Promise<SecretBoxState>;
  /** Not deleted while somebody refers to it, unless `force`. */
  deleteSecret(
    id: string,
    force: boolean,
  ): Promise<{ readonly found: boolean; readonly deleted: boolean; readonly used_by: SecretUse[] }>;
}

export interface CompiledRoute {
  readonly id: string;
  readonly alias: string;
  readonly strategy: string;
  /** Where it is written, for people. */
  readonly origin: string;
  readonly choice?: string | undefined;
}

/** The config store. Its promises may reject with a `GatewayError`, whose message reaches the caller. */
export interface ConfigNeed extends SecretsNeed {
  /** The part of the running configuration that is told, with what its profile says. */
  readonly config: Pick<Config, 'routes' | 'firewall'> & {
    readonly listen: Pick<Config['listen'], 'host' | 'port'>;
    readonly masking: Pick<Config['masking'], 'enabled'>;
    readonly logging: Pick<Config['logging'], 'content' | 'retention_days'>;
  };
  /** What is made of it: `choice` of what stands before the routes of the file, which the built-in ones come after. */
  readonly snapshot: { readonly routes: readonly CompiledRoute[] };
  state(): ConfigState;
  /** Checks a text as if it were the config file, without reading or changing any. */
  validate(text: string, file: string): { readonly problems: ConfigProblem[]; readonly warnings: ConfigProblem[] };
  jsonSchema(): Record<string, unknown>;
  /** Whether each provider's credential can be had. */
  credentials(): Promise<CredentialEntry[]>;
  readonly keys: KeysNeed;
  readonly editing: ConfigEditing;
  readonly providers: ProvidersNeed;
  readonly models: ModelsNeed;
  readonly profiles: ProfilesNeed;
}

/** A request as a client would send it, on a path of the data port. */
export interface SimulatedRequest {
  readonly method: string;
  /** With its query; the method and the body fit it or not, as a client's would. */
  readonly path: string;
  /** Without credentials. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON, or the bytes of JSON. */
  readonly body: unknown;
  /** Id of the virtual key it comes with; `undefined`: one that may use everything. */
  readonly key: string | undefined;
  /** Name of the client, over what key and headers say. */
  readonly client: string | undefined;
}

/** How decisions are made, without making one count. */
export interface RoutingNeed {
  /** Derives a decision again from what was kept of it and of its snapshot. Never throws; `note` is a sentence or empty. */
  explain(decision: unknown, frozenSnapshot: unknown): { readonly verified: Verdict; readonly note: string };
  /** Sends, spends and records nothing. May reject with a `GatewayError` as a client would get it. */
  simulate(request: SimulatedRequest): Promise<{ readonly decision: Decision }>;
}

/** What masking and firewall do, without doing it. */
export interface PolicyNeed {
  mask(text: string): Promise<CallOutput<'policy.mask'>>;
  /** `rules`: what `rulesWith` gave, in place of the running ones. Rejects with a `GatewayError` as a client would get it. */
  examine(request: SimulatedRequest, rules: unknown): Promise<CallOutput<'policy.examine'>>;
  /** The rules of a file, made ready for `examine`. Rejects with a `GatewayError` that says what is wrong in it, and where. */
  rulesWith(candidate: { readonly file: string; readonly text: string }): Promise<unknown>;
  /** Ids of running rules of the firewall that look at answers, which requests alone do not tell of. */
  answerRules(): ReadonlySet<string>;
  /** Requests that wait for a reason. */
  releases?(): readonly ReleaseEntry[];
  /** `undefined`: none of them waits by this id any more. */
  release?(id: string, reason: string): ReleaseEntry | undefined;
}

/** Only of a running instance. */
export interface GatewayNeed extends RoutingNeed {
  status(): GatewayStatus;
  /** Every target that was asked lately. */
  health(): HealthEntry[];
  isOffline(): boolean;
  /** Lower-case hex of HMAC-SHA256 over the challenge with the install key. */
  prove(challenge: string): string;
}

/** Only of a running instance: it is the one that counts. */
export interface BudgetsNeed {
  list(): BudgetEntry[];
  /** More for the running window, once, written down before it resolves. `subject` is whose, of a budget that each has. */
  raise(raise: BudgetRaise): Promise<BudgetEntry | 'not_found' | 'needs_subject' | 'is_shared'>;
  /** What is known of balances holds from now on; answers how many budgets had failed closed. */
  accept(): number;
}

export interface BudgetRaise {
  readonly id: string;
  readonly subject: string | undefined;
  /** Pico-USD, more than 0. */
  readonly amountPico: bigint;
  readonly note: string;
}

export interface InstanceNeed {
  readonly pid: number;
  readonly version: string;
  readonly dataDirectory: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  uptimeMs(): number;
  /** Milliseconds since 1970. */
  now(): number;
  /** Begins to drain and returns at once. */
  shutdown(): void;
}

/** What follows team bundles. */
export type BundlesNeed = Omit<
  FollowedBundles,
  'restore' | 'start' | 'mustLookFirst' | 'enrolledChanged' | 'wake' | 'note' | 'stop'
>;

export interface ControlNeeds {
  readonly config: ConfigNeed;
  readonly ledger: LedgerQueries;
  /** Absent when the data directory is used without a running instance. */
  readonly running?:
    | {
        readonly gateway: GatewayNeed;
        readonly instance: InstanceNeed;
        readonly budgets?: BudgetsNeed | undefined;
        readonly policy?: PolicyNeed | undefined;
        readonly hostKind?: 'headless' | 'desktop' | undefined;
        readonly own?: OwnRequests | undefined;
        readonly pause?: PauseNeed | undefined;
        readonly bundles?: BundlesNeed | undefined;
        readonly clients?: ClientsNeed | undefined;
        readonly setup?: SetupNeed | undefined;
        readonly documents?: DocumentsNeed | undefined;
        readonly playground?: PlaygroundRuns | undefined;
        readonly link?: WindowLinkNeed | undefined;
        /** Where there is a desktop, once its shell is up. */
        readonly desktop?: (() => DesktopNeed | undefined) | undefined;
        /** To everyone who listens. */
        readonly publish?: ((event: AnyEvent) => void) | undefined;
      }
    | undefined;
  /** Where no instance runs and decisions can be derived all the same. */
  readonly routing?: Partial<RoutingNeed> | undefined;
  /** Where no instance runs and texts can be masked all the same. */
  readonly policy?: Partial<PolicyNeed> | undefined;
}
