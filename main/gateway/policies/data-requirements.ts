/** What a team requires of whoever its data is sent to, held against what is known of a provider: unknown is not enough. */
import type { ModelAccess } from '../../../shared/domain/access.ts';
import { kindFacts, ownRegion } from '../../../shared/config/provider.ts';
import type { DataPolicy, Provider, Requirement } from '../ports.ts';
import { knownTo } from './provider-names.ts';

type Known = Pick<Provider, 'id' | 'kind' | 'dataPolicy' | 'unvouched'>;

/** A rule of access for each requirement: it denies the providers that do not meet it, each with what is wanting. */
export function unmetBy(providers: readonly Known[], requires: readonly Requirement[]): readonly ModelAccess[] {
  return requires.flatMap((requirement) => {
    const lacks: Record<string, string> = {};
    const deniedModels: string[] = [];
    for (const provider of providers.map((one) => knownTo(requirement, one))) {
      const lack = lackOf(provider, requirement);
      if (lack !== undefined) lacks[provider.id] = `"${provider.id}" ${lack}`;
      else deniedModels.push(...elsewhere(provider, requirement).map((glob) => `${provider.id}/${glob}`));
    }
    const deniedProviders = Object.keys(lacks);
    if (deniedProviders.length === 0 && deniedModels.length === 0) return [];
    const { rule, origin, reason, contact } = requirement;
    const denied = { deniedModels, deniedProviders };
    return [{ rule, origin, reason, contact, allowedModels: ['*'], allowedProviders: ['*'], ...denied, lacks }];
  });
}

/** What is wanting, as a clause behind the provider's name. */
function lackOf({ dataPolicy }: Known, { noTraining, retentionDays, regions }: Requirement): string | undefined {
  const { training, retentionDays: keeps, region }: Partial<DataPolicy> = dataPolicy ?? {};
  if (noTraining && training !== false)
    return training === true
      ? 'trains models on what it is sent'
      : 'is not known to leave what it is sent out of training';
  if (retentionDays !== undefined && (keeps === undefined || keeps > retentionDays))
    return keeps === undefined
      ? 'is not known for how long it keeps what it is sent'
      : `keeps what it is sent for ${String(keeps)} days; at most ${String(retentionDays)} may be`;
  if (regions.length > 0 && !isIn(region, regions))
    return region === undefined ? 'is not known to compute in one region' : `computes in "${region}"`;
  return undefined;
}

/**
 * Regions whose names begin like the European Union's and that are outside of it: London and Zurich (AWS, "Regions and Zones";
 * Google Cloud, "Regions and zones").
 */
const notOfUnion: ReadonlySet<string> = new Set([...['eu-west-2', 'eu-central-2', 'europe-west2', 'europe-west6']]);

/** `eu` stands for all regions of that name, and `eu-central-1` for itself. */
function isIn(region: string | undefined, wanted: readonly string[]): boolean {
  if (region === undefined) return false;
  // It is where its owner is.
  if (region === ownRegion) return true;
  return wanted.some((one) => {
    const name = one.toLowerCase();
    if (region === name) return true;
    if (name !== 'eu') return region.startsWith(`${name}-`);
    return /^(?:eu|europe)(?:-|$)/.test(region) && !notOfUnion.has(region);
  });
}

/** Where Bedrock computes what is asked under such a name (AWS, "Increase throughput with cross-Region inference"). */
const geographies = ['us', 'us-gov', 'eu', 'apac', 'jp', 'au', 'ca', 'global'];

/** Globs of models that are computed elsewhere than the provider says. */
function elsewhere({ kind }: Known, { regions }: Requirement): readonly string[] {
  // Ollama passes some names on to its own cloud.
  if (kindFacts[kind].local) return ['*-cloud', '*:cloud'];
  if (kind !== 'bedrock' || regions.length === 0) return [];
  const wanted = new Set(regions.map((one) => one.toLowerCase()));
  const left = geographies.filter((one) => !wanted.has(one)).map((one) => `${one}.*`);
  // Of a profile somebody made, its name does not tell.
  return [...left, 'arn:*inference-profile/*'];
}
