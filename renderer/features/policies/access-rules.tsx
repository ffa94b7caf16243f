/** What everybody here may use, whoever says so: lists of models, providers and tools, and what is asked of providers. */
import { useState, type ReactNode } from 'react';
import type { ProvenanceEntry } from '../../../shared/contract/bundles.ts';
import { isOfTeam, lastStep } from '../../state/team.ts';
import { useText, type MessageKey, type Text } from '../../text/text.ts';
import { Button } from '../../ui/controls.tsx';
import { printable } from '../../ui/copy.tsx';
import { Card } from '../../ui/layout.tsx';
import { Origin } from '../../ui/origin.tsx';
import { useKeptFocus } from '../../ui/use-kept-focus.ts';
import { usePolicyConfig } from './config-context.tsx';
import { accessRules } from './access-words.ts';

/** Not there while nobody says anything. */
export function AccessRules(): ReactNode {
  const { t } = useText();
  const { team } = usePolicyConfig();
  const rules = accessRules(team);
  if (rules.length === 0) return null;
  return (
    <Card title={t('locked.access.title')}>
      <p className="muted small">{t('locked.access.hint')}</p>
      <ul>
        {rules.map(({ label, entry }) => (
          <li key={`${entry.pointer} ${entry.bundle ?? ''}`} className="team-row">
            <div className="grow stack tight">
              <span className="policy-setting-name">{t(label)}</span>
              <RuleValue entry={entry} />
            </div>
            <WhoSays entry={entry} name={t(label)} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function WhoSays({ entry, name }: { readonly entry: ProvenanceEntry; readonly name: string }): ReactNode {
  const where = entry.origin;
  return (
    <Origin
      origin={{ source: 'you', where, locked: false, reason: null }}
      told={isOfTeam(entry) ? entry : undefined}
      name={name}
    />
  );
}

function RuleValue({ entry: { pointer, value } }: { readonly entry: ProvenanceEntry }): ReactNode {
  const text = useText();
  if (Array.isArray(value)) return <RuleList items={value as readonly unknown[]} />;
  return <p className="small wrap-anywhere">{singleText(pointer, value, text)}</p>;
}

/** So many are drawn before somebody asks for the rest: a bundle may name two thousand. */
const shownItems = 24;

function RuleList({ items }: { readonly items: readonly unknown[] }): ReactNode {
  const { t } = useText();
  const [isWhole, setWhole] = useState(false);
  const onFocus = useKeptFocus(isWhole);
  const shown = isWhole ? items : items.slice(0, shownItems);
  const more = items.length - shown.length;
  return (
    <div className="stack tight" tabIndex={-1} onFocus={onFocus}>
      {items.length === 0 && <p className="small muted">{t('locked.empty')}</p>}
      <ul className="policy-items">
        {shown.map((one, index) => (
          <li key={index} className="policy-item" data-fixed>
            <span className="wrap-anywhere mono">{printable(itemText(one))}</span>
          </li>
        ))}
      </ul>
      {more > 0 && (
        <div>
          <Button size="small" onClick={() => setWhole(true)}>
            {t('locked.rows.more', { count: more })}
          </Button>
        </div>
      )}
    </div>
  );
}

/** A glob, or a server by its name and address. */
function itemText(one: unknown): string {
  if (typeof one === 'string') return one;
  const { name, identity } = one as { readonly name?: unknown; readonly identity?: unknown };
  return [name, identity].filter((part) => typeof part === 'string').join(' · ');
}

const words: Readonly<Record<string, MessageKey>> = {
  'routes_default deny': 'locked.access.routesDefault.deny',
  'routes_default continue': 'locked.access.routesDefault.continue',
  'data_policy.training false': 'locked.access.training.no',
};

function singleText(pointer: string, value: unknown, { t, count }: Text): string {
  const name = lastStep(pointer);
  const known = words[`${name} ${String(value)}`];
  if (known !== undefined) return t(known);
  if (typeof value !== 'number') return String(value);
  return name === 'data_policy.retention' ? t('locked.access.retention.days', { count: value }) : count(value);
}
