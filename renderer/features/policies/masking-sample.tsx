/** A text of one's own, and what would leave of it with the rules that run. */
import { ArrowRight } from 'lucide-react';
import { useEffect, useId, useState, type ReactNode } from 'react';
import type { CallOutput } from '../../../shared/contract/contract.ts';
import { useCall } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Badge, Button, TextArea, type Tone } from '../../ui/controls.tsx';
import { printable } from '../../ui/copy.tsx';
import { Loaded } from '../../ui/states.tsx';
import type { MaskMode } from '../../../shared/domain/masking.ts';
import { usePolicyConfig } from './config-context.tsx';
import { countsOf, piecesOf, sampleValues } from './sample.ts';

const tones: Readonly<Record<MaskMode, Tone>> = { mask: 'mask', block: 'error', warn: 'warning', off: 'plain' };
const pauseMs = 300;

export function MaskingSample(): ReactNode {
  const { t } = useText();
  const id = useId();
  const { revision } = usePolicyConfig();
  const sampleText = t('policies.sample.text', sampleValues);
  const [text, setText] = useState(sampleText);
  const asked = useLater(text);
  const query = useCall('policy.mask', { text: asked }, { keepPrevious: true });
  const { refetch } = query;
  const [seen, setSeen] = useState(revision);
  // Rules that changed may make something else of the same text.
  useEffect(() => {
    if (seen === revision) return;
    setSeen(revision);
    void refetch();
  }, [seen, revision, refetch]);
  return (
    <section className="policy-sample" aria-label={t('policies.sample')}>
      <div className="stack tight">
        <div className="row between">
          <label htmlFor={id} className="policy-setting-name">
            {t('policies.sample.before')}
          </label>
          {text !== sampleText && (
            <Button size="small" variant="quiet" onClick={() => setText(sampleText)}>
              {t('policies.sample.reset')}
            </Button>
          )}
        </div>
        <TextArea id={id} rows={9} value={text} onChange={(event) => setText(event.target.value)} />
        <p className="muted small">{t('policies.sample.note')}</p>
      </div>
      <div className="stack tight">
        <span className="row policy-setting-name">
          <ArrowRight size={15} aria-hidden />
          {t('policies.sample.after')}
        </span>
        <Loaded query={query}>{(result) => <Leaves text={asked} result={result} />}</Loaded>
      </div>
    </section>
  );
}

function Leaves({ text, result }: { readonly text: string; readonly result: CallOutput<'policy.mask'> }): ReactNode {
  const { t } = useText();
  const { enabled, masked, findings } = result;
  const pieces = piecesOf(text, findings, masked) ?? [{ text: masked }];
  const isRefused = findings.some(({ mode }) => mode === 'block');
  return (
    <>
      <pre
        className="policy-leaves"
        tabIndex={0}
        role="region"
        aria-label={t('policies.sample.after')}
        data-refused={isRefused || undefined}
      >
        {pieces.map((piece, index) =>
          piece.found === undefined ? (
            printable(piece.text)
          ) : (
            <mark
              key={index}
              className={piece.found.mode}
              title={t('policies.sample.was', {
                kind: t(`kind.${piece.found.kind}`),
                mode: t(`policies.mode.${piece.found.mode}`),
                text: piece.found.original,
              })}
            >
              {printable(piece.text)}
            </mark>
          ),
        )}
      </pre>
      <div className="row wrap" role="status">
        {!enabled ? (
          <span className="muted small">{t('policies.sample.off')}</span>
        ) : findings.length === 0 ? (
          <span className="muted small">{t('policies.sample.nothing')}</span>
        ) : (
          countsOf(findings).map(([kind, count]) => (
            <Badge key={kind} tone={tones[findings.find((one) => one.kind === kind)?.mode ?? 'mask']}>
              {t('policies.sample.count', { kind: t(`kind.${kind}`), count })}
              {' · '}
              {t(`policies.mode.${findings.find((one) => one.kind === kind)?.mode ?? 'mask'}`)}
            </Badge>
          ))
        )}
      </div>
      {isRefused && <p className="small policy-problem">{t('policies.sample.refused')}</p>}
    </>
  );
}

/** What was typed, once nothing was typed for a moment. */
function useLater(text: string): string {
  const [later, setLater] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setLater(text), pauseMs);
    return () => clearTimeout(timer);
  }, [text]);
  return later;
}
