/** All that is in force and who says so, for people (BND-06, BND-35). */
import type { CallOutput, ParsedInput } from '../../shared/contract/contract.ts';
import type { TeamApplied } from '../config/team-layer.ts';
import type { BundleTarget } from './face.ts';
import { createTeamLayer, explainPointer } from './merge/merge.ts';

/** Without any bundle what the file says is in force, and that is told the same way. */
export async function appliedNow(target: BundleTarget): Promise<TeamApplied | undefined> {
  return target.applied ?? (await target.tryTeam(createTeamLayer([]))).applied;
}

export function effectiveView(
  applied: TeamApplied | undefined,
  { pointer }: ParsedInput<'bundles.effective'>,
): CallOutput<'bundles.effective'> {
  if (applied === undefined) return { hash: '', bundles: [], entries: [] };
  const { policy, provenance } = applied;
  const entries = pointer === undefined || pointer === '' ? provenance : explainPointer(provenance, pointer);
  return { hash: policy.hash, bundles: [...policy.bundles], entries: [...entries] };
}
