/** Takes a key that rests in the environment or a file into the box of secrets. */
import type { ReactNode } from 'react';
import { toast } from 'sonner';
import type { ProviderEntry } from '../../../shared/contract/providers.ts';
import { useAction } from '../../bridge/hooks.ts';
import { useLive } from '../../state/live.ts';
import { useText } from '../../text/text.ts';
import { Button } from '../../ui/controls.tsx';

/** What these sign in with is no single value. */
const severalValues: ReadonlySet<ProviderEntry['kind']> = new Set(['bedrock', 'vertex']);

export function isBorrowed(kind: ProviderEntry['kind'], reference: string): boolean {
  return /^(?:env|file):/.test(reference) && !severalValues.has(kind);
}

export function KeepKey({ id, name }: { readonly id: string; readonly name: string }): ReactNode {
  const { t } = useText();
  const isDesktop = useLive((state) => state.snapshot?.host.kind === 'desktop');
  const keep = useAction('providers.keep_key', ['providers.list', 'secrets.list']);
  return (
    <Button
      size="small"
      busy={keep.isPending}
      title={t('providers.keepKey.hint')}
      onClick={() => keep.mutate({ id, name }, { onError: (error) => toast.error(error.message) })}
    >
      {t(isDesktop ? 'providers.keepKey.keychain' : 'providers.keepKey')}
    </Button>
  );
}
