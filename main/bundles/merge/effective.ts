/** The one form of all that is in force, so that two machines can compare it by a hash (BND-36). */
import { createHash } from 'node:crypto';
import type { BundleSections } from '../../../shared/bundle/sections.ts';
import { picoToUsd, usdToPicoExact } from '../../../shared/domain/money.ts';
import { canonicalJson } from '../../kit/canonical-json.ts';
import type { Draft } from './draft.ts';
import { present, requirementNames } from './access.ts';
import { hintsIn, templatesIn } from './extras.ts';
import type { Part } from './parts.ts';

/** SHA-256 of the canonical JSON of the effective sections: the same for the same rules, whoever wrote them in whichever line. */
export function effectiveHash(draft: Draft): string {
  return createHash('sha256')
    .update(canonicalJson(effective(draft)))
    .digest('hex');
}

function effective({ config, parts, told }: Draft): unknown {
  const { masking } = config;
  return {
    providers: sorted(
      config.providers.map(({ keys, ...rest }) => ({ ...rest, keys: keys?.map(({ value }) => isSecret(value)) })),
    ),
    access: accessOf(parts.enforced),
    audit: accessOf(parts.watching),
    models: config.models,
    tools: config.tools,
    // The first that fits is the one.
    routes: config.routes.map(({ id: _id, ...route }) => route),
    use_model: config.use_model,
    routes_default: parts.enforced.some(({ says }) => says.routes_default === 'deny') ? 'deny' : 'continue',
    budgets: sorted(config.budgets.map(({ id: _id, limit_usd, ...rest }) => ({ ...rest, limit: amount(limit_usd) }))),
    rate_limits: sorted(config.rate_limits.map(({ id: _id, ...rest }) => rest)),
    masking: {
      ...masking,
      terms: sorted(masking.terms),
      detectors: sorted(masking.detectors),
      patterns: sorted(masking.patterns.map(({ id: _id, ...rest }) => rest)),
      exclude: { providers: sorted(masking.exclude.providers), clients: sorted(masking.exclude.clients) },
      allow: sorted(masking.allow),
    },
    firewall: sorted(config.firewall.map(({ id: _id, ...rest }) => rest)),
    pricing: config.pricing,
    logging: config.logging,
    host: config.listen.host,
    app: told.entries
      .filter(({ pointer }) => /^\/(?:app|logging\/export)/.test(pointer))
      .map(({ pointer, value }) => [pointer, value]),
    templates: templatesIn(parts).map(({ value }) => value),
    clients: hintsIn(parts).map(({ value }) => value),
  };
}

/** Lists that must all allow, each once; what any of them denies. */
function accessOf(parts: readonly Part[]): unknown {
  const all = (listOf: (says: BundleSections) => readonly unknown[] | undefined): readonly unknown[] =>
    sorted(
      parts.flatMap(({ says }) => {
        const list = present(listOf(says));
        return list === undefined ? [] : [sorted(list)];
      }),
    );
  const any = (listOf: (says: BundleSections) => readonly unknown[] | undefined): readonly unknown[] =>
    sorted(parts.flatMap(({ says }) => present(listOf(says)) ?? []));
  return {
    providers: { allow: all(({ providers }) => providers?.allow), deny: any(({ providers }) => providers?.deny) },
    models: { allow: all(({ models }) => models?.allow), deny: any(({ models }) => models?.deny) },
    tools: {
      allow: all(({ tools }) => tools?.allow),
      deny: any(({ tools }) => tools?.deny),
      servers: all(({ tools }) => tools?.mcp?.allow),
    },
    max_context_tokens: least(parts, ({ models }) => models?.max_context_tokens),
    max_output_tokens: least(parts, ({ models }) => models?.max_output_tokens),
    require: sorted(
      parts.flatMap(({ says }) =>
        requirementNames.flatMap((name) => {
          const value = says.models?.require?.[name];
          return value === undefined ? [] : [[name, Array.isArray(value) ? sorted(value) : value]];
        }),
      ),
    ),
  };
}

function least(parts: readonly Part[], valueOf: (says: BundleSections) => number | undefined): number | undefined {
  const values = parts.flatMap(({ says }) => valueOf(says) ?? []);
  return values.length === 0 ? undefined : Math.min(...values);
}

/** Each once, in an order that nobody chose. */
function sorted(list: readonly unknown[]): readonly unknown[] {
  if (list.every((one) => typeof one === 'string')) return [...new Set(list)].sort();
  const byText = new Map(list.map((one) => [canonicalJson(one), one]));
  return [...byText.keys()].sort().map((text) => byText.get(text));
}

/** Where a key comes from, if it is no key itself. */
function isSecret(value: string | undefined): string {
  return /^(?:env|file|secret):/.test(value ?? '') ? (value ?? '') : '';
}

function amount(usd: string): string {
  const pico = usdToPicoExact(usd);
  return pico === undefined ? usd : picoToUsd(pico);
}
