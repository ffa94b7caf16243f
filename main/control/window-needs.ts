/** What the control plane needs for the window besides what the command line asks for; the owner of each supplies it. */
import type { PauseMode, PauseState } from '../../shared/contract/app.ts';
import type { CallOutput, ParsedInput } from '../../shared/contract/contract.ts';
import type { PromptContent, PromptEntry } from '../../shared/contract/playground.ts';
import type { Secret } from '../kit/secret.ts';

/** The config file as the window reads and edits it. Promises may reject with a `GatewayError`, whose message reaches the caller. */
export interface ConfigEditing {
  read(): Promise<CallOutput<'config.read'>>;
  /** All of it or nothing; in force when it resolves. */
  change(input: ParsedInput<'config.change'>): Promise<CallOutput<'config.change'>>;
}

export interface ProvidersNeed {
  list(): CallOutput<'providers.list'>['providers'];
  add(input: {
    readonly kind: ParsedInput<'providers.add'>['kind'];
    readonly id: string | undefined;
    readonly baseUrl: string | undefined;
    readonly key: Secret | undefined;
    readonly models?: readonly string[] | undefined;
  }): Promise<CallOutput<'providers.add'>>;
  setKey(id: string, name: string | undefined, value: Secret): Promise<CallOutput<'providers.set_key'>>;
  keepKey(id: string, name: string | undefined): Promise<CallOutput<'providers.keep_key'>>;
  move(id: string, baseUrl: string, confirmed: boolean): Promise<CallOutput<'providers.move'>>;
  remove(id: string): Promise<CallOutput<'providers.remove'>>;
}

export interface ModelsNeed {
  /** Which are favourites is not known here. */
  list(): Omit<CallOutput<'models.list'>, 'models'> & {
    readonly models: readonly Omit<CallOutput<'models.list'>['models'][number], 'favourite'>[];
  };
  /** What answers every conversation; `null`: the rules decide. */
  choice(): string | null;
  /** Written to the file and in force when it resolves. Rejects with `control.not_found` when there is no such model or alias. */
  choose(model: string | null): Promise<void>;
}

export interface ProfilesNeed {
  /** In the order of the file. */
  list(): { id: string; name: string }[];
  /** The one in force; `null`: none. */
  choice(): string | null;
  /** Written to the file and in force when it resolves. Rejects with `control.not_found` when there is no such profile. */
  choose(id: string | null): Promise<void>;
}

/** A request of our own to our own data port: it passes through everything a client's request passes through. */
export interface OwnRequest {
  /** A path of the data port, with its query. */
  readonly path: string;
  /** Without credentials: those are added. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text. */
  readonly body: string | Uint8Array;
  /** What the log names as the client: `Playground`. */
  readonly client: string;
  readonly signal?: AbortSignal | undefined;
}

export interface OwnAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** To be read to its end, or left: then the request is given up. Fails when the connection breaks. */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface OwnRequests {
  /** Resolves with the head. Rejects when the port does not answer, or with the signal. */
  send(request: OwnRequest): Promise<OwnAnswer>;
}

export interface PauseNeed {
  paused(): PauseState | null;
  /** `minutes`: `null` until somebody resumes. */
  /** Throws `control.refused` where requests may not pass through and shall. */
  pause(minutes: number | null, mode: PauseMode): PauseState;
  resume(): void;
  /** Why requests may not pass through, for people; `null` where they may. */
  passThroughRefused(): string | null;
}

export interface ClientsNeed {
  list(): Promise<CallOutput<'clients.list'>['clients']>;
  connect(id: string): Promise<CallOutput<'clients.connect'>>;
  disconnect(id: string): Promise<CallOutput<'clients.disconnect'>>;
}

export interface SetupNeed {
  found(): Promise<CallOutput<'setup.found'>>;
  import(ids: readonly string[]): Promise<CallOutput<'setup.import'>>;
}

/** Small documents of the app, in memory and in one file. Changes are in the file when they resolve. */
export interface DocumentsNeed {
  favourites(): readonly string[];
  setFavourite(id: string, favourite: boolean): Promise<readonly string[]>;
  welcomed(): boolean;
  setWelcomed(done: boolean): Promise<void>;
  prompts(): readonly PromptEntry[];
  /** `undefined`: there is no prompt with this id. */
  savePrompt(input: {
    readonly id: string | undefined;
    readonly name: string;
    readonly labels: readonly string[];
    readonly note: string;
    readonly content: PromptContent;
  }): Promise<PromptEntry | undefined>;
  removePrompt(id: string): Promise<boolean>;
  /** What was added, under the names and ids it got. */
  importPrompts(prompts: readonly PromptEntry[]): Promise<readonly PromptEntry[]>;
  /** Answers how many votes there are. */
  addVote(models: readonly string[], winner: string | null): Promise<number>;
  votes(): CallOutput<'votes.list'>;
  clearVotes(): Promise<void>;
}

/** A way into the window from a browser. */
export interface WindowLinkNeed {
  /** A link that works once; `null` where there is no listener for browsers. */
  newLink(): string | null;
}
