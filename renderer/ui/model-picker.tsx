/** Chooses a model or an alias: a button, and a search over all of them that comes up from it. */
import { clsx } from 'clsx';
import { Command } from 'cmdk';
import { ChevronsUpDown, Star } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useState, type ReactNode } from 'react';
import { useText } from '../text/text.ts';
import { Button } from './controls.tsx';
import { choicesOf, type ModelSources } from './model-choices.ts';
import './model-picker.css';

export interface ModelPickerProps {
  readonly sources: ModelSources;
  /** What the button says. */
  readonly shown: ReactNode;
  /** What is chosen here, for those who do not see it. */
  readonly label: string;
  readonly busy?: boolean;
  readonly className?: string;
  /** Also what is no name of one model: the one that the client named. */
  readonly withRequested?: boolean;
  readonly onChoose: (name: string) => void;
}

export function ModelPicker({ shown, label, busy = false, className, ...search }: ModelPickerProps): ReactNode {
  const [open, setOpen] = useState(false);
  return (
    // Modal: in a dialog nothing else could scroll its list.
    <Popover.Root open={open} onOpenChange={setOpen} modal>
      <Popover.Trigger asChild>
        <Button className={clsx('model-picker', className)} busy={busy}>
          <span className="visually-hidden">{label}: </span>
          <span className="ellipsis" title={typeof shown === 'string' ? shown : undefined}>
            {shown}
          </span>
          <ChevronsUpDown size={14} aria-hidden />
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="popover model-list"
          aria-label={label}
          align="start"
          sideOffset={4}
          collisionPadding={8}
        >
          <ModelSearch
            {...search}
            label={label}
            onChoose={(name) => {
              setOpen(false);
              search.onChoose(name);
            }}
          />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function ModelSearch({
  sources,
  label,
  withRequested = false,
  onChoose,
}: Pick<ModelPickerProps, 'sources' | 'label' | 'withRequested' | 'onChoose'>): ReactNode {
  const text = useText();
  const { t } = text;
  const [search, setSearch] = useState('');
  const typed = search.trim();
  const groups = choicesOf(sources, typed, text);
  const isKnown = groups.some(([, choices]) => choices.some(({ id }) => id === typed));
  return (
    <Command shouldFilter={false} label={label}>
      <Command.Input autoFocus placeholder={t('picker.search')} value={search} onValueChange={setSearch} />
      <Command.List>
        {sources.models === undefined ? (
          <Command.Loading>{t('common.loading')}</Command.Loading>
        ) : (
          <Command.Empty>{t('picker.nothing')}</Command.Empty>
        )}
        {groups.map(([heading, choices]) =>
          choices.length === 0 ? null : (
            <Command.Group key={heading} heading={t(`picker.${heading}`)}>
              {choices.map(({ id, detail }) => (
                <Command.Item key={id} value={`${heading} ${id}`} onSelect={() => onChoose(id)}>
                  <span className="ellipsis">
                    {heading === 'favourites' && <Star size={12} aria-hidden />} {id}
                  </span>
                  <span className="muted small ellipsis">{detail}</span>
                </Command.Item>
              ))}
            </Command.Group>
          ),
        )}
        {withRequested && typed === '' && (
          <Command.Item value="requested" onSelect={() => onChoose('@requested')}>
            <span className="ellipsis">@requested</span>
            <span className="muted small ellipsis">{t('picker.requested')}</span>
          </Command.Item>
        )}
        {typed !== '' && !isKnown && (
          <Command.Item value={`typed ${typed}`} onSelect={() => onChoose(typed)}>
            {t('picker.use', { model: typed })}
          </Command.Item>
        )}
      </Command.List>
    </Command>
  );
}
