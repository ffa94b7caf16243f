/** Who may use what: the keys, and the teams whose rules hold for them as well. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { TeamSettings } from '../../../shared/config/key.ts';
import type { KeyEntry } from '../../../shared/contract/keys.ts';
import { useCall } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Card } from '../../ui/layout.tsx';
import { Origin } from '../../ui/origin.tsx';
import { EmptyState, Loaded } from '../../ui/states.tsx';
import { DataTable, type Column } from '../../ui/table.tsx';
import { AccessRules } from './access-rules.tsx';
import { usePolicyConfig } from './config-context.tsx';
import { namesText } from './key-words.tsx';

export function AccessTab(): ReactNode {
  const { t } = useText();
  const teams = usePolicyConfig().part('teams');
  const query = useCall('keys.list', {});
  return (
    <div className="stack">
      <p className="muted">{t('policies.access.text')}</p>
      <AccessRules />
      <Card title={t('policies.access.keys')}>
        <Loaded query={query}>{({ keys }) => <KeyAccess keys={keys} />}</Loaded>
      </Card>
      <Card title={t('policies.access.teams')}>
        {teams.length === 0 ? <p className="muted">{t('policies.access.noTeams')}</p> : <TeamAccess teams={teams} />}
      </Card>
    </div>
  );
}

function KeyAccess({ keys }: { readonly keys: readonly KeyEntry[] }): ReactNode {
  const { t } = useText();
  const all = t('common.all');
  if (keys.length === 0)
    return (
      <EmptyState
        title={t('policies.keys.none')}
        actions={<Link href="/policies?tab=keys">{t('policies.key.add')}</Link>}
      />
    );
  const columns: readonly Column<KeyEntry>[] = [
    {
      id: 'key',
      header: t('policies.key.name'),
      sortBy: ({ name }) => name.toLowerCase(),
      cell: ({ id, name }) => <Link href={`/policies?tab=keys&key=${encodeURIComponent(id)}`}>{name}</Link>,
    },
    {
      id: 'team',
      header: t('policies.key.team'),
      sortBy: ({ metadata }) => metadata['team'] ?? null,
      cell: ({ metadata }) => metadata['team'] ?? '—',
    },
    {
      id: 'models',
      header: t('policies.key.models'),
      cell: (key) => namesText(key.allowed_models, key.denied_models, all),
    },
    {
      id: 'providers',
      header: t('policies.key.providers'),
      cell: (key) => namesText(key.allowed_providers, key.denied_providers, all),
    },
    {
      id: 'surfaces',
      header: t('policies.key.surfaces'),
      cell: (key) => namesText(key.allowed_surfaces, key.denied_surfaces, all),
    },
  ];
  return <DataTable rows={keys} columns={columns} rowId={({ id }) => id} label={t('policies.access.keys')} />;
}

function TeamAccess({ teams }: { readonly teams: readonly TeamSettings[] }): ReactNode {
  const { t } = useText();
  const { origin } = usePolicyConfig();
  const all = t('common.all');
  const columns: readonly Column<TeamSettings>[] = [
    { id: 'team', header: t('policies.key.team'), sortBy: ({ id }) => id, cell: ({ id }) => id },
    {
      id: 'models',
      header: t('policies.key.models'),
      cell: (team) => namesText(team.allowed_models, team.denied_models, all),
    },
    {
      id: 'providers',
      header: t('policies.key.providers'),
      cell: (team) => namesText(team.allowed_providers, team.denied_providers, all),
    },
    {
      id: 'surfaces',
      header: t('policies.key.surfaces'),
      cell: (team) => namesText(team.allowed_surfaces, team.denied_surfaces, all),
    },
    {
      id: 'origin',
      header: t('policies.decided'),
      cell: (team) => <Origin origin={origin(['teams', teams.indexOf(team)])} />,
    },
  ];
  return <DataTable rows={teams} columns={columns} rowId={({ id }) => id} label={t('policies.access.teams')} />;
}
