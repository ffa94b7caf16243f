/** The one picture a window begins with, and the profile that is chosen in it. */
import type { AppSnapshot, RouteSummary } from '../../../shared/contract/snapshot.ts';
import type { UsageSums } from '../../../shared/contract/usage.ts';
import { requestedModel } from '../../../shared/config/route.ts';
import { expandTarget } from '../../config/route-target.ts';
import { startOfDay, zoneNamed } from '../../kit/zone.ts';
import type { LedgerQueries } from '../../ledger/ledger.ts';
import type { ConfigNeed, ControlNeeds } from '../needs.ts';
import { statusOf, type StatusNeeds } from '../status.ts';
import type { Handlers } from './handler.ts';
import { checkTimeZone } from './usage.ts';

export function snapshotHandlers({ config, ledger, running }: ControlNeeds): Handlers {
  const profiles: Handlers = {
    'profiles.choose': async ({ profile }) => {
      await config.profiles.choose(profile);
      return { profile: config.profiles.choice() };
    },
  };
  if (running === undefined) return profiles;
  return {
    ...profiles,
    'app.snapshot': ({ timezone }) => {
      checkTimeZone(timezone);
      return snapshotOf({ config, ledger, running }, timezone);
    },
  };
}

async function snapshotOf(needs: StatusNeeds, timezone: string): Promise<AppSnapshot> {
  const { config, ledger, running } = needs;
  const today = await usageOfToday(ledger, running.instance.now(), timezone);
  // Everything else is told of one moment, after the only wait: events say what comes later.
  const { masking, firewall, logging } = config.config;
  return {
    status: statusOf(needs),
    host: { kind: running.hostKind ?? 'headless' },
    model_choice: config.models.choice(),
    profiles: config.profiles.list(),
    profile: config.profiles.choice(),
    providers: config.providers.list(),
    routes: routesOf(config),
    keys: config.keys.list(),
    budgets: running.budgets?.list() ?? [],
    policies: {
      masking: masking.enabled,
      firewall: firewall.length,
      recording: logging.content,
      retention_days: logging.retention_days,
    },
    today,
    favourites: [...(running.documents?.favourites() ?? [])],
    welcomed: running.documents?.welcomed() ?? false,
  };
}

/** A ledger that cannot be read keeps no window closed: the status says what is wrong with it. */
async function usageOfToday(ledger: LedgerQueries, now: number, timezone: string): Promise<UsageSums> {
  const zone = zoneNamed(timezone);
  const since = startOfDay(zone.dateAt(now), zone);
  try {
    return (await ledger.usage({ since, timezone, group_by: [] })).total;
  } catch {
    return unknownUsage;
  }
}

const unknownUsage: UsageSums = {
  requests: 0,
  errors: 0,
  input_tokens: 0,
  output_tokens: 0,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  cost_usd: null,
  known_cost_usd: '0',
  unknown_costs: 0,
  cache_hit_rate: null,
  cached: 0,
  cache_saved_usd: '0',
};

/** Targets as they are written: of those that run, patterns are settled. */
function routesOf({ config, snapshot }: Pick<ConfigNeed, 'config' | 'snapshot'>): RouteSummary[] {
  // What was chosen for every conversation stands before the routes of the file and is told by itself.
  const compiled = snapshot.routes.filter(({ choice }) => choice === undefined);
  return compiled.map(({ id, alias, strategy, origin }, index) => {
    const written = config.routes[index];
    if (written === undefined) return { id, alias, strategy, targets: [], origin: null };
    return { id, alias, strategy, targets: written.targets.map(textOfTarget), origin };
  });
}

function textOfTarget(written: Parameters<typeof expandTarget>[0]): string {
  const target = expandTarget(written);
  switch (target.kind) {
    case 'requested':
      return requestedModel;
    case 'alias':
      return target.alias;
    case 'model':
      return `${target.provider}/${target.model}`;
    case 'half':
      throw new Error('the checks let a target through that names nothing');
  }
}
