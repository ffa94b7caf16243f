/** Takes the prompt out of the way, and brings it back. */
import { PanelLeftClose, PanelLeftOpen } from 'lucide-react';
import type { ReactNode } from 'react';
import { useText } from '../../text/text.ts';
import { IconButton } from '../../ui/controls.tsx';
import { usePlayground } from './store.ts';

export function SideButton(): ReactNode {
  const { t } = useText();
  const isShown = usePlayground((state) => state.side === 'shown');
  const Icon = isShown ? PanelLeftClose : PanelLeftOpen;
  return (
    <IconButton
      label={t(isShown ? 'playground.side.hide' : 'playground.side.show')}
      size="small"
      onClick={() => usePlayground.setState({ side: isShown ? 'hidden' : 'shown' })}
    >
      <Icon size={15} aria-hidden />
    </IconButton>
  );
}
