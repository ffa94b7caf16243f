/** What a command is given: where it prints, whom it may ask, and the surroundings it runs in. */
import type { ConfigProblem } from '../../shared/contract/config.ts';
import type { Reply } from '../../shared/contract/reply.ts';

export interface Shell {
  /** Results: what `--json` and pipes are about. */
  out(text: string): void;
  /** Everything else. */
  err(text: string): void;
  /**
   * A secret from stdin: to its end when it is no terminal, else one line typed unseen after `prompt`. Without the line
   * break that ends it. Throws CommandError when whoever types gives up. `again`: at a terminal it is typed once more after
   * this, and must be the same.
   */
  readSecret(prompt: string, again?: string): Promise<string>;
  /** Standard input to its end, as text. Throws CommandError where it is longer than any text that can be asked about. */
  readInput(): Promise<string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  readonly home: string;
  /** Folder for temporary files. */
  readonly temporary: string;
  /** The user's id; 0 where there is none. */
  readonly userId: number;
  /** Milliseconds since 1970. */
  now(): number;
  /** `count` random letters and digits. */
  randomId(count: number): string;
  /** IANA name of the time zone of whoever reads the output. */
  readonly timezone: string;
  readonly version: string;
  readonly product: Product;
}

/** The parts of the product the command line starts itself. Each is loaded when it is called. */
export interface Product {
  /** Runs an instance until it is told to stop: prints the ready line, handles signals. Resolves to the exit code. */
  startHeadless(options: ServeOptions): Promise<number>;
  /** Opens config and ledger of a data directory that no instance is running on. */
  openOffline(options: OfflineOptions): Promise<Offline>;
  /** Checks a text as if it were the config file. Needs no data directory; secrets are not looked up. */
  checkConfig(text: string, file: string): Promise<ConfigFindings>;
}

export interface ConfigFindings {
  readonly problems: readonly ConfigProblem[];
  readonly warnings: readonly ConfigProblem[];
}

export interface ServeOptions {
  /** Absolute; `undefined` for `sluice.yaml` in the data directory. */
  readonly configFile: string | undefined;
  /** Absolute. */
  readonly dataDir: string;
  /** These four override the config file when given. 0 asks for any free port. */
  readonly port: number | undefined;
  readonly uiPort: number | undefined;
  readonly host: string | undefined;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent' | undefined;
  readonly ui: boolean;
}

export interface OfflineOptions {
  readonly configFile: string | undefined;
  readonly dataDir: string;
  /** Is told what people must know, e.g. the key that a first start makes. */
  readonly tell: (text: string) => void;
}

export interface Offline {
  /** As over the socket; calls that need a running instance answer `control.unsupported`. */
  call(name: string, input: unknown): Promise<Reply<unknown>>;
  close(): Promise<void>;
}

/** The user asked for something that does not exist, or gave invalid input: exit code 2. */
export class UsageError extends Error {
  /** Command whose help to point at. */
  readonly command: string | undefined;

  constructor(message: string, command?: string) {
    super(message);
    this.name = 'UsageError';
    this.command = command;
  }
}

/** What is wrong with a file the user gave, as `FILE:LINE:COL: problem. mend.`, printed as it is: exit code 2. */
export class FileProblem extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FileProblem';
  }
}

/** It could not be done: exit code 1, and the message is all there is to say. */
export class CommandError extends Error {
  /** Of the reply that said so, where one did. */
  readonly code: string | undefined;

  constructor(message: string, { code, ...options }: ErrorOptions & { readonly code?: string | undefined } = {}) {
    super(message, options);
    this.name = 'CommandError';
    this.code = code;
  }
}
