/** Why this model: the decision in sentences, everything that was weighed, and whether the same comes out again (UX-98). */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { CallOutput } from '../../../shared/contract/contract.ts';
import type { CandidateEntry, DecisionEntry, PinEntry } from '../../../shared/contract/route.ts';
import type { ExchangeEntry } from '../../../shared/contract/traffic.ts';
import { useCall } from '../../bridge/hooks.ts';
import { useText, type MessageKey, type Text } from '../../text/text.ts';
import { Badge } from '../../ui/controls.tsx';
import { Facts } from '../../ui/layout.tsx';
import { Loaded } from '../../ui/states.tsx';

export function RouteTab({ entry }: { readonly entry: ExchangeEntry }): ReactNode {
  const { t } = useText();
  const isOpen = entry.outcome === 'open';
  const query = useCall('route.explain', { request_id: entry.request_id }, { enabled: !isOpen });
  if (isOpen) return <p className="muted">{entry.route_reason ?? t('traffic.route.open')}</p>;
  return (
    <Loaded query={query} lines={8}>
      {(explained) => <Explained {...explained} />}
    </Loaded>
  );
}

const verdictLabels = {
  same: { tone: 'ok', label: 'traffic.route.same' },
  different: { tone: 'warning', label: 'traffic.route.different' },
  unknown: { tone: 'plain', label: 'traffic.route.unknown' },
} as const;

function Explained({ decision, verified, note }: CallOutput<'route.explain'>): ReactNode {
  const { t } = useText();
  const { tone, label } = verdictLabels[verified];
  if (decision === null) return <p className="muted">{note}</p>;
  return (
    <>
      <p className="traffic-sentence">{decision.reason}</p>
      <Sentences decision={decision} />
      <Candidates decision={decision} />
      {decision.skipped.length > 0 && (
        <section className="stack tight">
          <h3>{t('traffic.route.skipped')}</h3>
          <ul className="traffic-list">
            {decision.skipped.map(({ id, why }) => (
              <li key={id}>
                <strong>{id}</strong> {why}
              </li>
            ))}
          </ul>
        </section>
      )}
      <FactsOfRequest decision={decision} />
      <p className="row wrap">
        <Badge tone={tone}>{t(label)}</Badge> <span className="muted small">{note}</span>
      </p>
    </>
  );
}

function Sentences({ decision }: { readonly decision: DecisionEntry }): ReactNode {
  const text = useText();
  const { t } = text;
  const { asked, chosen, rule, route, pin, session, counterfactual, offline } = decision;
  return (
    <ul className="traffic-list">
      <li>{t('traffic.route.asked', { asked })}</li>
      <li>{chosen === null ? t('traffic.route.nothing') : t('traffic.route.chosen', { target: chosen })}</li>
      <li>
        {rule === null ? (
          t('traffic.route.named')
        ) : (
          <>
            {t('traffic.route.rule', { rule })}{' '}
            {route !== null && (
              <Link href={`/routes?route=${encodeURIComponent(route.id)}`}>{t('traffic.route.open.rule')}</Link>
            )}
          </>
        )}
      </li>
      {pin !== null && <li>{pinSentence(pin, text)}</li>}
      {session !== null && (
        <li>
          {t('traffic.route.session', {
            target: session.target,
            turns: session.turns,
            tokens: text.count(session.cached_tokens),
          })}
        </li>
      )}
      {counterfactual !== null && (
        <li>{t('traffic.route.counterfactual', { amount: counterfactual.if_asked_best })}</li>
      )}
      {offline && <li>{t('traffic.route.offline')}</li>}
    </ul>
  );
}

const pinKinds: Readonly<Record<PinEntry['kind'], MessageKey>> = {
  session: 'traffic.route.pin.session',
  tool_loop: 'traffic.route.pin.tool_loop',
  signed_reasoning: 'traffic.route.pin.signed_reasoning',
  provider_ids: 'traffic.route.pin.provider_ids',
};

function pinSentence({ kind, target, kept, why, switching }: PinEntry, { t, money }: Text): string {
  const said = t(kept ? 'traffic.route.pin.kept' : 'traffic.route.pin.left', { kind: t(pinKinds[kind]), target, why });
  if (switching === null) return said;
  const { to, cost_usd, gain_usd, expected_turns } = switching;
  const sum = t('traffic.route.pin.switching', {
    ...{ to, cost: money(cost_usd), gain: money(gain_usd), turns: expected_turns },
  });
  return `${said} ${sum}`;
}

function Candidates({
  decision: { candidates, chosen, order, omitted },
}: {
  readonly decision: DecisionEntry;
}): ReactNode {
  const { t, money, duration, percent } = useText();
  if (candidates.length === 0) return null;
  const place = (target: string): string => {
    const index = order.indexOf(target);
    return index < 0 ? '—' : String(index + 1);
  };
  return (
    <section className="stack tight">
      <h3>{t('traffic.route.candidates')}</h3>
      <div className="table-frame" tabIndex={0} role="region" aria-label={t('traffic.route.candidates')}>
        <table className="table" aria-label={t('traffic.route.candidates')}>
          <thead>
            <tr>
              <th scope="col">{t('traffic.route.order')}</th>
              <th scope="col">{t('traffic.fact.target')}</th>
              <th scope="col">{t('traffic.route.verdict')}</th>
              <th scope="col" className="number">
                {t('traffic.route.quality')}
              </th>
              <th scope="col" className="number">
                {t('traffic.column.cost')}
              </th>
              <th scope="col" className="number">
                {t('traffic.ttft')}
              </th>
            </tr>
          </thead>
          <tbody>
            {candidates.map((candidate, index) => (
              <tr key={`${candidate.target} ${String(index)}`}>
                <td>{place(candidate.target)}</td>
                <td>{candidate.target}</td>
                <td className="traffic-why">
                  <CandidateVerdict candidate={candidate} chosen={candidate.target === chosen} />
                </td>
                <td className="number">{percent(candidate.quality?.[0])}</td>
                <td className="number">
                  {typeof candidate.cost_usd !== 'string' ? '—' : `≈ ${money(candidate.cost_usd)}`}
                </td>
                <td className="number">{candidate.ttft_ms === undefined ? '—' : `≈ ${duration(candidate.ttft_ms)}`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {omitted > 0 && <p className="muted small">{t('traffic.route.omitted', { count: omitted })}</p>}
    </section>
  );
}

function CandidateVerdict({
  candidate,
  chosen,
}: {
  readonly candidate: CandidateEntry;
  readonly chosen: boolean;
}): ReactNode {
  const { t } = useText();
  const { dropped, note, health } = candidate;
  return (
    <>
      {chosen && <Badge tone="ok">{t('traffic.route.isChosen')}</Badge>}
      {dropped !== undefined && <Badge tone="warning">{t('traffic.route.dropped')}</Badge>}{' '}
      {dropped ?? note ?? health?.why ?? (chosen ? '' : t('traffic.route.possible'))}
    </>
  );
}

function FactsOfRequest({ decision: { facts } }: { readonly decision: DecisionEntry }): ReactNode {
  const { t, count, percent } = useText();
  const needs = (['tools', 'image', 'audio', 'pdf', 'video', 'json_schema', 'reasoning', 'stream'] as const).filter(
    (name) => facts[name] === true,
  );
  const rows: (readonly [string, string])[] = [[t('traffic.route.tokens'), `≈ ${count(facts.tokens)}`]];
  if (typeof facts.type === 'string')
    rows.push([
      t('traffic.route.type'),
      facts.conf === undefined ? facts.type : `${facts.type} (${percent(facts.conf)})`,
    ]);
  if (facts.difficulty !== undefined) rows.push([t('traffic.route.difficulty'), String(facts.difficulty)]);
  if (typeof facts.lang === 'string') rows.push([t('traffic.route.lang'), facts.lang]);
  if (needs.length > 0) rows.push([t('traffic.route.needs'), needs.join(', ')]);
  return (
    <section className="stack tight">
      <h3>{t('traffic.route.facts')}</h3>
      <Facts facts={rows} />
    </section>
  );
}
