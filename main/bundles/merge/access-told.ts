/** Rules of access that are suggested or the user's own, and whose each of them is. */
import type { BundleSections } from '../../../shared/bundle/sections.ts';
import type { Config } from '../../../shared/config/config.ts';
import { leastOf, present, requirementNames } from './access.ts';
import type { Draft } from './draft.ts';
import { pointerOf, sourceAt, type Source } from './parts.ts';

/** Lists: their place in a bundle, and where the config file has the user's own. */
const lists = [
  { at: ['providers', 'allow'], own: ['models', 'allow_providers'] },
  { at: ['providers', 'deny'], own: ['models', 'deny_providers'] },
  { at: ['models', 'allow'], own: ['models', 'allow'] },
  { at: ['models', 'deny'], own: ['models', 'deny'] },
  { at: ['tools', 'allow'], own: ['tools', 'allow'] },
  { at: ['tools', 'deny'], own: ['tools', 'deny'] },
] as const;

type List = (typeof lists)[number];

/** Every list of every bundle holds, and so does the user's; a suggestion stands in for what he did not write. */
export function applyAccess(draft: Draft): void {
  for (const list of lists) applyList(draft, list);
  for (const name of ['max_context_tokens', 'max_output_tokens'] as const) applyMaximum(draft, name);
  for (const part of draft.parts.enforced) {
    const { require } = part.says.models ?? {};
    for (const name of requirementNames)
      if (require?.[name] !== undefined) draft.told.bundle(sourceAt(part, 'models', 'require', name), require[name]);
    const servers = present(part.says.tools?.mcp?.allow);
    if (servers !== undefined) draft.told.bundle(sourceAt(part, 'tools', 'mcp', 'allow'), servers);
  }
}

function applyList(draft: Draft, { at, own }: List): void {
  const { enforced, defaults } = draft.parts;
  const { told } = draft;
  const pointer = pointerOf(...at);
  const saying = enforced.flatMap((part) => {
    const value = listIn(part.says, at);
    return value === undefined ? [] : [{ part, value }];
  });
  const names = saying.map(({ part }) => part.name);
  for (const { part, value } of saying) {
    // The file may hold further ones beside it.
    told.bundle(sourceAt(part, ...at), value, { others: names.filter((name) => name !== part.name) });
  }
  if (draft.isWritten(...own)) return void told.user(pointer, ownList(draft.config, own), own, { others: names });
  const suggesting = defaults.find(({ says }) => listIn(says, at) !== undefined);
  if (suggesting === undefined) {
    if (saying.length === 0) told.app(pointer, ownList(draft.config, own));
    return;
  }
  const value = listIn(suggesting.says, at) ?? [];
  const source = sourceAt(suggesting, ...at);
  draft.config = withOwn(draft, own, [...value], source);
  told.bundle(source, value, { others: names }, pointerOf(...own));
}

function listIn(says: BundleSections, [section, name]: List['at']): readonly string[] | undefined {
  if (section === 'providers') return present(says.providers?.[name]);
  return section === 'models' ? present(says.models?.[name]) : present(says.tools?.[name]);
}

function ownList({ models, tools }: Config, [section, name]: List['own']): readonly string[] {
  return section === 'models' ? models[name] : tools[name];
}

/** Rules of the file are told of by its section, which is the bundle's where it wrote all there is of it. */
function withOwn(
  draft: Draft,
  [section, name]: readonly [section: 'models' | 'tools', name: string],
  value: unknown,
  source: Source,
): Config {
  draft.value(`${section}/${name}`, source);
  if (!draft.isWritten(section)) draft.value(section, source);
  return { ...draft.config, [section]: { ...draft.config[section], [name]: value } };
}

function applyMaximum(draft: Draft, name: 'max_context_tokens' | 'max_output_tokens'): void {
  const { enforced, defaults } = draft.parts;
  const { told } = draft;
  const path = ['models', name] as const;
  const isWritten = draft.isWritten(...path);
  const suggesting = isWritten ? undefined : defaults.find(({ says }) => says.models?.[name] !== undefined);
  const wanted = suggesting?.says.models?.[name] ?? draft.config.models[name];
  const least = leastOf(enforced, ({ models }) => models?.[name]);
  const saying = enforced.filter(({ says }) => says.models?.[name] !== undefined);
  if (suggesting !== undefined) draft.config = withOwn(draft, path, wanted, sourceAt(suggesting, ...path));
  if (least !== undefined && (wanted === undefined || least.value <= wanted)) {
    const others = saying.filter((part) => part !== least.part).map((part) => part.name);
    const yours = isWritten && wanted !== least.value ? { yours: wanted } : {};
    told.bundle(sourceAt(least.part, ...path), least.value, { others, ...yours }, pointerOf(...path));
  } else if (suggesting !== undefined) told.bundle(sourceAt(suggesting, ...path), wanted, {}, pointerOf(...path));
  else if (isWritten) told.user(pointerOf(...path), wanted, path, { others: saying.map((part) => part.name) });
  else told.app(pointerOf(...path), null);
}
