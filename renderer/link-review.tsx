/** What a link from outside wants, in full, before anything of it is done: its source, its effect, and what is odd about it (SEC-25). */
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { toast } from 'sonner';
import { useLocation } from 'wouter';
import type { LinkReview } from '../shared/contract/desktop.ts';
import { useAction, useBridge, useCall } from './bridge/hooks.ts';
import { endLink, useDesktopLinks } from './state/desktop.ts';
import { useText } from './text/text.ts';
import { Button, Field, Input } from './ui/controls.tsx';
import { Banner, Facts } from './ui/layout.tsx';
import { Dialog } from './ui/overlay.tsx';

const JoinSheet = lazy(async () => ({ default: (await import('./features/policies/join-sheet.tsx')).JoinSheet }));

export function LinkReviewDialog(): ReactNode {
  const link = useDesktopLinks((state) => state.link);
  if (link === undefined) return null;
  return link.kind === 'join' ? <JoinReview link={link} /> : <ProviderReview link={link} />;
}

function useClose(): () => void {
  const bridge = useBridge();
  return () => void endLink(bridge);
}

/** The screen that pasting the link opens, with the link in its field: nothing is fetched, and nobody joins, by itself. */
function JoinReview({ link }: { readonly link: Extract<LinkReview, { kind: 'join' }> }): ReactNode {
  const { t } = useText();
  const close = useClose();
  const [, navigate] = useLocation();
  return (
    <Suspense fallback={null}>
      <JoinSheet
        key={link.url}
        link={link.url}
        title={t('link.join.title')}
        description={
          <>
            <p>{t('link.source')}</p>
            <p>{t('link.join.effect', { host: link.host })}</p>
          </>
        }
        onClose={close}
        onJoined={() => {
          close();
          navigate('/policies?tab=team');
        }}
      />
    </Suspense>
  );
}

function ProviderReview({ link }: { readonly link: Extract<LinkReview, { kind: 'provider' }> }): ReactNode {
  const { t } = useText();
  const close = useClose();
  const kinds = useCall('providers.kinds', {});
  const kind = kinds.data?.kinds.find((one) => one.kind === link.provider_kind);
  const [key, setKey] = useState('');
  const { submit, busy, problem } = useAdding(link, close);
  const address = link.base_url ?? kind?.base_url ?? null;
  return (
    <Dialog open onClose={close} title={t('link.provider.title', { name: kind?.label ?? link.provider_kind })}>
      <form
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit(key);
        }}
      >
        <p>{t('link.source')}</p>
        {link.looks_like !== null && <LookAlike host={hostOf(link.base_url)} official={link.looks_like} />}
        <Facts
          facts={[
            [t('link.provider.kind'), kind?.label ?? link.provider_kind],
            [t('link.address'), address === null ? '—' : <code className="wrap-anywhere">{address}</code>],
            [t('link.provider.name'), link.name ?? link.provider_kind],
          ]}
        />
        <p className="muted small">{t('link.provider.effect')}</p>
        <Field label={t('link.provider.key')} problem={problem}>
          {(ids) => (
            <Input
              {...ids}
              type="password"
              autoComplete="new-password"
              value={key}
              onChange={(event) => setKey(event.target.value)}
            />
          )}
        </Field>
        <div className="row end">
          <Button onClick={close}>{t('common.cancel')}</Button>
          <Button type="submit" variant={link.looks_like === null ? 'primary' : 'danger'} busy={busy}>
            {t(link.looks_like === null ? 'link.provider.add' : 'link.provider.addAnyway')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function LookAlike({ host, official }: { readonly host: string; readonly official: string }): ReactNode {
  const { t } = useText();
  return <Banner tone="error">{t('link.provider.lookAlike', { host, official })}</Banner>;
}

function hostOf(url: string | null): string {
  try {
    return new URL(url ?? '').host;
  } catch {
    return url ?? '';
  }
}

interface Adding {
  readonly submit: (key: string) => void;
  readonly busy: boolean;
  readonly problem: string | undefined;
}

function useAdding(link: Extract<LinkReview, { kind: 'provider' }>, close: () => void): Adding {
  const { t } = useText();
  const [, navigate] = useLocation();
  const [problem, setProblem] = useState<string>();
  const add = useAction('providers.add', ['providers.list', 'setup.found']);
  return {
    busy: add.isPending,
    problem,
    submit(key) {
      add.mutate(
        {
          kind: link.provider_kind as Parameters<typeof add.mutate>[0]['kind'],
          ...(key.trim() === '' ? {} : { key: key.trim() }),
          ...(link.base_url === null ? {} : { base_url: link.base_url }),
          ...(link.name === null ? {} : { id: link.name }),
        },
        {
          onSuccess: ({ id }) => {
            toast.success(t('link.provider.added', { id }));
            close();
            navigate(`/models?tab=providers&provider=${encodeURIComponent(id)}`);
          },
          onError: ({ error }) => setProblem(error.message),
        },
      );
    },
  };
}
