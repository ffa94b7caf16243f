/** Decisions of the data plane without a port and without a ledger: what team bundles and the command line try requests with. */
import type { GatewayTools, SecretFound } from './bundles/types.ts';
import type { decide, DecideDeps } from './gateway/decide.ts';
import { secretsDetector } from './gateway/policies/detectors/secrets/secrets.ts';
import { Finder } from './gateway/policies/masking/finder.ts';
import type { LogPort } from './gateway/ports.ts';
import { systemClock } from './kit/clock.ts';
import { Secret } from './kit/secret.ts';

/** Placeholders are made with it. It opens nothing: what is tried comes out the same on every machine. */
const trialKey = 'a request that is only tried';
const silent = (): void => undefined;
const unheard: LogPort = { debug: silent, info: silent, warn: silent, error: silent };

/** Loads the data plane when the first request is tried, and the detectors of secrets when the first text is looked through. */
export function createGatewayTools(): GatewayTools {
  let plane: Promise<Plane> | undefined;
  let finder: Finder | undefined;
  return {
    async decide(snapshot, request) {
      plane ??= loaded();
      const ready = await plane;
      return ready.decide(snapshot, request, ready.deps);
    },
    findSecrets(text): readonly SecretFound[] {
      finder ??= new Finder([secretsDetector()], new Set(['secrets']));
      return finder.find(text, undefined).map(({ start, end, subtype }) => ({ start, end, what: subtype }));
    },
  };
}

interface Plane {
  readonly decide: typeof decide;
  readonly deps: DecideDeps;
}

async function loaded(): Promise<Plane> {
  const [data, { Protections }] = await Promise.all([
    import('./gateway/decide.ts'),
    import('./gateway/protections.ts'),
  ]);
  return {
    decide: data.decide,
    deps: {
      protections: new Protections(new Secret(trialKey), unheard),
      monotonic: () => systemClock.monotonic(),
      log: unheard,
    },
  };
}
