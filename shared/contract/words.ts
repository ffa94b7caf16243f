/** Closed lists of words that values are made of; apart from the schemas, for those who need the words alone. */

/** How an exchange ended. `interrupted`: the process ended before the exchange did. */
export const outcomes = ['open', 'complete', 'incomplete', 'aborted', 'failed', 'interrupted'] as const;
export type Outcome = (typeof outcomes)[number];

export const usageGroupings = ['day', 'model', 'provider', 'key', 'client'] as const;
export type UsageGrouping = (typeof usageGroupings)[number];
