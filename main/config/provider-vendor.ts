/** Who really stands behind a provider: its id is what somebody calls it, and rules that name a vendor mean that vendor. */
import { kindFacts, providerKinds, publicTerms, type ProviderKind } from '../../shared/config/provider.ts';
import type { Provider } from '../gateway/ports.ts';
import { isLocalHost } from './addresses.ts';

/** Whose customers each have an address of their own. */
const manyAddresses: ReadonlySet<ProviderKind> = new Set(['azure-openai', 'bedrock', 'vertex']);

/**
 * Where vendors answer besides, by their own pages: regions (docs.x.ai, docs.mistral.ai, openrouter.ai), Azure's Foundry and its cloud
 * for the US government, Bedrock's endpoint for other dialects and those of a private network, Vertex within one region.
 */
const otherHosts: Readonly<Partial<Record<ProviderKind, RegExp>>> = {
  'azure-openai':
    /^[a-z0-9-]+(?:\.services\.ai\.azure\.com|\.openai\.azure\.us|(?:\.[a-z0-9-]+)?\.models\.ai\.azure\.com)$/,
  bedrock:
    /^bedrock-(?:runtime|mantle)(?:-fips)?\.[a-z0-9-]+\.(?:api\.aws|amazonaws\.com(?:\.cn)?)$|\.bedrock-(?:runtime|mantle)\.[a-z0-9-]+\.vpce\.amazonaws\.com$/,
  vertex: /^aiplatform\.[a-z0-9-]+\.rep\.googleapis\.com$/,
  xai: /^[a-z0-9-]+\.api\.x\.ai$/,
  mistral: /^(?:api\.[a-z]{2}|codestral)\.mistral\.ai$/,
  openrouter: /^[a-z]{2}\.openrouter\.ai$/,
  cohere: /^api\.cohere\.com$/,
  together: /^api\.together\.ai$/,
};

export interface VendorInput {
  readonly id: string;
  readonly kind: ProviderKind;
  readonly baseUrl: string;
}

export function vendorOf({ id, kind, baseUrl }: VendorInput): Pick<Provider, 'vendor' | 'misnamed'> {
  if (kind === 'demo') return {};
  const url = URL.parse(baseUrl);
  const host = (url?.hostname ?? '').replace(/\.$/, '');
  const vendor = kindFacts[kind].local && isLocalHost(host) ? kind : kindAt(host);
  const isNamedSo = id === vendor || (id === kind && manyAddresses.has(kind)) || isLocalHost(host);
  return {
    ...(vendor === undefined ? {} : { vendor }),
    ...(isNamedSo || !namesVendor(id) ? {} : { misnamed: `is called like a vendor, and ${host} is not that vendor's` }),
  };
}

function namesVendor(id: string): boolean {
  const kind = providerKinds.find((one) => one === id);
  return kind !== undefined && kind !== 'openai-compatible' && kind !== 'demo';
}

/** The kind whose vendor answers at a host. */
function kindAt(host: string): ProviderKind | undefined {
  return providerKinds.find((kind) => {
    const own = URL.parse(kindFacts[kind].baseUrl ?? '')?.hostname;
    return (
      (own === host && !kindFacts[kind].local) ||
      publicTerms[kind]?.hosts.test(host) === true ||
      otherHosts[kind]?.test(host) === true
    );
  });
}
