/** Limits of money and of rates in a snapshot: part of `ports.ts`, by which everybody else knows them. */
import type { Condition } from '../../shared/config/condition.ts';
import type { PolicyRule } from './ports-policy.ts';

export type BudgetScope = 'global' | 'key' | 'client' | 'user' | 'team' | 'provider' | 'model' | 'tag' | 'session';

/** A limit of money over a period. */
export interface Budget {
  /** Unique in a snapshot, and the same from run to run: balances are kept by it. Of a key's own: `key:<key id>:<period>`. */
  readonly id: string;
  readonly scope: BudgetScope;
  /**
   * Whom it is for: a glob of ids or names of the scope's kind, all of which share one sum; of tags `name` or `name=value`.
   * `undefined`: everyone of that kind has a sum of his own.
   */
  readonly match: string | undefined;
  readonly when: Condition | undefined;
  /** Pico-USD. */
  readonly limit: bigint;
  readonly period: BudgetPeriod;
  /** IANA name. */
  readonly timezone: string;
  /** First day of a week (1 Monday to 7 Sunday) or of a month (1 to 28); `undefined`: Monday, the first. */
  readonly resetDay: number | undefined;
  /** Shares of the limit at which to tell, ascending. */
  readonly alertAt: readonly number[];
  readonly action: BudgetAction;
  /** Where it is written, for people: `sluice.yaml, line 58`. */
  readonly origin: string;
  /** Of one that a team bundle enforces, unless it is to ask its owner: nobody here gives more. */
  readonly policy?: PolicyRule | undefined;
  /** Of a bundle: providers and models are told apart by the vendor behind them, whatever their owner calls them. */
  readonly byVendor?: boolean | undefined;
  /** Vendors of providers that a bundle defines whose word is none here, by their ids. */
  readonly vendors?: ReadonlyMap<string, string> | undefined;
}

export type BudgetPeriod = 'session' | 'hour' | 'day' | 'week' | 'month';

/** `alert` never refuses. `ask` refuses and asks the owner for a raise. */
export type BudgetAction =
  { readonly kind: 'alert' | 'reject' | 'ask' } | { readonly kind: 'downgrade'; readonly alias: string };

/** A limit of requests and tokens a minute, and of requests at a time. */
export interface RateLimit {
  /** Unique in a snapshot. Of a key's own: `key:<key id>`, of a team's: `team:<team id>`. */
  readonly id: string;
  readonly scope: 'global' | 'key' | 'team' | 'provider' | 'model';
  /** As of a budget. */
  readonly match: string | undefined;
  readonly rpm: number | undefined;
  readonly tpm: number | undefined;
  readonly maxParallel: number | undefined;
  /** Most requests at once, of those that `rpm` allows; `undefined`: all of them. */
  readonly burst?: number | undefined;
  /** Only requests for which this holds are counted. */
  readonly when?: Condition | undefined;
  readonly origin: string;
  /** As of a budget. */
  readonly byVendor?: boolean | undefined;
  readonly vendors?: ReadonlyMap<string, string> | undefined;
}
