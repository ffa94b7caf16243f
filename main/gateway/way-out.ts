/** How a provider is reached: directly or through a proxy, or not at all where no proxy is there that must be. */
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { GatewayPorts, Provider, Snapshot } from './ports.ts';

export interface WayOutDeps {
  readonly snapshot: Pick<Snapshot, 'policy'>;
  readonly ports: Pick<GatewayPorts, 'systemProxy'>;
}

/** The proxy's address, `undefined` for a direct connection; or why there must be none. */
export function wayOut(
  provider: Pick<Provider, 'id' | 'kind' | 'local' | 'proxy'>,
  origin: string,
  { snapshot, ports }: WayOutDeps,
): string | undefined | GatewayError {
  const { proxy } = provider;
  const url = proxy.kind === 'url' ? proxy.url : proxy.kind === 'system' ? ports.systemProxy(origin) : undefined;
  const rule = snapshot.policy?.proxyOnly;
  // What runs here is not behind any proxy.
  if (url !== undefined || rule === undefined || provider.local || provider.kind === 'demo') return url;
  const why =
    proxy.kind === 'direct'
      ? 'its proxy is set to "direct"'
      : 'the system names none for it: set one there, or as proxy of this provider';
  const { origin: place, reason, contact } = rule;
  return new GatewayError(
    'attempt.connect',
    `Provider "${provider.id}" was not called: providers are reached through a proxy or not at all (${place}), and ${why}.${reason === undefined ? '' : ` Reason: ${reason}.`}${contact === undefined ? '' : ` Contact: ${contact}.`}`,
    { details: { rule: rule.rule } },
  );
}

/** Why it cannot be called, as far as its address tells. */
export function noWayOut(
  provider: Pick<Provider, 'id' | 'kind' | 'local' | 'proxy' | 'baseUrl'>,
  deps: WayOutDeps,
): GatewayError | undefined {
  // Nearly nobody has such a rule, and every try comes by here.
  if (deps.snapshot.policy?.proxyOnly === undefined || provider.local || provider.kind === 'demo') return undefined;
  const origin = URL.parse(provider.baseUrl)?.origin;
  const way = origin === undefined ? undefined : wayOut(provider, origin, deps);
  return way instanceof GatewayError ? way : undefined;
}
