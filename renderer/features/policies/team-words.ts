/** What bundles say, in the words of people: names of places, values, changes. */
import type { BundleChange, BundleConsent } from '../../../shared/contract/bundles.ts';
import { foundKinds } from '../../../shared/domain/masking.ts';
import { ruleOfTeam } from '../../state/team.ts';
import type { MessageKey, Text } from '../../text/text.ts';
import { plainPlace, toldInWords, type ValueWords } from '../../ui/bundle-values.ts';
import { printable } from '../../ui/copy.tsx';

/** As people read them: who is asked, what it costs, what is said, the rest. */
export const teamSections = [
  ...(['providers', 'models', 'routes', 'budgets', 'rate_limits', 'masking', 'firewall', 'tools'] as const),
  ...(['templates', 'pricing', 'clients', 'logging', 'app'] as const),
] as const;
export type TeamSection = (typeof teamSections)[number];

/** A value names so many things, and says how many more there are. */
const mostNamed = 6;
/** Of one value in a row; all of it is a click away. */
const longestValue = 280;

const places: Readonly<Record<string, MessageKey>> = {
  '/providers/allow': 'team.at.providers.allow',
  '/providers/deny': 'team.at.providers.deny',
  '/models/allow': 'team.at.models.allow',
  '/models/deny': 'team.at.models.deny',
  '/models/max_context_tokens': 'team.at.models.context',
  '/models/max_output_tokens': 'team.at.models.output',
  '/models/require/data_policy.training': 'team.at.models.training',
  '/models/require/data_policy.retention': 'team.at.models.retention',
  '/models/require/region': 'team.at.models.region',
  '/routes_default': 'team.at.routesDefault',
  '/masking/enabled': 'team.at.masking.enabled',
  '/masking/terms': 'team.at.masking.terms',
  '/masking/min_level': 'team.at.masking.level',
  '/masking/exclude/providers': 'team.at.masking.exceptProviders',
  '/masking/exclude/clients': 'team.at.masking.exceptClients',
  '/masking/allow': 'team.at.masking.allow',
  '/masking/restore': 'team.at.masking.restore',
  '/masking/answers': 'team.at.masking.answers',
  '/masking/definitions': 'team.at.masking.definitions',
  '/masking/media': 'team.at.masking.media',
  '/masking/on_failure': 'team.at.masking.onFailure',
  '/tools/allow': 'team.at.tools.allow',
  '/tools/deny': 'team.at.tools.deny',
  '/tools/mcp/allow': 'team.at.tools.mcp',
  '/logging/content': 'team.at.logging.content',
  '/logging/retention_days': 'team.at.logging.days',
  '/logging/export': 'team.at.logging.export',
  '/app/auto_update': 'team.at.app.updates',
  '/app/allow_user_bundles': 'team.at.app.bundles',
  '/app/allow_lan_bind': 'team.at.app.lan',
  '/app/allow_keyless': 'team.at.app.keyless',
  '/app/proxy_only': 'team.at.app.proxy',
  '/status/url': 'team.at.report',
  '/secrets': 'team.at.secrets',
  '/mode': 'team.at.mode',
  '/layer': 'team.at.layer',
  '/applies_to': 'team.at.appliesTo',
  '/rollout': 'team.at.rollout',
  '/offline/on_expiry': 'team.at.onExpiry',
  '/offline/restrict_to': 'team.at.restrictTo',
  '/offline/grace': 'team.at.grace',
  '/offline/poll': 'team.at.poll',
  '/freshness_required': 'team.at.freshness',
  '/min_app': 'team.at.minApp',
  '/name': 'team.at.name',
  '/contact': 'team.contact',
};

/** What stands below is an entry with a name of its own. */
const entries: readonly (readonly [lead: string, key: MessageKey])[] = [
  ['/providers/define/', 'team.at.provider'],
  ['/models/aliases/', 'team.at.alias'],
  ['/models/require/', 'team.at.requirement'],
  ['/routes/', 'team.at.route'],
  ['/budgets/', 'team.at.budget'],
  ['/rate_limits/', 'team.at.rateLimit'],
  ['/masking/detectors/', 'team.at.detector'],
  ['/masking/patterns/', 'team.at.pattern'],
  ['/masking/exclude/', 'team.at.exception'],
  ['/firewall/', 'team.at.rule'],
  ['/templates/', 'team.at.template'],
  ['/pricing/', 'team.at.price'],
  ['/clients/', 'team.at.client'],
];

export function sectionOf(pointer: string): TeamSection | undefined {
  const [, first = ''] = plainPlace(pointer).split('/');
  return first === 'routes_default' ? 'routes' : teamSections.find((one) => one === first);
}

/** `Denied models`, `Budget per-user-day`; of a place that has no name the pointer itself. */
export function placeName(pointer: string, t: Text['t']): string {
  const plain = plainPlace(pointer);
  const whole = Object.hasOwn(places, plain) ? places[plain] : undefined;
  if (whole !== undefined) return t(whole);
  const entry = entries.find(([lead]) => plain.startsWith(lead) && plain.length > lead.length);
  if (entry === undefined) return printable(plain);
  const [lead, key] = entry;
  const id = unescaped(plain.slice(lead.length));
  const kind = lead === '/masking/detectors/' ? foundKinds.find((one) => one === id) : undefined;
  return t(key, { id: kind === undefined ? printable(id) : t(`kind.${kind}`) });
}

function unescaped(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** A value on one line, in words where its place has some; never more than can be read. */
export function shownValue(value: unknown, text: ValueWords, pointer = ''): string {
  const told = toldInWords(pointer, value, text);
  const shown =
    told === undefined
      ? valueText(value, text)
      : [printable(told.text), fieldsText(told.rest, text)].filter((one) => one !== '').join(' · ');
  return shown.length > longestValue ? `${shown.slice(0, longestValue - 1)}…` : shown;
}

function valueText(value: unknown, text: ValueWords): string {
  if (value === null || value === undefined) return '—';
  if (typeof value === 'boolean') return text.t(value ? 'team.value.on' : 'team.value.off');
  if (typeof value === 'number') return Number.isInteger(value) ? text.count(value) : String(value);
  if (typeof value === 'string') return printable(value);
  if (Array.isArray(value)) return listText(value, text);
  if (typeof value !== 'object') return '—';
  if (isTally(value)) return text.t('team.value.entries', { count: value.count });
  return fieldsText(value, text);
}

function fieldsText(fields: object, text: ValueWords): string {
  return Object.entries(fields)
    .filter(([name, part]) => name !== 'id' && part !== undefined && !(Array.isArray(part) && part.length === 0))
    .map(([name, part]) => `${printable(name)}: ${valueText(part, text)}`)
    .join(' · ');
}

/** Of words that are masked the instance tells how many there are, and no word. */
function isTally(value: object): value is { readonly count: number } {
  return Object.keys(value).length === 1 && 'count' in value && typeof value.count === 'number';
}

function listText(list: readonly unknown[], text: ValueWords): string {
  const [first] = list;
  if (first === undefined) return text.t('team.value.nothing');
  if (list.length === 1 && first === '*') return text.t('team.value.everything');
  if (typeof first === 'object') return text.t('team.value.entries', { count: list.length });
  const named = list.slice(0, mostNamed).map((one) => valueText(one, text));
  const rest = list.length - named.length;
  return rest === 0 ? named.join(', ') : text.t('team.value.more', { named: named.join(', '), count: rest });
}

/** The instance tells changes in English; in other languages they are told by their place and their values. */
export function changeText(change: BundleChange, text: Text): string {
  const { pointer, text: told } = change;
  if (text.language === 'en') return printable(told);
  const { t } = text;
  const words = changeWords(change, text);
  return pointer.startsWith('/defaults/') ? t('team.change.suggested', { change: words }) : words;
}

function changeWords({ pointer, kind, effect, text: told, before, after }: BundleChange, text: Text): string {
  const { t } = text;
  const name = placeName(pointer, t);
  // Of words that are masked the instance tells how many came and went, and no word.
  const terms =
    before === undefined && after === undefined ? /^(\d+) terms? (newly|no longer) masked$/.exec(told) : null;
  if (terms !== null)
    return t(terms[2] === 'newly' ? 'team.change.termsMore' : 'team.change.termsLess', { count: Number(terms[1]) });
  const shown = (value: unknown): string => shownValue(value, text, pointer);
  if (kind === 'added') return t('team.change.added', { name, after: shown(after) });
  if (kind === 'removed') return t('team.change.removed', { name, before: shown(before) });
  const moved = isNames(before) && isNames(after) ? movedNames(pointer, effect, before, after) : [];
  if (moved.length > 0) return moved.map(([key, names]) => t(key, { name, names: shown(names) })).join('; ');
  return t('team.change.changed', { name, before: shown(before), after: shown(after) });
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

/** What came and what went. The instance tells each by itself, with the whole list before and after: the effect says which it is. */
function movedNames(
  pointer: string,
  effect: BundleChange['effect'],
  before: readonly string[],
  after: readonly string[],
): readonly (readonly ['team.change.came' | 'team.change.went', readonly string[]])[] {
  const [old, now] = [new Set(before), new Set(after)];
  const moved = [
    ['team.change.came', after.filter((one) => !old.has(one))],
    ['team.change.went', before.filter((one) => !now.has(one))],
  ] as const;
  const isStricterWithMore = plainPlace(pointer).endsWith('/deny');
  const told = effect === 'neutral' ? undefined : (effect === 'tightens') === isStricterWithMore ? 0 : 1;
  return moved.filter(([, names], index) => names.length > 0 && (told === undefined || told === index));
}

/** `31 × openai/gpt-x-preview: Denied models (acme-core@12)`, from how the instance tells it. */
export function exampleText(example: string, t: Text['t']): string {
  const [, count, model, rule = ''] = /^(\d+) × (.*): (\S+)$/.exec(example) ?? [];
  const named = ruleOfTeam(rule);
  if (count === undefined || model === undefined || named === undefined) return example;
  const place = placeName(named.pointer, t);
  return t('team.impact.example', { count, model, place, bundle: named.bundle });
}

/** A reason as the publisher wrote it, or as the instance gives one where a kind of what is masked brings another along. */
export function reasonText(reason: string, t: Text['t']): string {
  const [, parent] = /^(\w+) stands for \w+ too$/.exec(reason) ?? [];
  const kind = foundKinds.find((one) => one === parent);
  return kind === undefined ? printable(reason) : t('team.reason.kind', { kind: t(`kind.${kind}`) });
}

export function consentText({ kind, text: told }: BundleConsent, text: Text): string {
  return text.language === 'en' ? printable(told) : text.t(`team.consent.kind.${kind}`);
}

/** `sluice.yaml, line 4`, and `team bundle acme-core@12, line 58` without what is known. */
export function originPlace(origin: string): string {
  return origin.replace(/^team bundle /, '');
}
