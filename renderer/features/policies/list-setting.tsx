/** A list of names or words: each with a button that takes it out, and a field that adds one. */
import { Plus, X } from 'lucide-react';
import { useId, useState, type SubmitEvent, type ReactNode } from 'react';
import type { ConfigPath } from '../../state/config-tree.ts';
import { useText } from '../../text/text.ts';
import { Badge, Button, Input } from '../../ui/controls.tsx';
import { Origin } from '../../ui/origin.tsx';
import { usePolicyConfig, useSaving } from './config-context.tsx';

export interface ListItem {
  readonly text: string;
  /** How it is meant: `exact case`. */
  readonly notes?: readonly string[];
}

export interface ListSettingProps {
  readonly path: ConfigPath;
  readonly label: string;
  readonly hint: ReactNode;
  readonly items: readonly ListItem[];
  readonly placeholder: string;
  /** What stands in the file for what was typed. */
  readonly valueOf?: (text: string) => unknown;
  /** Beside the field: how the next one is meant. */
  readonly options?: ReactNode;
  /** Over the own entries: what there is besides. */
  readonly before?: ReactNode;
  /** Of the short ones in the file, names that may be chosen. */
  readonly suggestions?: readonly string[];
}

/** As many are drawn at once; the rest is found by typing. */
const shownLimit = 60;

export function ListSetting(props: ListSettingProps): ReactNode {
  const { path, label, hint, items, placeholder, valueOf = (text) => text, options, before, suggestions = [] } = props;
  const { t } = useText();
  const id = useId();
  const { origin, team, change, busy } = usePolicyConfig();
  const saving = useSaving([...path, items.length]);
  const [text, setText] = useState('');
  const decided = origin(path);
  const said = team.at(path);
  // Of a list that bundles only add to, nothing is told here.
  const told = Array.isArray(said?.value) ? said : undefined;
  const isLocked = decided?.locked === true;
  // What holds is the bundle's list, whatever the file has.
  const shown = told === undefined ? items : heldItems(told.value, items);
  const isFixed = isLocked || shown !== items;
  const add = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (text.trim() === '') return;
    if (await saving.save([{ op: 'insert', path: [...path, items.length], value: valueOf(text.trim()) }])) setText('');
  };
  const problem = saving.rest([]);
  return (
    <section className="policy-list" aria-labelledby={id}>
      <div className="row wrap">
        <h3 id={id}>{label}</h3>
        <Origin origin={decided} told={told} name={label} />
      </div>
      <p className="muted small">{hint}</p>
      {before}
      <Items
        items={shown}
        label={label}
        fixed={isFixed}
        disabled={busy}
        wanted={text}
        onRemove={(index) => void change([{ op: 'remove', path: [...path, index] }])}
      />
      {isLocked && shown.length === 0 && before === undefined && <p className="small">{t('locked.empty')}</p>}
      {!isLocked && (
        <form className="policy-list-add" onSubmit={(event) => void add(event)}>
          <Input
            aria-label={t('policies.list.new', { label })}
            aria-invalid={problem === undefined ? undefined : true}
            aria-describedby={problem === undefined ? undefined : `${id}-problem`}
            list={suggestions.length > 0 ? `${id}-known` : undefined}
            value={text}
            placeholder={placeholder}
            onChange={(event) => {
              setText(event.target.value);
              saving.clear();
            }}
          />
          {suggestions.length > 0 && (
            <datalist id={`${id}-known`}>
              {suggestions.map((one) => (
                <option key={one} value={one} />
              ))}
            </datalist>
          )}
          {options}
          <Button type="submit" disabled={text.trim() === ''} busy={saving.busy}>
            <Plus size={14} aria-hidden />
            {t('common.add')}
          </Button>
        </form>
      )}
      {problem !== undefined && (
        <p className="policy-problem" id={`${id}-problem`} role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}

function heldItems(value: unknown, own: readonly ListItem[]): readonly ListItem[] {
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) return own;
  return value.map((text) => ({ text }));
}

interface ItemsProps {
  readonly items: readonly ListItem[];
  readonly label: string;
  /** None of them is taken out here. */
  readonly fixed: boolean;
  readonly disabled: boolean;
  readonly wanted: string;
  readonly onRemove: (index: number) => void;
}

function Items({ items, label, fixed, disabled, wanted, onRemove }: ItemsProps): ReactNode {
  const { t } = useText();
  if (items.length === 0) return null;
  const indexed = items.map((item, index) => ({ ...item, index }));
  const sought = wanted.trim().toLowerCase();
  const found =
    items.length > shownLimit && sought !== ''
      ? indexed.filter(({ text }) => text.toLowerCase().includes(sought))
      : indexed;
  return (
    <>
      <ul className="policy-items" aria-label={label}>
        {found.slice(0, shownLimit).map(({ text, notes = [], index }) => (
          <li key={`${index} ${text}`} className="policy-item" data-fixed={fixed || undefined}>
            <span className="wrap-anywhere">{text}</span>
            {notes.map((note) => (
              <Badge key={note}>{note}</Badge>
            ))}
            {!fixed && (
              <button
                type="button"
                aria-label={t('policies.list.remove', { name: text })}
                disabled={disabled}
                onClick={() => onRemove(index)}
              >
                <X size={13} aria-hidden />
              </button>
            )}
          </li>
        ))}
      </ul>
      {found.length > shownLimit && (
        <p className="muted small">{t('policies.list.more', { count: found.length - shownLimit })}</p>
      )}
    </>
  );
}
