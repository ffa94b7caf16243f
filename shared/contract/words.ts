/** Closed lists of words that values are made of; apart from the schemas, for those who need the words alone. */

/** How an exchange ended. `interrupted`: the process ended before the exchange did. */
export const outcomes = ['open', 'complete', 'incomplete', 'aborted', 'failed', 'interrupted'] as const;
export type Outcome = (typeof outcomes)[number];

export const usageGroupings = ['day', 'model', 'provider', 'key', 'client'] as const;
export type UsageGrouping = (typeof usageGroupings)[number];

/** Why there was a try: the first, again at the same target, the next target, one beside a slow one, the rest of a broken answer. */
export const attemptKinds = ['first', 'retry', 'fallback', 'hedge', 'continue'] as const;
export type AttemptKind = (typeof attemptKinds)[number];

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
