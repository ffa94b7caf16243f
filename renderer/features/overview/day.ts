/** The hours of a day of requests, those before the first one that is recorded too. */
import type { UsageSeries } from '../../../shared/contract/usage.ts';

const hourMs = 3_600_000;
const hours = 24;

export interface DayOfRequests {
  readonly requests: readonly number[];
  readonly failed: readonly number[];
  readonly total: number;
  readonly errors: number;
  readonly busiest: { readonly at: number; readonly count: number } | undefined;
}

export function dayOf({ starts, lines }: Pick<UsageSeries, 'starts' | 'lines'>, since: number): DayOfRequests {
  const requests: number[] = Array.from({ length: hours }, () => 0);
  const failed = [...requests];
  for (const line of lines)
    for (const [index, start] of starts.entries()) {
      const place = Math.floor((start - since) / hourMs);
      if (place < 0 || place >= hours) continue;
      requests[place] = (requests[place] ?? 0) + (line.requests[index] ?? 0);
      failed[place] = (failed[place] ?? 0) + (line.errors[index] ?? 0);
    }
  const most = Math.max(...requests);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const busiest = most === 0 ? undefined : { at: since + requests.indexOf(most) * hourMs, count: most };
  return { requests, failed, total: sum(requests), errors: sum(failed), busiest };
}
