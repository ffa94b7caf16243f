/** Where the instance listens, and how it reaches providers. What opens this machine to others is set in the file alone. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useCall } from '../../bridge/hooks.ts';
import { originAt } from '../../state/config-tree.ts';
import { useLive } from '../../state/live.ts';
import { useTeamValues } from '../../state/team.ts';
import { useText } from '../../text/text.ts';
import { CopyButton } from '../../ui/copy.tsx';
import { Origin } from '../../ui/origin.tsx';
import { Loaded } from '../../ui/states.tsx';
import type { SettingSection } from './rows.ts';

const none: readonly never[] = [];

export function useNetworkSection(): SettingSection {
  const { t } = useText();
  const urls = useLive((state) => state.snapshot?.status.gateway.urls ?? none);
  const providers = useLive((state) => state.snapshot?.providers ?? none);
  const isBrowser = useLive((state) => state.snapshot?.host.kind === 'headless');
  const proxied = providers.filter(({ kind }) => kind !== 'demo');
  return {
    id: 'network',
    title: t('settings.network'),
    rows: [
      {
        id: 'listening',
        label: t('settings.listening'),
        hint: t('settings.listening.hint'),
        words: 'port address url host',
        content: (
          <ul className="settings-values">
            {urls.map((url) => (
              <li key={url}>
                <code>{url}</code>
                <CopyButton text={url} />
              </li>
            ))}
          </ul>
        ),
      },
      {
        id: 'listen',
        label: t('settings.listen'),
        hint: t('settings.listen.hint'),
        words: 'listen.host listen.port',
        content: <Configured />,
      },
      ...(isBrowser
        ? [
            {
              id: 'window',
              label: t('settings.window'),
              hint: t('settings.window.hint'),
              content: <code>{location.origin}</code>,
            },
          ]
        : []),
      {
        id: 'proxies',
        label: t('settings.proxies'),
        hint: t('settings.proxies.hint'),
        words: 'proxy',
        isWide: true,
        content:
          proxied.length === 0 ? (
            <span className="muted">{t('settings.proxies.none')}</span>
          ) : (
            <ul className="settings-list">
              {proxied.map(({ id, proxy }) => (
                <li key={id}>
                  <Link href={`/models?provider=${encodeURIComponent(id)}`}>{id}</Link>
                  <span className="wrap-anywhere">
                    {proxy === 'system' || proxy === 'direct' ? t(`settings.proxy.${proxy}`) : proxy}
                  </span>
                </li>
              ))}
            </ul>
          ),
      },
    ],
  };
}

function Configured(): ReactNode {
  const query = useCall('config.read', {});
  const facts = useCall('app.facts', {});
  const team = useTeamValues();
  return (
    <Loaded query={facts} lines={1}>
      {({ listen: { host, port } }) => (
        <ul className="settings-values">
          {(
            [
              ['host', host],
              ['port', String(port)],
            ] as const
          ).map(([name, value]) => (
            <li key={name}>
              <code>{`listen.${name}: ${value}`}</code>
              {query.data !== undefined && (
                <Origin
                  origin={originAt(query.data.origins, ['listen', name])}
                  told={team.at(['listen', name])}
                  name={`listen.${name}`}
                />
              )}
            </li>
          ))}
        </ul>
      )}
    </Loaded>
  );
}
