/** Exactly what left the machine: as it was recorded, or derived again where the client's words were. */
import { useMemo, type ReactNode } from 'react';
import { foundKinds, type KindCounts } from '../../../shared/domain/masking.ts';
import type { ExchangeEntry, SafetyEntry } from '../../../shared/contract/traffic.ts';
import { useCall } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Badge } from '../../ui/controls.tsx';
import { CopyButton, printable } from '../../ui/copy.tsx';
import { Banner } from '../../ui/layout.tsx';
import { Loaded } from '../../ui/states.tsx';
import { hasPlaceholders, partsOf, readable } from './bodies.ts';
import { pathFor } from './code.ts';
import { NothingSaid, type SaidProps } from './tab-said.tsx';

export function MaskedTab({ entry, whole }: SaidProps): ReactNode {
  const { t } = useText();
  return (
    <>
      <p>{t(entry.masked_kinds === null ? 'traffic.masked.off' : 'traffic.masked.count', { count: entry.masked })}</p>
      {entry.masked_kinds !== null && <Kinds counts={entry.masked_kinds} />}
      {whole !== undefined && whole.safety.length > 0 && <Safety safety={whole.safety} />}
      {entry.attempts.length === 0 && entry.outcome !== 'open' ? (
        <Banner tone="ok">{t(entry.cache === null ? 'traffic.masked.nothingLeft' : 'traffic.masked.cached')}</Banner>
      ) : (
        <WhatLeft entry={entry} whole={whole} />
      )}
    </>
  );
}

export function Kinds({ counts }: { readonly counts: KindCounts }): ReactNode {
  const { t, count } = useText();
  const found = foundKinds.filter((kind) => (counts[kind] ?? 0) > 0);
  if (found.length === 0) return null;
  return (
    <ul className="row wrap" aria-label={t('traffic.masked.kinds')}>
      {found.map((kind) => (
        <li key={kind}>
          <Badge tone="mask">
            {t(`kind.${kind}`)} × {count(counts[kind] ?? 0)}
          </Badge>
        </li>
      ))}
    </ul>
  );
}

const tones: Readonly<Record<SafetyEntry['action'], 'error' | 'warning' | 'plain'>> = {
  ...{ block: 'error', require_justification: 'error', strip: 'warning', warn: 'warning', log: 'plain' },
};

function Safety({ safety }: { readonly safety: readonly SafetyEntry[] }): ReactNode {
  const { t } = useText();
  return (
    <section className="stack tight">
      <h3>{t('traffic.masked.safety')}</h3>
      <ul className="traffic-list">
        {safety.map(({ source, rule, action, detail }, index) => (
          <li key={index}>
            <Badge tone={tones[action]}>{t(`traffic.safety.${action}`)}</Badge> <strong>{rule}</strong>{' '}
            <span className="muted">({t(`traffic.safety.source.${source}`)})</span>{' '}
            <span className="wrap-anywhere">{detail}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function WhatLeft({ entry, whole }: SaidProps): ReactNode {
  const { t } = useText();
  const body = whole?.request_body;
  if (body === undefined || body === null) return <NothingSaid entry={entry} whole={whole} />;
  // Recorded with placeholders, or with nothing that was replaced: this is what left.
  if (entry.masked === 0 || hasPlaceholders(body))
    return (
      <>
        <p className="muted">{t(entry.masked === 0 ? 'traffic.masked.same' : 'traffic.masked.recorded')}</p>
        <MarkedText text={body} />
      </>
    );
  return <Derived entry={entry} body={body} />;
}

function Derived({ entry, body }: { readonly entry: ExchangeEntry; readonly body: string }): ReactNode {
  const { t } = useText();
  const parsed = useMemo((): unknown => {
    try {
      return JSON.parse(body);
    } catch {
      return undefined;
    }
  }, [body]);
  const path = pathFor(entry.surface, entry.model_asked);
  const query = useCall(
    'policy.examine',
    {
      request: { body: parsed, ...(path === undefined ? {} : { path }) },
      ...(entry.key === null ? {} : { key: entry.key }),
      ...(entry.client === null ? {} : { client: entry.client }),
    },
    { enabled: parsed !== undefined },
  );
  if (parsed === undefined) return <p className="muted">{t('traffic.masked.notJson')}</p>;
  return (
    <>
      <Banner tone="info">{t('traffic.masked.derived')}</Banner>
      <Loaded query={query} lines={6}>
        {({ enabled, masked, masked_kinds, refusal, body: left }) => (
          <>
            {!enabled && <Banner tone="warning">{t('traffic.masked.offNow')}</Banner>}
            {refusal !== null && (
              <Banner tone="warning">{t('traffic.masked.refusedNow', { why: refusal.message })}</Banner>
            )}
            {enabled && masked !== entry.masked && (
              <Banner tone="warning">{t('traffic.masked.differs', { now: masked, before: entry.masked })}</Banner>
            )}
            <Kinds counts={masked_kinds} />
            {refusal === null && <MarkedText text={left} />}
          </>
        )}
      </Loaded>
    </>
  );
}

/** So much of a text is drawn. */
const maxShown = 200_000;

/** Text with its placeholders marked; hostile as it may be, it is text alone. */
function MarkedText({ text }: { readonly text: string }): ReactNode {
  const { t } = useText();
  const parts = useMemo(() => partsOf(readable(text).slice(0, maxShown)), [text]);
  return (
    <div className="code wrapped">
      <CopyButton text={text} className="copy" />
      <pre tabIndex={0} role="region" aria-label={t('traffic.masked.left')}>
        {parts.map((part, index) =>
          part.isPlaceholder ? (
            <mark key={index} className="traffic-placeholder">
              {part.text}
            </mark>
          ) : (
            printable(part.text)
          ),
        )}
      </pre>
    </div>
  );
}
