/** The firewall: rules of all bundles and the user's; of the same rule the most severe action. */
import { firewallActions } from '../../../shared/bundle/sections.ts';
import type { FirewallSettings } from '../../../shared/config/firewall.ts';
import { foldById, Ids, namesOf, type Entry, type Folded } from './by-id.ts';
import { byBundle, type Draft } from './draft.ts';
import { entriesOf, type Part } from './parts.ts';

/** Ids of the rules of bundles that only watch: they record what they would have refused. */
export function applyFirewall(draft: Draft): ReadonlySet<string> {
  const { enforced, watching, defaults } = draft.parts;
  const ids = new Ids();
  const forced = ids.name(foldById(rulesOf(enforced), folding));
  const watched = ids.name(foldById(rulesOf(watching), folding).map(logOnly));
  const own = ids.own(draft.config.firewall);
  const suggested = ids.free(rulesOf(defaults)).map(byBundle);
  draft.config = {
    ...draft.config,
    firewall: draft.list('firewall', [...forced, ...watched, ...own, ...suggested]),
  };
  const { told } = draft;
  const yours = new Map(draft.own.config.firewall.map(({ id }, index) => [id, index]));
  for (const { id, entry, source, others } of [...forced, ...watched]) {
    const index = yours.get(id);
    const names = namesOf(others);
    told.bundle(source, entry, {
      others: index === undefined ? names : [...names, draft.own.origin(['firewall', index])],
    });
  }
  for (const [index, { entry }] of own.entries()) {
    const before = draft.own.config.firewall[index];
    told.user(`/firewall/${entry.id}`, entry, ['firewall', index], before?.id === entry.id ? {} : { yours: before });
  }
  for (const { entry, by } of suggested) if (by.kind === 'bundle') told.bundle(by.source, entry);
  return new Set(watched.map(({ entry }) => entry.id));
}

function rulesOf(parts: readonly Part[]): readonly Entry<FirewallSettings>[] {
  return parts.flatMap((part) => entriesOf(part, ['firewall'], part.says.firewall, ({ id }) => id));
}

const folding = {
  /** Rules that look for something else, or elsewhere, both hold. */
  about: ({ id: _id, action: _action, message: _message, ...rest }: FirewallSettings) => rest,
  stricter(a: FirewallSettings, b: FirewallSettings) {
    const isOther = firewallActions.indexOf(b.action) < firewallActions.indexOf(a.action);
    return { entry: isOther ? b : a, isOther };
  },
};

function logOnly(folded: Folded<FirewallSettings>): Folded<FirewallSettings> {
  return { ...folded, entry: { ...folded.entry, action: 'log' } };
}
