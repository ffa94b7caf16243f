/** Brings those who are followed in line with the config file and with what is prescribed; each begins with what is on the disk. */
import { lookError } from './followed.ts';
import { dismiss, type FollowContext, type Follower } from './follower.ts';
import { knownOf } from './remembered.ts';
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
      const follower = create(admitted(context, source, present));
      await restoreInto(context, follower, sources);
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

/** What is written into the file by hand is no way round a bundle that allows no others. */
function admitted(context: FollowContext, source: Source, present: Follower | undefined): Source {
  const isKnown =
    present !== undefined || Object.values(context.state.facts.bundles).some(({ url }) => url === source.url);
  const closed = source.managed || isKnown ? null : context.closed();
  return closed === null || source.problem !== undefined ? source : { ...source, problem: notAllowed(closed) };
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

/** What was last good of it, from the disk. What cannot be used is told. `sources`: all that is followed now. */
export async function restoreInto(
  context: FollowContext,
  follower: Follower,
  sources: readonly Source[],
): Promise<void> {
  const { options, files } = context;
  const { source, standing } = follower;
  const now = options.clock.now();
  const urls = new Set(sources.map(({ url }) => url));
  const [key, record] = (await knownOf(context, follower, urls)) ?? [];
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
