/** The pause, in either of its ways, and its end. */
import { Play } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode, type RefObject } from 'react';
import type { PauseMode } from '../../../shared/contract/app.ts';
import type { AppSnapshot } from '../../../shared/contract/snapshot.ts';
import { passRefusedText } from '../../../shared/contract/standing-text.ts';
import { useAction } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Button, Segmented } from '../../ui/controls.tsx';

const lengths = [
  [15, 'tray.pause.15'],
  [60, 'tray.pause.60'],
  [null, 'tray.pause.open'],
] as const;

interface PauseControlsProps {
  readonly snapshot: AppSnapshot;
  readonly isPaused: boolean;
}

export function PauseControls({ snapshot, isPaused }: PauseControlsProps): ReactNode {
  const { t } = useText();
  const section = useKeptFocus(isPaused);
  return (
    <section ref={section} tabIndex={-1} className="popover-pause" aria-label={t('tray.pause')}>
      {isPaused ? <Resume /> : <PauseChoice refused={snapshot.status.pass_through_refused} />}
    </section>
  );
}

/** The button that was pressed goes with what it did: the next is reached from here, not from the top. */
function useKeptFocus(isPaused: boolean): RefObject<HTMLElement | null> {
  const section = useRef<HTMLElement>(null);
  const before = useRef(isPaused);
  useEffect(() => {
    if (before.current !== isPaused && document.activeElement === document.body) section.current?.focus();
    before.current = isPaused;
  }, [isPaused]);
  return section;
}

function Resume(): ReactNode {
  const { t } = useText();
  const resume = useAction('app.resume');
  return (
    <Button busy={resume.isPending} onClick={() => resume.mutate({})}>
      <Play size={14} aria-hidden />
      {t('tray.resume')}
    </Button>
  );
}

function PauseChoice({ refused }: { readonly refused: string | null }): ReactNode {
  const text = useText();
  const { t } = text;
  const pause = useAction('app.pause');
  const [wanted, setMode] = useState<PauseMode>('block');
  const mode = refused === null ? wanted : 'block';
  const hint =
    refused === null
      ? t(mode === 'block' ? 'tray.pause.block.hint' : 'tray.pause.pass.hint')
      : t('popover.passRefused', { reason: passRefusedText(refused, text) });
  return (
    <>
      <div className="row between">
        <h2>{t('tray.pause')}</h2>
        <Segmented
          label={t('popover.mode')}
          value={mode}
          onChange={setMode}
          choices={[
            { value: 'block', label: t('tray.pause.block') },
            { value: 'pass_through', label: t('tray.pause.pass'), disabled: refused !== null },
          ]}
        />
      </div>
      <div className="popover-lengths">
        {lengths.map(([minutes, key]) => (
          <Button key={key} size="small" waiting={pause.isPending} onClick={() => pause.mutate({ minutes, mode })}>
            {t(key)}
          </Button>
        ))}
      </div>
      {pause.error === null ? (
        <p className={refused === null ? 'small muted ellipsis' : 'small muted'} title={hint}>
          {hint}
        </p>
      ) : (
        <p className="small popover-problem" role="alert">
          {pause.error.message}
        </p>
      )}
    </>
  );
}
