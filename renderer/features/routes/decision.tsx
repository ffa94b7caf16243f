/** A decision of the router: the answer first, then everything it rests on (UX-98). */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { CandidateEntry, DecisionEntry, FactsEntry, PinEntry } from '../../../shared/contract/route.ts';
import { entryNamedIn, useTeamValues } from '../../state/team.ts';
import { useText, type Text } from '../../text/text.ts';
import { Badge } from '../../ui/controls.tsx';
import { Facts } from '../../ui/layout.tsx';
import { TeamMark } from '../../ui/team-mark.tsx';

export interface DecisionViewProps {
  readonly decision: DecisionEntry;
  /** It was made for a request that was served. */
  readonly isPast?: boolean;
}

export function DecisionView({ decision, isPast = false }: DecisionViewProps): ReactNode {
  const { t } = useText();
  const { chosen, reason, skipped } = decision;
  const team = useTeamValues();
  const denial = chosen === null ? entryNamedIn(reason, team) : undefined;
  return (
    <>
      <section className="routes-answer">
        {denial === undefined ? (
          <>
            <span className="muted small">{t(isPast ? 'routes.decision.went' : 'routes.decision.chosen')}</span>
            <p className="routes-chosen wrap-anywhere">{chosen ?? t('routes.decision.nothing')}</p>
          </>
        ) : (
          <div className="row wrap between">
            <p className="routes-chosen">{t('locked.refused')}</p>
            <TeamMark entry={denial} name={t('locked.refused')} />
          </div>
        )}
        <p>{reason}</p>
      </section>
      <WhereFrom decision={decision} />
      <OrderPart decision={decision} />
      <Candidates decision={decision} />
      {skipped.length > 0 && (
        <section className="stack tight">
          <h3>{t('routes.decision.skipped')}</h3>
          <ul className="routes-reasons">
            {skipped.map(({ id, why }) => (
              <li key={id}>
                <strong className="mono">{id}</strong> {why}
              </li>
            ))}
          </ul>
        </section>
      )}
      <FactsPart facts={decision.facts} />
    </>
  );
}

function WhereFrom({ decision }: { readonly decision: DecisionEntry }): ReactNode {
  const text = useText();
  const { t } = text;
  const { asked, rule, route, pin, session, counterfactual, offline } = decision;
  const rows: (readonly [string, ReactNode])[] = [[t('routes.decision.asked'), <code key="asked">{asked}</code>]];
  rows.push([
    t('routes.decision.rule'),
    <span key="rule">
      {rule ?? t('routes.decision.named')}{' '}
      {route !== null && (
        <Link href={`/routes?route=${encodeURIComponent(route.id)}`}>{t('routes.decision.show')}</Link>
      )}
    </span>,
  ]);
  if (route !== null) rows.push([t('routes.editor.strategy'), t(`routes.strategy.${route.strategy}`)]);
  if (pin !== null) rows.push([t('routes.decision.pin'), pinText(pin, text)]);
  if (session !== null)
    rows.push([
      t('routes.decision.session'),
      t('routes.decision.session.text', {
        ...{ target: session.target, turns: session.turns, tokens: text.count(session.cached_tokens) },
      }),
    ]);
  if (counterfactual !== null)
    rows.push([t('routes.decision.best'), differenceText(counterfactual.if_asked_best, text)]);
  if (offline) rows.push([t('routes.decision.network'), t('routes.decision.offline')]);
  return <Facts facts={rows} />;
}

/** `+0.004` or `-0.004`. */
function differenceText(amount: string, { t, money }: Text): string {
  const size = money(amount.replace(/^[+-]/, ''));
  return t(amount.startsWith('-') ? 'routes.decision.best.less' : 'routes.decision.best.more', { amount: size });
}

function pinText({ kind, target, kept, why, switching }: PinEntry, { t, money, count }: Text): string {
  const said = t(kept ? 'routes.pin.kept' : 'routes.pin.left', { kind: t(`routes.pin.${kind}`), target, why });
  if (switching === null) return said;
  const sum = t('routes.pin.switching', {
    ...{ to: switching.to, cost: money(switching.cost_usd), gain: money(switching.gain_usd) },
    turns: count(switching.expected_turns),
  });
  return `${said} ${sum}`;
}

function OrderPart({ decision: { order } }: { readonly decision: DecisionEntry }): ReactNode {
  const { t } = useText();
  if (order.length < 2) return null;
  return (
    <section className="stack tight">
      <h3>{t('routes.decision.order')}</h3>
      <p className="wrap-anywhere">{order.join(' → ')}</p>
    </section>
  );
}

function Candidates({
  decision: { candidates, chosen, order, omitted },
}: {
  readonly decision: DecisionEntry;
}): ReactNode {
  const { t } = useText();
  if (candidates.length === 0) return null;
  const place = (target: string): number => {
    const index = order.indexOf(target);
    return index < 0 ? Infinity : index;
  };
  const sorted = candidates.toSorted((a, b) => place(a.target) - place(b.target));
  return (
    <section className="stack tight">
      <h3>{t('routes.decision.candidates')}</h3>
      <div className="table-frame" tabIndex={0} role="region" aria-label={t('routes.decision.candidates')}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('routes.candidate.target')}</th>
              <th scope="col" className="number">
                {t('routes.candidate.cost')}
              </th>
              <th scope="col" className="number">
                {t('routes.candidate.ttft')}
              </th>
              <th scope="col" className="number">
                {t('routes.candidate.quality')}
              </th>
              <th scope="col" className="number">
                {t('routes.candidate.score')}
              </th>
            </tr>
          </thead>
          <tbody>
            {sorted.map((candidate, index) => (
              <CandidateRow
                key={`${candidate.target} ${String(index)}`}
                candidate={candidate}
                isChosen={candidate.target === chosen && candidate.dropped === undefined}
              />
            ))}
          </tbody>
        </table>
      </div>
      {omitted > 0 && <p className="muted small">{t('routes.decision.omitted', { count: omitted })}</p>}
    </section>
  );
}

function CandidateRow({
  candidate,
  isChosen,
}: {
  readonly candidate: CandidateEntry;
  readonly isChosen: boolean;
}): ReactNode {
  const { t, money, duration, percent, locale } = useText();
  const { target, via = [], dropped, note, quality, cost_usd: cost, ttft_ms: ttft, score, health } = candidate;
  const why = dropped ?? note ?? health?.why;
  return (
    <tr>
      <th scope="row" className="routes-candidate">
        <span className="row wrap">
          <span className="wrap-anywhere">{target}</span>
          {isChosen && <Badge tone="ok">{t('routes.candidate.chosen')}</Badge>}
          {dropped !== undefined && <Badge tone="warning">{t('routes.candidate.dropped')}</Badge>}
          {health !== undefined && health.state !== 'closed' && (
            <Badge tone="warning">{t(`routes.state.${health.state}`)}</Badge>
          )}
        </span>
        {(via.length > 1 || why !== undefined) && (
          <span className="muted small">
            {[
              ...(via.length > 1 ? [t('routes.candidate.via', { routes: via.join(' → ') })] : []),
              ...(why === undefined ? [] : [why]),
            ].join(' · ')}
          </span>
        )}
      </th>
      <td className="number">{cost === null || cost === undefined ? '—' : `≈ ${money(cost)}`}</td>
      <td className="number">{ttft === undefined ? '—' : `≈ ${duration(ttft)}`}</td>
      <td className="number">{percent(quality?.[0])}</td>
      <td className="number">
        {score === undefined ? '—' : score.toLocaleString(locale, { maximumFractionDigits: 3 })}
      </td>
    </tr>
  );
}

const flags = [
  'tools',
  'image',
  'audio',
  'pdf',
  'video',
  'json_schema',
  'cache_control',
  'reasoning',
  'stream',
] as const;

function FactsPart({ facts }: { readonly facts: FactsEntry }): ReactNode {
  const { t, count, percent, locale } = useText();
  const has = flags.filter((name) => facts[name] === true).map((name) => t(`routes.has.${name}`));
  const rows: (readonly [string, ReactNode])[] = [[t('routes.facts.tokens'), `≈ ${count(facts.tokens)}`]];
  if (facts.max_tokens !== undefined) rows.push([t('routes.facts.answer'), count(facts.max_tokens)]);
  if (has.length > 0) rows.push([t('routes.facts.has'), new Intl.ListFormat(locale).format(has)]);
  if (facts.type !== undefined)
    rows.push([
      t('routes.facts.type'),
      `${facts.type ?? t('common.unknown')}${facts.conf === undefined ? '' : ` (${percent(facts.conf)})`}`,
    ]);
  if (facts.difficulty !== undefined) rows.push([t('routes.facts.difficulty'), count(facts.difficulty)]);
  if (facts.lang !== undefined) rows.push([t('routes.facts.lang'), facts.lang ?? t('common.unknown')]);
  if (facts.client !== undefined) rows.push([t('routes.facts.client'), facts.client]);
  for (const [name, value] of Object.entries(facts.tags ?? {}))
    rows.push([t('routes.facts.tag', { name }), value ?? t('common.none')]);
  for (const [pattern, fits] of Object.entries(facts.texts ?? {}))
    rows.push([
      t('routes.facts.text'),
      <span key={pattern}>
        <code>{pattern}</code> {t(fits ? 'common.yes' : 'common.no')}
      </span>,
    ]);
  return (
    <section className="stack tight">
      <h3>{t('routes.facts.title')}</h3>
      <Facts facts={rows} />
      <p className="muted small">{t('routes.facts.asked')}</p>
    </section>
  );
}
