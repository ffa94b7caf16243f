/** What the tray shows, from the last picture and the clock alone: nothing is asked when it is drawn (UX-22). */
import { standingOf, teamsInForce, type Standing } from '../../../shared/contract/standing.ts';
import {
  modelChoices,
  spendText,
  type ModelChoices,
  type NamedChoice,
} from '../../../shared/contract/standing-text.ts';
import type { DesktopPreferences } from '../../../shared/contract/desktop.ts';
import type { DesktopText } from '../../../shared/text/desktop.ts';
import { failuresForMs, type Picture } from '../picture.ts';

/** How full the icon is, in percent of the budget. */
export type Meter = 25 | 50 | 75 | 100;

export interface TrayState extends Standing, ModelChoices {
  /** No picture is there yet. */
  readonly isStarting: boolean;
  readonly baseUrl: string | null;
  /** `undefined`: the icon has no meter. */
  readonly meter: Meter | undefined;
  readonly profiles: readonly NamedChoice[];
  readonly profile: string | null;
  /** Whose rules hold, whichever profile is chosen. */
  readonly teams: ReturnType<typeof teamsInForce>;
  /** Why a pause cannot let requests pass through. */
  readonly passThroughRefused: string | null;
  /** Milliseconds since 1970: the moment it is drawn for. */
  readonly now: number;
}

export interface TrayStateOptions {
  readonly now: number;
  /** IANA name. */
  readonly timezone: string;
  readonly preferences: Pick<DesktopPreferences, 'tray_meter'>;
  readonly text: Pick<DesktopText, 't'>;
}

const starting: Omit<TrayState, 'now'> = {
  ...{ isStarting: true, state: 'stopped', address: null, baseUrl: null, paused: null, issues: [] },
  ...{
    spent: { usd: null, known: '0' },
    budget: undefined,
    meter: undefined,
    chosen: null,
    favourites: [],
    aliases: [],
  },
  ...{ profiles: [], profile: null, teams: [], passThroughRefused: null },
};

export function trayState(picture: Picture | undefined, options: TrayStateOptions): TrayState {
  const { now, timezone, preferences, text } = options;
  if (picture === undefined) return { ...starting, now };
  const { snapshot, at } = picture;
  // The picture may be of long ago: what failed then is no news.
  const failures = picture.failures.filter((entry) => Date.parse(entry.at) > now - failuresForMs).length;
  const standing = standingOf(snapshot, { at, now, timezone, failures });
  return {
    ...standing,
    ...modelChoices(snapshot, text),
    isStarting: false,
    baseUrl: snapshot.status.gateway.urls[0] ?? null,
    meter: preferences.tray_meter ? meterOf(standing.budget?.share) : undefined,
    profiles: snapshot.profiles.map(({ id, name }) => ({ id, label: name })),
    profile: snapshot.profile,
    teams: teamsInForce(snapshot.status.bundles),
    passThroughRefused: snapshot.status.pass_through_refused,
    now,
  };
}

/** The nearest quarter; nothing yet is an empty icon. */
function meterOf(share: number | undefined): Meter | undefined {
  const quarters = Math.min(4, Math.round((share ?? 0) * 4));
  return ([undefined, 25, 50, 75, 100] as const)[quarters];
}

/** The longest that Windows shows. */
const maxTooltip = 127;

/** One sentence: `Running · $3.42 of $10.00 today · Sonnet via Anthropic`. */
export function tooltipOf(state: TrayState, text: DesktopText): string {
  if (state.isStarting) return `Sluice · ${text.t('tray.starting')}`;
  const parts = [
    text.t(`tray.${state.state}`),
    spendText(state, text),
    ...(state.chosen === null ? [] : [state.chosen.label]),
  ];
  const whole = parts.join(' · ');
  return whole.length <= maxTooltip ? whole : `${whole.slice(0, maxTooltip - 1)}…`;
}

/** What stands beside the icon on macOS: what was spent, or the share of the budget. */
export function titleOf(
  { isStarting, spent, budget }: TrayState,
  choice: DesktopPreferences['tray_title'],
  text: DesktopText,
): string {
  if (isStarting || choice === 'off') return '';
  if (choice === 'spend') return text.sum(spent.usd, spent.known);
  return budget?.isKnown === true ? text.percent(budget.share) : '';
}
