/** What bundles say, in the words of people: names of places, values, changes. */
import type { BundleChange, BundleConsent } from '../../../shared/contract/bundles.ts';
import type { MessageKey, Text } from '../../text/text.ts';
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

/** Without the part of the bundle it stands in: `/enforced/models/deny` is `/models/deny`. */
export function plainPointer(pointer: string): string {
  return pointer.replace(/^\/(?:enforced|defaults)(?=\/)/, '');
}

export function sectionOf(pointer: string): TeamSection | undefined {
  const [, first = ''] = plainPointer(pointer).split('/');
  return first === 'routes_default' ? 'routes' : teamSections.find((one) => one === first);
}

/** `Denied models`, `Budget per-user-day`; of a place that has no name the pointer itself. */
export function placeName(pointer: string, t: Text['t']): string {
  const plain = plainPointer(pointer);
  const whole = Object.hasOwn(places, plain) ? places[plain] : undefined;
  if (whole !== undefined) return t(whole);
  const entry = entries.find(([lead]) => plain.startsWith(lead) && plain.length > lead.length);
  if (entry === undefined) return printable(plain);
  return t(entry[1], { id: printable(unescaped(plain.slice(entry[0].length))) });
}

function unescaped(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** A value on one line; never more than can be read. */
export function shownValue(value: unknown, text: Pick<Text, 't' | 'count'>): string {
  const shown = valueText(value, text);
  return shown.length > longestValue ? `${shown.slice(0, longestValue - 1)}…` : shown;
}

function valueText(value: unknown, text: Pick<Text, 't' | 'count'>): string {
  if (value === null || value === undefined) return '—';
  if (typeof value === 'boolean') return text.t(value ? 'team.value.on' : 'team.value.off');
  if (typeof value === 'number') return Number.isInteger(value) ? text.count(value) : String(value);
  if (typeof value === 'string') return printable(value);
  if (Array.isArray(value)) return listText(value, text);
  if (typeof value !== 'object') return '—';
  if (isTally(value)) return text.t('team.value.entries', { count: value.count });
  return Object.entries(value)
    .filter(([name, part]) => name !== 'id' && part !== undefined && !(Array.isArray(part) && part.length === 0))
    .map(([name, part]) => `${printable(name)}: ${valueText(part, text)}`)
    .join(' · ');
}

/** Of words that are masked the instance tells how many there are, and no word. */
function isTally(value: object): value is { readonly count: number } {
  return Object.keys(value).length === 1 && 'count' in value && typeof value.count === 'number';
}

function listText(list: readonly unknown[], text: Pick<Text, 't' | 'count'>): string {
  const [first] = list;
  if (first === undefined) return text.t('team.value.nothing');
  if (list.length === 1 && first === '*') return text.t('team.value.everything');
  if (typeof first === 'object') return text.t('team.value.entries', { count: list.length });
  const named = list.slice(0, mostNamed).map((one) => valueText(one, text));
  const rest = list.length - named.length;
  return rest === 0 ? named.join(', ') : text.t('team.value.more', { named: named.join(', '), count: rest });
}

/** The instance tells changes in English; in other languages they are told by their place and their values. */
export function changeText({ pointer, kind, text: told, before, after }: BundleChange, text: Text): string {
  if (text.language === 'en') return printable(told);
  const name = placeName(pointer, text.t);
  if (kind === 'added') return text.t('team.change.added', { name, after: shownValue(after, text) });
  if (kind === 'removed') return text.t('team.change.removed', { name, before: shownValue(before, text) });
  return text.t('team.change.changed', { name, before: shownValue(before, text), after: shownValue(after, text) });
}

export function consentText({ kind, text: told }: BundleConsent, text: Text): string {
  return text.language === 'en' ? printable(told) : text.t(`team.consent.kind.${kind}`);
}

/** `sluice.yaml, line 4`, and `team bundle acme-core@12, line 58` without what is known. */
export function originPlace(origin: string): string {
  return origin.replace(/^team bundle /, '');
}
