/** What is known of what becomes of the data a provider is sent: by a bundle that vouches for it, by its vendor's terms, by where it runs. */
import { ownRegion, publicTerms, type ProviderKind } from '../../shared/config/provider.ts';
import type { DataPolicy } from '../gateway/ports.ts';

export interface DataPolicyInput {
  readonly kind: ProviderKind;
  readonly baseUrl: string;
  /** As the provider is called: of vertex its location. */
  readonly location: string | undefined;
  /** It runs the model itself, on this machine or network. */
  readonly runsHere: boolean;
  /** What a bundle says of it, which goes before everything else. */
  readonly vouched: DataPolicy | undefined;
}

/** `undefined`: nothing is known. */
export function dataPolicyOf({ vouched, ...input }: DataPolicyInput): DataPolicy | undefined {
  const known = knownOf(input);
  if (vouched === undefined || known === undefined) return vouched ?? known;
  return {
    training: vouched.training ?? known.training,
    retentionDays: vouched.retentionDays ?? known.retentionDays,
    region: vouched.region ?? known.region,
  };
}

function knownOf({ kind, baseUrl, location, runsHere }: Omit<DataPolicyInput, 'vouched'>): DataPolicy | undefined {
  if (runsHere) return { training: false, retentionDays: 0, region: ownRegion };
  const terms = publicTerms[kind];
  const url = URL.parse(baseUrl);
  if (terms === undefined || url?.protocol !== 'https:' || !terms.hosts.test(url.hostname)) return undefined;
  const { training, retentionDays } = terms;
  return { training, retentionDays, region: regionOf(kind, url.hostname, location) };
}

/** Only what is called says where it is computed, not what somebody calls it. */
function regionOf(kind: ProviderKind, host: string, location: string | undefined): string | undefined {
  if (kind === 'bedrock') return host.split('.')[1];
  if (kind !== 'vertex') return undefined;
  const prefix = host.slice(0, -'aiplatform.googleapis.com'.length).replace(/-$/, '');
  const called = prefix === '' ? 'global' : prefix;
  return called === location ? called : undefined;
}
