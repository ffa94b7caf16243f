/** The rules of the firewall in their order, and a text to try them with. */
import { ArrowDown, ArrowUp, Pencil, Plus, ShieldAlert, Trash2 } from 'lucide-react';
import { useMemo, useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import type { FirewallSettings } from '../../../shared/config/firewall.ts';
import { useCommands } from '../../state/commands.ts';
import { useText } from '../../text/text.ts';
import { Badge, Button, IconButton } from '../../ui/controls.tsx';
import { printable } from '../../ui/copy.tsx';
import { Card } from '../../ui/layout.tsx';
import { Origin } from '../../ui/origin.tsx';
import { ruleSentence } from '../../ui/policy-words.ts';
import { ProfileNotice } from '../../ui/profile-notice.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { Backtest } from './backtest.tsx';
import { usePolicyConfig } from './config-context.tsx';
import { FirewallTry } from './firewall-try.tsx';
import { TeamRules } from './locked-rows.tsx';
import { Releases } from './releases.tsx';
import { RuleEditor } from './rule-editor.tsx';
import { actionTones } from './rule-words.ts';

export function FirewallTab(): ReactNode {
  const { t } = useText();
  const { part, origin, profiles, team } = usePolicyConfig();
  const rules = part('firewall');
  const hasTeam = team.below('/firewall').length > 0;
  const [editing, setEditing] = useState<number | 'new'>();
  const locked = origin(['firewall'])?.locked === true;
  useCommands(
    useMemo(
      () => [
        { id: 'policies.rule', label: t('policies.rule.add'), group: t('page.policies'), run: () => setEditing('new') },
      ],
      [t],
    ),
  );
  const add = (
    <Button variant="primary" disabled={locked} onClick={() => setEditing('new')}>
      <Plus size={15} aria-hidden />
      {t('policies.rule.add')}
    </Button>
  );
  return (
    <div className="stack">
      <ProfileNotice config={profiles} section="firewall" />
      <Releases />
      <Card title={t('policies.rules')} actions={rules.length > 0 && add}>
        <TeamRules own={rules.length} />
        {rules.length === 0 && hasTeam ? (
          <div>{add}</div>
        ) : rules.length === 0 ? (
          <EmptyState icon={<ShieldAlert size={26} aria-hidden />} title={t('policies.rules.none')} actions={add}>
            {t('policies.rules.none.text')}
          </EmptyState>
        ) : (
          <>
            <p className="muted small">{t('policies.rules.text')}</p>
            <ol className="policy-rules">
              {rules.map((rule, index) => (
                <RuleRow
                  key={rule.id}
                  rule={rule}
                  index={index}
                  count={rules.length}
                  onEdit={() => setEditing(index)}
                />
              ))}
            </ol>
          </>
        )}
      </Card>
      <Card title={t('policies.try')}>
        <FirewallTry />
      </Card>
      <Card title={t('policies.backtest')}>
        <p className="muted small">{t('policies.backtest.running')}</p>
        <Backtest rules={null} />
      </Card>
      {editing !== undefined && <RuleEditor index={editing} onClose={() => setEditing(undefined)} />}
    </div>
  );
}

interface RuleRowProps {
  readonly rule: FirewallSettings;
  readonly index: number;
  readonly count: number;
  readonly onEdit: () => void;
}

function RuleRow({ rule, index, count, onEdit }: RuleRowProps): ReactNode {
  const { t } = useText();
  const { origin, change, busy } = usePolicyConfig();
  const decided = origin(['firewall', index]);
  const fixed = decided?.locked === true || busy;
  const move = (to: number): void => void change([{ op: 'move', path: ['firewall', index], to }]);
  return (
    <li className="policy-rule">
      <div className="grow stack tight">
        <div className="row wrap">
          <strong className="wrap-anywhere">{rule.id}</strong>
          <Badge tone={actionTones[rule.action]}>{t(`policies.action.${rule.action}`)}</Badge>
          <Origin origin={decided} />
          <Link href={`/activity?firewall=${encodeURIComponent(rule.id)}`} className="small">
            {t('policies.rule.activity')}
          </Link>
        </div>
        <p className="wrap-anywhere">{ruleSentence(rule, t)}</p>
        {rule.message !== undefined && (
          <p className="muted small wrap-anywhere">
            <q dir="auto">{printable(rule.message)}</q>
          </p>
        )}
      </div>
      <div className="row">
        <IconButton
          size="small"
          label={t('policies.rule.up', { name: rule.id })}
          disabled={fixed || index === 0}
          onClick={() => move(index - 1)}
        >
          <ArrowUp size={14} aria-hidden />
        </IconButton>
        <IconButton
          size="small"
          label={t('policies.rule.down', { name: rule.id })}
          disabled={fixed || index === count - 1}
          onClick={() => move(index + 1)}
        >
          <ArrowDown size={14} aria-hidden />
        </IconButton>
        <IconButton size="small" label={t('policies.edit', { name: rule.id })} disabled={fixed} onClick={onEdit}>
          <Pencil size={14} aria-hidden />
        </IconButton>
        <IconButton
          size="small"
          label={t('policies.remove', { name: rule.id })}
          disabled={fixed}
          onClick={() =>
            void change([{ op: 'remove', path: ['firewall', index] }], {
              told: t('policies.removed', { name: rule.id }),
            })
          }
        >
          <Trash2 size={14} aria-hidden />
        </IconButton>
      </div>
    </li>
  );
}
