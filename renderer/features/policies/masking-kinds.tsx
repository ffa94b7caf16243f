/** A row for each kind that can be found: what becomes of it, and who decided that. */
import { useState, type ReactNode } from 'react';
import type { FoundKind, MaskMode } from '../../../shared/domain/masking.ts';
import { useText } from '../../text/text.ts';
import { Select, Spinner, Switch } from '../../ui/controls.tsx';
import { Origin } from '../../ui/origin.tsx';
import { usePolicyConfig } from './config-context.tsx';
import { kindGroups, kindMode, withMode, writtenDetectors } from './masking-modes.ts';

const onModes = ['mask', 'block', 'warn'] as const;

export function MaskingKinds(): ReactNode {
  const { t } = useText();
  const [pending, setPending] = useState<FoundKind>();
  const { part, change } = usePolicyConfig();
  const { detectors } = part('masking');
  const set = async (kind: FoundKind, mode: MaskMode): Promise<void> => {
    setPending(kind);
    const value = writtenDetectors(withMode(detectors, kind, mode));
    const told = t('policies.kind.set', { kind: t(`kind.${kind}`), mode: t(`policies.mode.${mode}`) });
    await change([{ op: 'set', path: ['masking', 'detectors'], value }], { told });
    setPending(undefined);
  };
  return (
    <div className="policy-kind-groups">
      {kindGroups.map(({ id, kinds }) => (
        <section key={id} aria-labelledby={`kinds-${id}`}>
          <h3 id={`kinds-${id}`}>{t(`policies.group.${id}`)}</h3>
          <ul className="policy-kinds">
            {kinds.map((kind) => (
              <KindRow key={kind} kind={kind} busy={pending === kind} onSet={(mode) => void set(kind, mode)} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

interface KindRowProps {
  readonly kind: FoundKind;
  readonly busy: boolean;
  readonly onSet: (mode: MaskMode) => void;
}

function KindRow({ kind, busy, onSet }: KindRowProps): ReactNode {
  const { t } = useText();
  const { part, origin, busy: changing } = usePolicyConfig();
  const { enabled, detectors, terms, terms_files, patterns } = part('masking');
  const own = { terms: terms.length + terms_files.length, patterns: patterns.length };
  const given = kind === 'terms' || kind === 'patterns' ? own[kind] : undefined;
  const { mode, as } = kindMode(detectors, kind, (given ?? 0) > 0);
  const index = detectors.findIndex((one) => (typeof one === 'string' ? one : one.id) === kind);
  const list = ['masking', 'detectors'] as const;
  const decided = (index >= 0 ? origin([...list, index]) : undefined) ?? origin(list);
  const locked = decided?.locked === true || origin(list)?.locked === true;
  const label = t(`kind.${kind}`);
  const nothing = given === 0;
  return (
    <li className="policy-kind" data-off={!enabled || mode === 'off' || nothing || undefined}>
      <Switch
        label={label}
        checked={mode !== 'off' && !nothing}
        disabled={locked || changing || nothing}
        onChange={(on) => onSet(on ? 'mask' : 'off')}
      />
      <div className="grow">
        <span className="policy-setting-name">{label}</span>
        <p className="muted small">
          {nothing ? t('policies.kind.nothing') : t(`policies.kind.${kind}.eg`)}
          {as !== undefined && ` · ${t('policies.kind.as', { kind: t(`kind.${as}`) })}`}
        </p>
      </div>
      <div className="row policy-kind-mode">
        {busy && <Spinner label={t('common.loading')} />}
        {mode !== 'off' && !nothing && (
          <Select
            aria-label={t('policies.kind.mode', { kind: label })}
            value={mode}
            disabled={locked || changing}
            choices={onModes.map((value) => ({ value, label: t(`policies.do.${value}`) }))}
            onChange={onSet}
          />
        )}
        <Origin origin={decided} />
      </div>
    </li>
  );
}
