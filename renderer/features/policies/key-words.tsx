/** What is said of a key in more than one place. */
import { CircleCheck, CirclePause, CircleX, RefreshCw } from 'lucide-react';
import type { ReactNode } from 'react';
import type { KeyState } from '../../../shared/contract/words.ts';
import { useText } from '../../text/text.ts';
import { Badge } from '../../ui/controls.tsx';

/** `gpt-*, claude-*, not o1-pro`. */
export function namesText(allowed: readonly string[], denied: readonly string[], all: string): string {
  const given = allowed.length === 1 && allowed[0] === '*' ? all : allowed.join(', ');
  return [given, ...denied.map((name) => `− ${name}`)].filter((part) => part !== '').join(', ');
}

export function KeyStateBadge({ state }: { readonly state: KeyState }): ReactNode {
  const { t } = useText();
  const looks = {
    active: ['ok', CircleCheck],
    rotating: ['accent', RefreshCw],
    disabled: ['warning', CirclePause],
    expired: ['error', CircleX],
  } as const;
  const [tone, Icon] = looks[state];
  return (
    <Badge tone={tone} icon={<Icon size={12} aria-hidden />}>
      {t(`policies.key.state.${state}`)}
    </Badge>
  );
}
