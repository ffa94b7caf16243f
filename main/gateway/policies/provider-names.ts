/** Rules for every key that name vendors, held against who stands behind each provider: no other id gets past them, and none stands in for another. */
import type { ModelAccess } from '../../../shared/domain/access.ts';
import { isGlob, matchesGlob } from '../../kit/glob.ts';
import type { Provider } from '../ports.ts';

type Named = Pick<Provider, 'id' | 'misnamed' | 'unvouched'> & { readonly vendor?: string | undefined };

/** The same rules where every provider is called what it is. */
export function byVendor<Rule extends ModelAccess>(
  rules: readonly Rule[],
  providers: readonly Named[],
): readonly Rule[] {
  return rules.map((rule) => {
    // What people write into their own file is about what they call their providers.
    if (rule.rule.startsWith('config:')) return rule;
    return providers.map((one) => knownTo(rule, one)).reduce(withRealName, rule);
  });
}

/** What a rule takes for true of a provider. */
export function knownTo<Known extends Named>({ distrusts }: Pick<ModelAccess, 'distrusts'>, provider: Known): Known {
  if (provider.unvouched === undefined || distrusts?.includes(provider.id) !== true) return provider;
  const { vendor, misnamed, dataPolicy } = provider.unvouched;
  return { ...provider, vendor, misnamed, dataPolicy };
}

function withRealName<Rule extends ModelAccess>(rule: Rule, provider: Named): Rule {
  const { id, vendor, misnamed } = provider;
  const denied = vendor === undefined || vendor === id ? rule : withVendor(rule, provider);
  return misnamed === undefined ? denied : withoutMisnamed(denied, provider);
}

/** What is denied of a vendor is denied under any id. */
function withVendor<Rule extends ModelAccess>(rule: Rule, { id, vendor = '' }: Named): Rule {
  const isDenied = rule.deniedProviders.some((glob) => matchesGlob(glob, vendor));
  const models = rule.deniedModels.flatMap((glob) => {
    const slash = glob.indexOf('/');
    if (slash < 0 || matchesGlob(glob.slice(0, slash), id)) return [];
    return matchesGlob(glob.slice(0, slash), vendor) ? [id + glob.slice(slash)] : [];
  });
  if (!isDenied && models.length === 0) return rule;
  return {
    ...rule,
    deniedProviders: isDenied ? [...rule.deniedProviders, id] : rule.deniedProviders,
    deniedModels: [...rule.deniedModels, ...models],
  };
}

/** What is allowed of a vendor is not allowed of whoever is called so. */
function withoutMisnamed<Rule extends ModelAccess>(rule: Rule, { id, misnamed = '' }: Named): Rule {
  const allowedProviders = rule.allowedProviders.filter((glob) => glob !== id);
  const allowedModels = rule.allowedModels.filter((glob) => !glob.startsWith(`${id}/`));
  const isLeft =
    allowedProviders.length === rule.allowedProviders.length && allowedModels.length === rule.allowedModels.length;
  if (isLeft) return rule;
  const mayBeAsked =
    allowedProviders.some((glob) => matchesGlob(glob, id)) && allowedModels.some((glob) => isAbout(glob, id));
  if (mayBeAsked) return { ...rule, allowedProviders, allowedModels };
  return {
    ...rule,
    ...{ allowedProviders, allowedModels, deniedProviders: [...rule.deniedProviders, id] },
    lacks: { ...rule.lacks, [id]: `"${id}" ${misnamed}` },
  };
}

/** Whether a pattern of models may fit one of a provider. */
function isAbout(glob: string, id: string): boolean {
  const slash = glob.indexOf('/');
  const provider = slash < 0 ? '*' : glob.slice(0, slash);
  return matchesGlob(provider, id) || (isGlob(provider) && id.startsWith(provider.slice(0, provider.indexOf('*'))));
}
