/** Closed lists of words that values are made of; apart from the schemas, for those who need the words alone. */

/** How an exchange ended. `interrupted`: the process ended before the exchange did. */
export const outcomes = ['open', 'complete', 'incomplete', 'aborted', 'failed', 'interrupted'] as const;
export type Outcome = (typeof outcomes)[number];

/** Parts of time, of the reader's time zone; an hour is a whole one of UTC. */
export const calendarGroupings = ['month', 'week', 'day', 'hour'] as const;
/** What sums are kept by. */
export const usageDimensions = ['model', 'provider', 'key', 'client', 'user', 'team'] as const;
export type UsageDimension = (typeof usageDimensions)[number];
export const usageGroupings = [...calendarGroupings, ...usageDimensions] as const;
export type UsageGrouping = (typeof usageGroupings)[number];

export const seriesBuckets = ['minute', 'hour', 'day'] as const;
export type SeriesBucket = (typeof seriesBuckets)[number];

/** Why there was a try: the first, again at the same target, the next target, one beside a slow one, the rest of a broken answer. */
export const attemptKinds = ['first', 'retry', 'fallback', 'hedge', 'continue'] as const;
export type AttemptKind = (typeof attemptKinds)[number];

/** What came of the money kept back for a try: counted by its provider, estimated, or nothing was charged. */
export const spendStates = ['settled', 'estimated', 'released'] as const;
/** What a usage rests on: the provider's own count, text that was seen, a tokenizer, the most there can have been. */
export const usageBases = ['provider', 'observed', 'tokenizer', 'bound'] as const;

/** Who found something: masking in a request, or in an answer, a rule of the firewall, or a team bundle that only watches. */
export const safetySources = ['masking', 'answer', 'firewall', 'policy'] as const;
/** What became of it, the strongest first. */
export const safetyActions = ['block', 'require_justification', 'strip', 'warn', 'log'] as const;

/** What there is of what was said in an exchange. */
export const bodyStates = ['recorded', 'not_recorded', 'unreadable'] as const;

/**
 * How a target does. `open` rests after failures, `half_open` is tried again, `limited` rests until its provider's limit
 * resets, `refused` has no credential that is accepted.
 */
export const healthStates = ['closed', 'open', 'half_open', 'limited', 'refused'] as const;
export type HealthState = (typeof healthStates)[number];

/** What took a target out of a decision. */
export const dropReasons = [
  ...(['policy', 'condition', 'capability', 'operation', 'credential', 'health', 'pin', 'quality'] as const),
] as const;

/** Whether a decision came out the same when it was derived again; `unknown`: it could not be. */
export const verdicts = ['same', 'different', 'unknown'] as const;
export type Verdict = (typeof verdicts)[number];

/** Whom a budget counts, and over what time. */
export const budgetScopes = [
  ...(['global', 'key', 'client', 'user', 'team', 'provider', 'model', 'tag', 'session'] as const),
] as const;
export const budgetPeriods = ['session', 'hour', 'day', 'week', 'month'] as const;

/** Whether a virtual key opens: `rotating` by two secrets for a while. */
export const keyStates = ['active', 'rotating', 'disabled', 'expired'] as const;
export type KeyState = (typeof keyStates)[number];

/** Who a bundle speaks for, the strongest first; `mdm` is whoever manages this machine. */
export const bundleLayers = ['mdm', 'org', 'team'] as const;
export type BundleLayer = (typeof bundleLayers)[number];
/**
 * How a followed bundle does. `last_good`: what its host has now was refused, the one before holds. `limited`: only its defaults
 * apply. `inactive`: it is not for this machine. `restricted`, `blocked`: it expired, and its own rule for that holds.
 */
export const bundleStates = [
  ...(['waiting', 'active', 'last_good', 'limited', 'inactive', 'needs_consent', 'expiring', 'expired'] as const),
  ...(['restricted', 'blocked', 'conflict', 'failed'] as const),
] as const;
export type BundleState = (typeof bundleStates)[number];
/** By whose decision a value is what it is. */
export const provenanceModes = ['enforced', 'default', 'user', 'app'] as const;
export type ProvenanceMode = (typeof provenanceModes)[number];
