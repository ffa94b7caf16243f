/** What every page can do about team bundles: join one, have all of them checked, hear what happened to them. */
import { useEffect, useMemo } from 'react';
import { toast } from 'sonner';
import { useLocation, useSearchParams } from 'wouter';
import type { BundleCard, BundleNotice } from '../shared/contract/bundles.ts';
import type { BundleState } from '../shared/contract/words.ts';
import { useAction } from './bridge/hooks.ts';
import type { Command } from './state/commands.ts';
import { onBundleNotice } from './state/bundle-notices.ts';
import { useText } from './text/text.ts';
import { noticeText } from './ui/bundle-words.ts';
import { printable } from './ui/copy.tsx';

const teamPath = '/policies?tab=team';
/** What a check brought that somebody should look at; what waits for a decision is no problem of the check. */
const troubled: ReadonlySet<BundleState> = new Set([
  ...(['last_good', 'failed', 'conflict', 'expired', 'restricted', 'blocked'] as const),
]);

export function useTeamCommands(): readonly Command[] {
  const { t } = useText();
  const [, navigate] = useLocation();
  const { mutate: check } = useAction('bundles.check', ['bundles.list']);
  return useMemo(() => {
    const group = t('palette.actions');
    const told = (bundles: readonly BundleCard[]): void => {
      const count = bundles.filter(({ state, error }) => error !== null || troubled.has(state)).length;
      const title = t('team.check.done', { count: bundles.length });
      if (count === 0) toast.success(title);
      else toast.warning(title, { description: t('team.check.problems', { count }) });
    };
    return [
      {
        ...{ id: 'team.join', label: t('team.join.command'), group, words: 'bundle policy link' },
        run: () => navigate(`${teamPath}&join=`),
      },
      {
        ...{ id: 'team.check', label: t('team.check.command'), group, words: 'policy refresh' },
        run: () =>
          check({}, { onSuccess: ({ bundles }) => told(bundles), onError: ({ message }) => void toast.error(message) }),
      },
    ];
  }, [t, navigate, check]);
}

/** Those somebody should hear of who is not looking at the page that shows them; joining and leaving they did themselves. */
const toldKinds = [
  'activated',
  'rejected',
  'needs_consent',
  'expiring',
  'expired',
  'conflict',
  'default_changed',
] as const;
const quiet: ReadonlySet<BundleNotice['kind']> = new Set(['activated', 'default_changed']);

/** One for each bundle and kind, however often it happens. */
function toastId(key: string, kind: BundleNotice['kind']): string {
  return `bundle ${key} ${kind}`;
}

export function useTeamNotices(): void {
  const text = useText();
  const [location, navigate] = useLocation();
  const [params] = useSearchParams();
  const isShown = location === '/policies' && params.get('tab') === 'team';
  useEffect(
    () =>
      onBundleNotice((notice) => {
        const { kind: given, key, name } = notice;
        const { t } = text;
        const kind = toldKinds.find((one) => one === given);
        // Whoever just joined knows that its first version is in force.
        if (given === 'joined') toast.dismiss(toastId(key, 'activated'));
        if (isShown || kind === undefined) return;
        const tell = quiet.has(kind) ? toast.info : toast.warning;
        tell(t(`team.notice.${kind}`, { name: printable(name) }), {
          id: toastId(key, kind),
          description: noticeText(notice, text),
          action: { label: t('team.notice.show'), onClick: () => navigate(teamPath) },
        });
      }),
    [text, navigate, isShown],
  );
}
