/** What bundles say that is no part of the config: templates, hints for clients, rules for the program itself. */
import type { BundleSections, BundleTemplate, ClientHint } from '../../../shared/bundle/sections.ts';
import type { ProvenanceEntry } from '../../../shared/contract/bundles.ts';
import type { LayeredBundle } from '../types.ts';
import { foldNames } from './named.ts';
import { entriesOf, partsOf, sourceAt, type Part, type Source } from './parts.ts';
import { entryOf } from './provenance.ts';
import { inStrictness, strictestOf } from './settle.ts';

/** A value with where it comes from. */
export interface Told<T> {
  readonly value: T;
  readonly entry: ProvenanceEntry;
}

/** By id, what is enforced before what is suggested, the higher layer first. */
export function templatesOf(bundles: readonly LayeredBundle[]): readonly Told<BundleTemplate>[] {
  return templatesIn(partsOf(bundles));
}

/** By client, likewise. */
export function clientHintsOf(bundles: readonly LayeredBundle[]): readonly Told<ClientHint>[] {
  return hintsIn(partsOf(bundles));
}

interface Spoken {
  readonly enforced: readonly Part[];
  readonly defaults: readonly Part[];
}

export function templatesIn({ enforced, defaults }: Spoken): readonly Told<BundleTemplate>[] {
  return foldNames(
    [...enforced, ...defaults].flatMap((part) => entriesOf(part, ['templates'], part.says.templates, ({ id }) => id)),
    ({ id }) => id,
  );
}

export function hintsIn({ enforced, defaults }: Spoken): readonly Told<ClientHint>[] {
  return foldNames(
    [...enforced, ...defaults].flatMap((part) =>
      entriesOf(part, ['clients'], part.says.clients, ({ client }) => client),
    ),
    ({ client }) => client,
  );
}

// ---------------------------------------------------------------- the program

export interface AppRules {
  readonly autoUpdate: 'off' | 'notify' | 'on';
  /** Whether people here may follow bundles of their own choice. */
  readonly allowUserBundles: boolean;
  readonly allowLanBind: boolean;
  readonly allowKeyless: boolean;
  readonly proxyOnly: boolean;
  /** What bundles say of it: `/app/allow_user_bundles`. */
  readonly provenance: readonly ProvenanceEntry[];
}

type App = NonNullable<BundleSections['app']>;

/** The strictest of what is enforced, else what is suggested, else what is built in. */
export function appRulesOf(bundles: readonly LayeredBundle[]): AppRules {
  const { enforced, defaults } = partsOf(bundles);
  const provenance: ProvenanceEntry[] = [];
  const tell = <Value>(source: Source, value: Value, others: readonly string[]): Value => {
    provenance.push(entryOf(source, value, { others }));
    return value;
  };
  const one = <Value>(
    name: keyof App,
    builtIn: Value,
    order: readonly Value[],
    ofApp: (app: App) => Value | undefined,
  ): Value => {
    const saidBy = ({ app }: BundleSections): Value | undefined => (app === undefined ? undefined : ofApp(app));
    const [suggesting] = defaults.flatMap((part) => {
      const value = saidBy(part.says);
      return value === undefined ? [] : [{ part, value }];
    });
    const wanted = suggesting?.value ?? builtIn;
    const isStricter = inStrictness(order);
    const forced = strictestOf(enforced, saidBy, isStricter);
    if (forced !== undefined && !isStricter(wanted, forced.value))
      return tell(sourceAt(forced.part, 'app', name), forced.value, forced.others);
    return suggesting === undefined ? wanted : tell(sourceAt(suggesting.part, 'app', name), wanted, []);
  };
  const closing = [false, true];
  return {
    autoUpdate: one<AppRules['autoUpdate']>('auto_update', 'on', ['off', 'notify', 'on'], (app) => app.auto_update),
    allowUserBundles: one('allow_user_bundles', true, closing, (app) => app.allow_user_bundles),
    allowLanBind: one('allow_lan_bind', true, closing, (app) => app.allow_lan_bind),
    allowKeyless: one('allow_keyless', true, closing, (app) => app.allow_keyless),
    proxyOnly: one('proxy_only', false, [true, false], (app) => app.proxy_only),
    provenance,
  };
}
