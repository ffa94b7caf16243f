/**
 * Every call and event between the control plane and those who use it: command line, browser, desktop window. Names of
 * fields are as people see them in `--json`. Who is calling comes from the transport, never from input.
 */
import { z } from 'zod';
import { configCalls } from './config.ts';
import { appCalls, healthEntry, pauseState } from './app.ts';
import { bundleCalls, bundleNotice } from './bundles.ts';
import { budgetAlert, budgetAsk, budgetCalls } from './budgets.ts';
import { clientCalls } from './clients.ts';
import { desktopCalls, desktopState, linkReview } from './desktop.ts';
import { keyCalls } from './keys.ts';
import { ledgerCalls } from './ledger.ts';
import { modelCalls } from './models.ts';
import { playgroundCalls, runDelta, runResult } from './playground.ts';
import { policyCalls } from './policy.ts';
import { providerCalls } from './providers.ts';
import { routeCalls } from './route.ts';
import { secretCalls } from './secrets.ts';
import { setupCalls } from './setup.ts';
import { snapshotCalls } from './snapshot.ts';
import { trafficCalls, exchangeEntry } from './traffic.ts';
import { usageCalls } from './usage.ts';

export const calls = {
  ...appCalls,
  ...budgetCalls,
  ...bundleCalls,
  ...clientCalls,
  ...configCalls,
  ...desktopCalls,
  ...keyCalls,
  ...ledgerCalls,
  ...modelCalls,
  ...playgroundCalls,
  ...policyCalls,
  ...providerCalls,
  ...routeCalls,
  ...secretCalls,
  ...setupCalls,
  ...snapshotCalls,
  ...trafficCalls,
  ...usageCalls,
};

export type Calls = typeof calls;
export type CallName = keyof Calls;
/** What a caller gives: fields with defaults may be left out. */
export type CallInput<Name extends CallName> = z.input<Calls[Name]['input']>;
/** What a handler gets. */
export type ParsedInput<Name extends CallName> = z.output<Calls[Name]['input']>;
export type CallOutput<Name extends CallName> = z.output<Calls[Name]['output']>;

export function isCallName(name: string): name is CallName {
  return Object.hasOwn(calls, name);
}

export const events = {
  /** An exchange began: a row that is not complete yet. Its end has the same `request_id`. */
  'exchange.opened': exchangeEntry,
  /** An exchange ended; the entry is complete. */
  'exchange.closed': exchangeEntry,
  /** A config was compiled and swapped in, or refused (`problems` > 0) while the last good one keeps running. */
  'config.changed': z.strictObject({ snapshot: z.string().nullable(), problems: z.int() }),
  /** A target began to rest or came back, or needs attention; `entry` is `null` when only `offline` changed. */
  'health.changed': z.strictObject({ offline: z.boolean(), entry: healthEntry.nullable() }),
  /** A budget reached one of its shares: once in a window. */
  'budget.alert': budgetAlert,
  'budget.asked': budgetAsk,
  /** A bundle was joined, left, activated or refused, or something about one changed: read anew. */
  'bundles.changed': z.strictObject({ effective_hash: z.string() }),
  'bundle.notice': bundleNotice,
  /** A request waits for a reason, or got one. */
  'policy.releases_changed': z.strictObject({ waiting: z.int() }),
  'pause.changed': z.strictObject({ paused: pauseState.nullable() }),
  /** Something of ours that is in no config was changed: favourites, prompts, votes, whether the first minutes are over. */
  'documents.changed': z.strictObject({ what: z.enum(['favourites', 'prompts', 'votes', 'welcome']) }),
  /** Preferences, tray, updates: read anew. */
  'desktop.changed': desktopState,
  /** The window is to go to this page. */
  'desktop.navigate': z.strictObject({ path: z.string() }),
  /** A link came that people must decide about. */
  'desktop.link': z.strictObject({ link: linkReview }),
  'playground.delta': runDelta,
  'playground.ended': runResult,
  /** This listener was too slow: so many events were left out. */
  'events.dropped': z.strictObject({ count: z.int() }),
} as const;

export type EventName = keyof typeof events;
export type EventOf<Name extends EventName> = { readonly event: Name; readonly data: z.output<(typeof events)[Name]> };
export type AnyEvent = { [Name in EventName]: EventOf<Name> }[EventName];
