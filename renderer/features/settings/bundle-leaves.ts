/** What following team bundles sends by itself: checks of their hosts, and reports where somebody agreed to them. */
import type { BundleCard } from '../../../shared/contract/bundles.ts';
import type { Text } from '../../text/text.ts';

export interface BundleLeaving {
  readonly name: string;
  readonly what: string;
  readonly when: string;
  readonly where: string;
}

type Told = Pick<BundleCard, 'url' | 'last_checked_at' | 'report'>;

export function bundleLeaves(bundles: readonly Told[], { t, dateTime }: Pick<Text, 't' | 'dateTime'>): BundleLeaving[] {
  // A file of this machine is read, and nothing leaves for it.
  const hosts = hostsOf(bundles.map(({ url }) => url));
  const last = bundles
    .flatMap(({ last_checked_at: at }) => (at === null ? [] : [at]))
    .toSorted()
    .at(-1);
  const checks: BundleLeaving = {
    ...{ name: 'bundles', what: t('team.leaves') },
    when:
      hosts.length === 0
        ? t('team.leaves.none')
        : t('team.leaves.when', { time: last === undefined ? '—' : dateTime(last) }),
    where: hosts.length === 0 ? '—' : hosts.join(', '),
  };
  const told = hostsOf(bundles.flatMap(({ report }) => (report?.agreed === true ? [report.url] : [])));
  if (told.length === 0) return [checks];
  return [
    checks,
    {
      ...{ name: 'reports', what: t('team.leaves.reports'), when: t('team.leaves.reports.when') },
      where: told.join(', '),
    },
  ];
}

function hostsOf(urls: readonly string[]): readonly string[] {
  const hosts = urls.map((url) => (URL.canParse(url) ? new URL(url).host : '')).filter((host) => host !== '');
  return [...new Set(hosts)];
}
