/** Brings those who are followed in line with the config file and with what is prescribed; each begins with what is on the disk. */
import { lookError } from './followed.ts';
import { dismiss, type FollowContext, type Follower } from './follower.ts';
import { knownOf, type Known } from './remembered.ts';
import { restoreOne } from './restore.ts';
import { isSameSource, notAllowed, sourcesOf, type Source } from './sources.ts';
import { newRecord } from './state.ts';

export interface Roster {
  readonly followers: readonly Follower[];
  /** Those of them that were not there before. */
  readonly fresh: readonly Follower[];
  readonly gone: readonly Follower[];
}

/** Who is followed now. What is gone is dismissed. */
export async function lineUp(context: FollowContext, create: (source: Source) => Follower): Promise<Roster> {
  const { options, followers: before } = context;
  const fresh: Follower[] = [];
  const followers: Follower[] = [];
  const sources = sourcesOf(options.managed, options.enrolled());
  for (const source of sources) {
    const present = before.find((one) => one.source.url === source.url);
    if (present !== undefined && isSame(present.source, source)) followers.push(present);
    else {
      const follower = create(source);
      const known = await knownOf(context, follower, urlsOf(sources));
      const isFollowed = present !== undefined && present.source.problem === undefined;
      if (!isFollowed && known === undefined) admit(context, follower);
      await restoreInto(context, follower, known);
      follower.fetchWhole = true;
      fresh.push(follower);
      followers.push(follower);
    }
  }
  const gone = before.filter((one) => !followers.includes(one));
  for (const follower of gone) {
    dismiss(follower);
    if (!followers.some(({ source }) => source.url === follower.source.url))
      context.audit('leave', follower, 'It was taken out of the config file.');
  }
  return { followers, fresh, gone };
}

/** One that was not admitted stays so while the file says the same. */
function isSame(present: Source, source: Source): boolean {
  return isSameSource(present, source) || isSameSource({ ...present, problem: undefined }, source);
}

/** At the start: those that were followed before, then those that were not. `sources`: of all of them. */
export async function restoreAll(
  context: FollowContext,
  followers: readonly Follower[],
  sources: readonly Source[],
): Promise<void> {
  const unknown: Follower[] = [];
  for (const follower of followers) {
    const known = await knownOf(context, follower, urlsOf(sources));
    if (known === undefined) unknown.push(follower);
    else await restoreInto(context, follower, known);
  }
  for (const follower of unknown) {
    admit(context, follower);
    await restoreInto(context, follower, undefined);
  }
}

function urlsOf(sources: readonly Source[]): ReadonlySet<string> {
  return new Set(sources.map(({ url }) => url));
}

/** What is written into the file by hand is no way round a bundle that allows no others. */
function admit(context: FollowContext, follower: Follower): void {
  const { source } = follower;
  const closed = source.managed || source.problem !== undefined ? null : context.closed();
  if (closed !== null) follower.source = { ...source, problem: notAllowed(closed) };
}

/** Told once: from then on something is remembered of it. */
async function begin(context: FollowContext, follower: Follower): Promise<void> {
  const { key, source } = follower;
  context.audit('enrol', follower, enrolText(context, source));
  await context.state
    .change(key, (record) => record ?? newRecord(source.url))
    .catch((error: unknown) => {
      context.options.log.warn('what is followed was not kept', { key, error: String(error) });
    });
}

function enrolText({ options }: FollowContext, { url, pin, managed }: Source): string {
  const by = managed ? `as ${options.managed?.source ?? 'somebody'} prescribes` : 'by the config file';
  return `Followed from ${url}, ${by}, ${pin === undefined ? 'with a fingerprint that nobody confirmed' : `pinned to ${pin}`}.`;
}

/** What was last good of it, from the disk. What cannot be used is told. */
async function restoreInto(
  context: FollowContext,
  follower: Follower,
  [key, record]: Known | readonly [] = [],
): Promise<void> {
  const { options, files } = context;
  const { source, standing } = follower;
  const now = options.clock.now();
  if (source.problem !== undefined) standing.error = lookError(source.problem, now);
  if (key === undefined || record === undefined) {
    if (source.problem === undefined) await begin(context, follower);
    return;
  }
  follower.key = key;
  standing.confirmed = record.confirmed;
  if (source.problem !== undefined) return;
  standing.error = record.error ?? undefined;
  const { restored, problems } = await restoreOne({ options, files, source, record });
  standing.active = restored?.active;
  follower.trust = restored?.trust;
  for (const problem of problems) {
    standing.error = lookError(problem, now);
    options.log.error('a bundle that was in force cannot be used', { key, problem: problem.message });
    context.audit('reject', follower, `${problem.code}: ${problem.message}`);
    context.tell('rejected', follower, problem.message, problem.code);
  }
  // Its host is asked for all of it: what it would answer about the newest says nothing of this one.
  follower.fetchWhole = problems.length > 0;
}
