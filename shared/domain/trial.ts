/** A request that is only tried, and what the gateway would decide on it: plain data, known to whoever asks and to whoever decides. */

/** A request of a decision test, as the gateway would get it. */
export interface TrialRequest {
  /** `/v1/chat/completions`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly client: string | undefined;
  /** Id of the key it comes with: one of the snapshot with its rules, else one that may use everything. */
  readonly key?: string | undefined;
  /** Labels of the key it comes with: team, user and further ones. Those of a key of the snapshot stand where these say nothing. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Tokens of the input, in place of an estimate. */
  readonly inputTokens: number | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Pico-USD spent of budgets, by their ids. */
  readonly spent: ReadonlyMap<string, bigint>;
}

export interface TrialOutcome {
  readonly decision: 'allow' | 'deny';
  /** 200 where it is allowed. */
  readonly status: number;
  readonly code: string | undefined;
  readonly message: string | undefined;
  /** What decided, as the gateway names it: `acme-core@12:/models/deny`, the id of a rule of the firewall, of a budget. */
  readonly rule: string | undefined;
  /** `provider/model` that would be asked first. */
  readonly target: string | undefined;
  readonly route: string | undefined;
  /** `budget:per-user-day -> downgrade:cheap`; empty where nothing is to be told. */
  readonly because: string;
  /** What was replaced: by detector, or id of the pattern. */
  readonly masked: readonly { readonly rule: string; readonly count: number }[];
  /** The body as it would leave, JSON text; empty of one that is refused. */
  readonly sent: string;
  readonly losses: readonly string[];
  /**
   * Every rule of the snapshot that had a say, for coverage: `acme-core@12:/models/deny` and its like as they are, anything else with
   * what it is before its id: `budget:`, `firewall:`, `masking:`, `route:`.
   */
  readonly hit: readonly string[];
}
