/** The rules of one snapshot, ready to be asked. Apart from those who ask, because it brings all detectors with it: some megabytes, for nobody who needs none. */
import { Firewall } from './policies/firewall/firewall.ts';
import { MaskingEngine } from './policies/masking/engine.ts';
import type { Snapshot } from './ports.ts';

export interface Guard {
  readonly engine: MaskingEngine;
  readonly firewall: Firewall;
  readonly hasRules: boolean;
}

/** What a guard is made of. */
export type GuardRules = Pick<Snapshot, 'masking' | 'firewall'>;

export function makeGuard({ masking, firewall: rules }: GuardRules): Guard {
  const firewall = new Firewall(rules);
  return {
    firewall,
    engine: new MaskingEngine({ masking, firewallKinds: firewall.kinds }),
    hasRules: rules.length > 0,
  };
}
