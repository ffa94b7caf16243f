/** The targets of a route in the editor: their order, weights and conditions. */
import { ChevronDown, ChevronRight, MoveDown, MoveUp, X } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { useModelSources } from '../../state/model-sources.ts';
import { useText } from '../../text/text.ts';
import { Button, IconButton, Input } from '../../ui/controls.tsx';
import { ModelPicker } from '../../ui/model-picker.tsx';
import { ConditionEditor } from './condition-editor.tsx';
import { conditionText } from './condition-words.ts';
import { canHaveMore, nameOf, weightOf, whenOf, withTarget, type WrittenTarget } from './draft.ts';
import { moved } from './minimal-edits.ts';
import { SortableItem, SortableList } from './sortable.tsx';
import { HealthMark } from './target-chain.tsx';

/** A target with a name of its own as long as the editor is open, so that it is known while it moves. */
export interface DraftTarget {
  readonly key: string;
  readonly target: WrittenTarget;
}

let lastKey = 0;

export function draftTarget(target: WrittenTarget): DraftTarget {
  lastKey += 1;
  return { key: `target-${String(lastKey)}`, target };
}

export interface TargetsEditorProps {
  readonly targets: readonly DraftTarget[];
  readonly isWeighted: boolean;
  /** By what stands behind `targets`: `[0]`, `[0].when`. */
  readonly problemAt: (path: string) => string | undefined;
  readonly onChange: (targets: readonly DraftTarget[]) => void;
  readonly onHold: (isHeld: boolean) => void;
}

export function TargetsEditor({ targets, isWeighted, problemAt, onChange, onHold }: TargetsEditorProps): ReactNode {
  const { t } = useText();
  const sources = useModelSources();
  const move = (from: number, to: number): void => onChange(moved(targets, from, to));
  return (
    <div className="stack tight">
      {targets.length > 0 && (
        <SortableList
          ids={targets.map(({ key }) => key)}
          label={t('routes.targets')}
          className="routes-target-list"
          onMove={move}
          onHold={onHold}
        >
          {targets.map((draft, index) => (
            <TargetRow
              key={draft.key}
              {...{ draft, index, isWeighted }}
              count={targets.length}
              problemAt={(path) => problemAt(`[${String(index)}]${path}`)}
              onChange={(target) => onChange(targets.map((one) => (one === draft ? { ...one, target } : one)))}
              onMove={(to) => move(index, to)}
              onRemove={() => onChange(targets.filter((one) => one !== draft))}
            />
          ))}
        </SortableList>
      )}
      <ModelPicker
        sources={sources}
        shown={targets.length === 0 ? t('routes.target.first') : t('routes.target.add')}
        label={t('routes.target.add')}
        withRequested
        onChoose={(name) => onChange([...targets, draftTarget(name)])}
      />
    </div>
  );
}

interface TargetRowProps {
  readonly draft: DraftTarget;
  readonly index: number;
  readonly count: number;
  readonly isWeighted: boolean;
  readonly problemAt: (path: string) => string | undefined;
  readonly onChange: (target: WrittenTarget) => void;
  readonly onMove: (to: number) => void;
  readonly onRemove: () => void;
}

function TargetRow({
  draft,
  index,
  count,
  isWeighted,
  problemAt,
  onChange,
  onMove,
  onRemove,
}: TargetRowProps): ReactNode {
  const text = useText();
  const { t } = text;
  const { key, target } = draft;
  const [open, setOpen] = useState(false);
  const name = nameOf(target);
  const when = whenOf(target);
  const own = problemAt('');
  return (
    <SortableItem
      id={key}
      className="routes-target-row"
      handleLabel={t('routes.drag.target', { name })}
      disabled={count < 2}
    >
      <div className="grow stack tight">
        <div className="row wrap">
          <span className="muted small routes-place">{index + 1}</span>
          <span className="wrap-anywhere grow">{name === '@requested' ? t('routes.requested') : name}</span>
          <HealthMark target={name} />
          {isWeighted && canHaveMore(target) && <WeightInput target={target} name={name} onChange={onChange} />}
          <IconButton
            label={t('routes.target.up', { name })}
            size="small"
            disabled={index === 0}
            onClick={() => onMove(index - 1)}
          >
            <MoveUp size={13} aria-hidden />
          </IconButton>
          <IconButton
            label={t('routes.target.down', { name })}
            size="small"
            disabled={index === count - 1}
            onClick={() => onMove(index + 1)}
          >
            <MoveDown size={13} aria-hidden />
          </IconButton>
          <IconButton label={t('routes.target.remove', { name })} size="small" onClick={onRemove}>
            <X size={14} aria-hidden />
          </IconButton>
        </div>
        {canHaveMore(target) && (
          <Button
            variant="link"
            size="small"
            className="routes-add"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            {open ? <ChevronDown size={13} aria-hidden /> : <ChevronRight size={13} aria-hidden />}
            {when === undefined
              ? t('routes.target.condition')
              : t('routes.if', { condition: conditionText(when, text) })}
          </Button>
        )}
        {open && (
          <ConditionEditor
            value={when}
            problemAt={(path) => problemAt(path === '' ? '.when!' : `.when.${path}`)}
            onChange={(next) => onChange(withTarget(target, { when: next }))}
          />
        )}
        {own !== undefined && (
          <span className="routes-problem small" role="alert">
            {own}
          </span>
        )}
      </div>
    </SortableItem>
  );
}

function WeightInput({
  target,
  name,
  onChange,
}: {
  readonly target: WrittenTarget;
  readonly name: string;
  readonly onChange: (target: WrittenTarget) => void;
}): ReactNode {
  const { t } = useText();
  const [typed, setTyped] = useState(String(weightOf(target)));
  return (
    <label className="row small">
      <span className="muted">{t('routes.target.weight')}</span>
      <Input
        className="routes-short"
        inputMode="decimal"
        value={typed}
        aria-label={t('routes.target.weight.of', { name })}
        onChange={({ target: { value } }) => {
          setTyped(value);
          const weight = Number(value.replace(',', '.'));
          if (value.trim() !== '' && Number.isFinite(weight) && weight >= 0) onChange(withTarget(target, { weight }));
        }}
      />
    </label>
  );
}
