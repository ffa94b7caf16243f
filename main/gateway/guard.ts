/** The rules of one snapshot, ready to be asked. Apart from those who ask, because it brings all detectors with it: some megabytes, for nobody who needs none. */
import type { Steps } from '../kit/steps.ts';
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

/** Ready to be asked, in steps. */
export function* guardSteps({ masking, firewall: rules }: GuardRules): Steps<Guard> {
  const firewall = new Firewall(rules);
  const engine = new MaskingEngine({ masking, firewallKinds: firewall.kinds });
  yield undefined;
  yield* engine.preparing();
  return { firewall, engine, hasRules: rules.length > 0 };
}
