/** A row for each kind that can be found: what becomes of it, and who decided that. */
import { useState, type ReactNode } from 'react';
import type { FoundKind, MaskMode } from '../../../shared/domain/masking.ts';
import { useText } from '../../text/text.ts';
import { Select, Spinner, Switch } from '../../ui/controls.tsx';
import { Banner } from '../../ui/layout.tsx';
import { Origin } from '../../ui/origin.tsx';
import { usePolicyConfig } from './config-context.tsx';
import {
  heldMode,
  isWeakerMode,
  kindGroups,
  kindMode,
  leastMode,
  withMode,
  writtenDetectors,
} from './masking-modes.ts';

const onModes = ['mask', 'block', 'warn'] as const;

export function MaskingKinds(): ReactNode {
  const { t } = useText();
  const [pending, setPending] = useState<FoundKind>();
  const { part, change, team } = usePolicyConfig();
  const { detectors } = part('masking');
  // What the file has switched off does not begin to count because a bundle switched it on.
  const isIdle = team.at(['masking', 'enabled'])?.yours === false;
  const set = async (kind: FoundKind, mode: MaskMode): Promise<void> => {
    setPending(kind);
    const value = writtenDetectors(withMode(detectors, kind, mode));
    const told = t('policies.kind.set', { kind: t(`kind.${kind}`), mode: t(`policies.mode.${mode}`) });
    await change([{ op: 'set', path: ['masking', 'detectors'], value }], { told });
    setPending(undefined);
  };
  return (
    <>
      {isIdle && <Banner>{t('locked.kinds.off')}</Banner>}
      <div className="policy-kind-groups">
        {kindGroups.map(({ id, kinds }) => (
          <section key={id} aria-labelledby={`kinds-${id}`}>
            <h3 id={`kinds-${id}`}>{t(`policies.group.${id}`)}</h3>
            <ul className="policy-kinds">
              {kinds.map((kind) => (
                <KindRow
                  key={kind}
                  kind={kind}
                  idle={isIdle}
                  busy={pending === kind}
                  onSet={(mode) => void set(kind, mode)}
                />
              ))}
            </ul>
          </section>
        ))}
      </div>
    </>
  );
}

interface KindRowProps {
  readonly kind: FoundKind;
  /** Nothing that is chosen here counts. */
  readonly idle: boolean;
  readonly busy: boolean;
  readonly onSet: (mode: MaskMode) => void;
}

function KindRow({ kind, idle, busy, onSet }: KindRowProps): ReactNode {
  const { t } = useText();
  const { part, origin, team, busy: changing } = usePolicyConfig();
  const { enabled, detectors, terms, terms_files, patterns } = part('masking');
  const mine = { terms: terms.length + terms_files.length, patterns: patterns.length };
  const given = kind === 'terms' || kind === 'patterns' ? mine[kind] : undefined;
  const told = team.of(`/masking/detectors/${kind}`);
  const own = kindMode(detectors, kind, (given ?? 0) > 0);
  const { as } = own;
  const least = leastMode(told);
  // A bundle may have switched on what the file has off: then its kinds are looked for, and no others.
  const mode = heldMode(own.mode, team.held(`/masking/detectors/${kind}`), enabled && team.bundles.length > 0);
  const index = detectors.findIndex((one) => (typeof one === 'string' ? one : one.id) === kind);
  const list = ['masking', 'detectors'] as const;
  const decided = (index >= 0 ? origin([...list, index]) : undefined) ?? origin(list);
  const locked = idle || decided?.locked === true || origin(list)?.locked === true;
  const label = t(`kind.${kind}`);
  const nothing = given === 0 && told === undefined;
  return (
    <li className="policy-kind" data-off={!enabled || mode === 'off' || nothing || undefined}>
      <Switch
        label={label}
        checked={mode !== 'off' && !nothing}
        disabled={locked || nothing || least !== undefined}
        waiting={changing}
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
            disabled={locked}
            waiting={changing}
            choices={onModes.map((value) => ({
              ...{ value, label: t(`policies.do.${value}`) },
              disabled: least !== undefined && isWeakerMode(value, least),
            }))}
            onChange={onSet}
          />
        )}
        <Origin origin={decided} told={told} name={label} />
      </div>
    </li>
  );
}
