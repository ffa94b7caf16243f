/** The versions that were in force of a followed bundle, and what each of them changed. */
import type { BundlePayload } from '../../shared/bundle/payload.ts';
import type { CallOutput } from '../../shared/contract/contract.ts';
import { describeChanges } from './changes.ts';
import type { Follower } from './follower.ts';
import type { Following } from './following.ts';
import { readRevision } from './restore.ts';

/** Files of older ones are not kept. */
const maxTold = 20;

export async function historyOf(
  following: Following,
  follower: Follower,
): Promise<CallOutput<'bundles.history'>['revisions']> {
  const { options, files } = following;
  const { source, standing } = follower;
  const record = following.recordOf(follower);
  if (record === undefined) return [];
  const told = record.history.slice(0, maxTold);
  const payloads: (BundlePayload | undefined)[] = [];
  for (const revision of told) {
    // What cannot be read any more is told without its changes.
    const read = await readRevision({ options, files, source, record }, revision).catch(() => undefined);
    payloads.push(read?.bundle.payload);
  }
  return told.map(({ version, epoch, sha256, activated_at, changelog }, index) => {
    const [now, before] = [payloads[index], payloads[index + 1]];
    const isFirst = index + 1 === record.history.length;
    return {
      ...{ version, epoch, sha256, changelog, active: index === 0 && sha256 === standing.active?.bundle.sha256 },
      activated_at: new Date(activated_at).toISOString(),
      changes: now === undefined || (before === undefined && !isFirst) ? [] : describeChanges(before, now),
    };
  });
}
