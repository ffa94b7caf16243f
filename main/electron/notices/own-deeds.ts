/** Remembers for a moment what people just did themselves, so that nothing tells them of it. */
import type { Dispatch } from '../../control/dispatch.ts';
import type { Clock } from '../../kit/clock.ts';
import { RecentMap } from '../../kit/recent-map.ts';

/** Consequences follow within a second; a window that looks at a budget after them takes a few more. */
const rememberedMs = 10_000;
const maxRemembered = 200;

/** `budget:ID`, `key:ID`, `client:ID`, `provider:ID`, `update`; with `*` all of a sort. */
type Subjects = (id: string) => readonly string[];

const subjectsOf: Readonly<Record<string, Subjects>> = {
  'budgets.raise': (id) => [`budget:${id}`],
  'budgets.accept': () => ['budget:*'],
  'bundles.join': () => ['bundle:*'],
  'bundles.leave': () => ['bundle:*'],
  'bundles.approve': () => ['bundle:*'],
  'bundles.confirm_trust': () => ['bundle:*'],
  'bundles.check': () => ['bundle:*'],
  'clients.connect': (id) => [`client:${id}`],
  'clients.disconnect': (id) => [`client:${id}`],
  'profiles.choose': () => ['budget:*'],
  'keys.update': (id) => [`key:${id}`, 'budget:*'],
  'keys.rotate': (id) => [`key:${id}`],
  'keys.disable': (id) => [`key:${id}`],
  'keys.enable': (id) => [`key:${id}`],
  'keys.revoke': (id) => [`key:${id}`],
  'providers.set_key': (id) => [`provider:${id}`],
  'providers.move': (id) => [`provider:${id}`],
  'providers.remove': (id) => [`provider:${id}`],
  'updates.check': () => ['update'],
  'updates.install': () => ['update'],
};

/** By the first step of what was changed in the file. */
const subjectsIn: Readonly<Record<string, readonly string[]>> = {
  budgets: ['budget:*'],
  teams: ['budget:*'],
  virtual_keys: ['key:*', 'budget:*'],
  providers: ['provider:*'],
};

const maxEdits = 200;

export interface OwnDeeds {
  /** A call that people made, with its input as it came. */
  called(name: string, input: unknown): void;
  /** Whether people changed this themselves a few seconds ago. */
  justDone(subject: string): boolean;
  /** The same dispatch, for doors behind which people stand: what they call counts as done when it begins and when it ends. */
  watching(dispatch: Dispatch): Dispatch;
}

export function createOwnDeeds(clock: Pick<Clock, 'now'>): OwnDeeds {
  const done = new RecentMap<number>(maxRemembered);
  const isRecent = (subject: string): boolean => {
    const at = done.peek(subject);
    // A clock that was put back must not silence for hours.
    return at !== undefined && Math.abs(clock.now() - at) < rememberedMs;
  };
  function called(name: string, input: unknown): void {
    for (const subject of subjectsFrom(name, input)) done.set(subject, clock.now());
  }
  return {
    called,
    justDone: (subject) => isRecent(subject) || isRecent(subject.replace(/:.*$/s, ':*')),
    watching(dispatch) {
      async function noted<Value>(name: string, input: unknown, reply: () => Promise<Value>): Promise<Value> {
        called(name, input);
        const value = await reply();
        called(name, input);
        return value;
      }
      return {
        call: (name, input) => noted(name, input, () => dispatch.call(name, input)),
        ask: (name, input) => noted(name, input, () => dispatch.ask(name, input)),
      };
    },
  };
}

function subjectsFrom(name: string, input: unknown): readonly string[] {
  if (name === 'config.change') return changedIn(input);
  return Object.hasOwn(subjectsOf, name) ? (subjectsOf[name]?.(textOf(input, 'id')) ?? []) : [];
}

function changedIn(input: unknown): readonly string[] {
  const edits = fieldOf(input, 'edits');
  if (!Array.isArray(edits) || fieldOf(input, 'dry_run') === true) return [];
  return edits.slice(0, maxEdits).flatMap((edit: unknown) => {
    const section = textOf(fieldOf(edit, 'path'), '0');
    return Object.hasOwn(subjectsIn, section) ? (subjectsIn[section] ?? []) : [];
  });
}

/** The input is as it came: anything may be in it. */
function fieldOf(input: unknown, name: string): unknown {
  return typeof input === 'object' && input !== null ? (input as Readonly<Record<string, unknown>>)[name] : undefined;
}

function textOf(input: unknown, name: string): string {
  const value = fieldOf(input, name);
  return typeof value === 'string' ? value.slice(0, 512) : '';
}
