/** Who really stands behind a provider: its id is what somebody calls it, and rules that name a vendor mean that vendor. */
import { kindFacts, providerKinds, publicTerms, type ProviderKind } from '../../shared/config/provider.ts';
import type { Provider } from '../gateway/ports.ts';
import { isLocalHost } from './addresses.ts';

/** Whose customers each have an address of their own. */
const manyAddresses: ReadonlySet<ProviderKind> = new Set(['azure-openai', 'bedrock', 'vertex']);

export interface VendorInput {
  readonly id: string;
  readonly kind: ProviderKind;
  readonly baseUrl: string;
  /** A bundle defines it, and so says what its id means. */
  readonly isDefined: boolean;
}

export function vendorOf({ id, kind, baseUrl, isDefined }: VendorInput): Pick<Provider, 'vendor' | 'misnamed'> {
  if (isDefined || kind === 'demo') return {};
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
    return (own === host && !kindFacts[kind].local) || publicTerms[kind]?.hosts.test(host) === true;
  });
}
