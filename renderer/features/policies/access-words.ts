/** Rules of access that hold for every key, in the order they are read in. */
import type { ProvenanceEntry } from '../../../shared/contract/bundles.ts';
import type { TeamValues } from '../../state/team.ts';
import type { MessageKey } from '../../text/text.ts';

const labels: readonly (readonly [pointer: string, label: MessageKey])[] = [
  ['/models/allow', 'locked.access.modelsAllow'],
  ['/models/deny', 'locked.access.modelsDeny'],
  ['/providers/allow', 'locked.access.providersAllow'],
  ['/providers/deny', 'locked.access.providersDeny'],
  ['/models/require/data_policy.training', 'locked.access.training'],
  ['/models/require/data_policy.retention', 'locked.access.retention'],
  ['/models/require/region', 'locked.access.region'],
  ['/models/max_context_tokens', 'locked.access.maxContext'],
  ['/models/max_output_tokens', 'locked.access.maxOutput'],
  ['/tools/allow', 'locked.access.toolsAllow'],
  ['/tools/deny', 'locked.access.toolsDeny'],
  ['/tools/mcp/allow', 'locked.access.mcp'],
  ['/routes_default', 'locked.access.routesDefault'],
];

export interface AccessRule {
  readonly label: MessageKey;
  readonly entry: ProvenanceEntry;
}

/** Several of one kind where several say something: all of them hold. */
export function accessRules({ said }: Pick<TeamValues, 'said'>): readonly AccessRule[] {
  return labels.flatMap(([pointer, label]) => said(pointer).map((entry) => ({ label, entry })));
}
