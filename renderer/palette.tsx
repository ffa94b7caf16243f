/** The palette: every command, model, client, key and request id, found by typing (UX-97). */
import { Command as Cmdk } from 'cmdk';
import { Dialog } from 'radix-ui';
import { useMemo, useState, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { useCall } from './bridge/hooks.ts';
import { allCommands, useCommandState } from './state/commands.ts';
import { useLive } from './state/live.ts';
import { closeOverlay, useOverlays } from './state/overlays.ts';
import { shortcutText } from './state/shortcut-text.ts';
import { useText } from './text/text.ts';
import { Kbd } from './ui/controls.tsx';
import { useFocusReturn } from './ui/use-focus-return.ts';

/** Of models there may be thousands; nobody reads more than this many lines. */
const shownModels = 30;

export function Palette(): ReactNode {
  const { t } = useText();
  const open = useOverlays((state) => state.open === 'palette');
  const returnFocus = useFocusReturn(open);
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && closeOverlay()}>
      <Dialog.Portal>
        <Dialog.Overlay className="overlay" />
        <Dialog.Content
          className="palette"
          aria-label={t('palette.title')}
          aria-describedby={undefined}
          onCloseAutoFocus={returnFocus}
        >
          <Dialog.Title className="visually-hidden">{t('palette.title')}</Dialog.Title>
          <Cmdk label={t('palette.title')} shouldFilter={false}>
            {open && <PaletteContent />}
          </Cmdk>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface Item {
  readonly id: string;
  readonly label: string;
  readonly words: string;
  readonly shortcut?: string | undefined;
  readonly run: () => void;
}

function PaletteContent(): ReactNode {
  const { t } = useText();
  const [search, setSearch] = useState('');
  const groups = useGroups(search.trim());
  return (
    <>
      <Cmdk.Input autoFocus placeholder={t('palette.placeholder')} value={search} onValueChange={setSearch} />
      <Cmdk.List>
        <Cmdk.Empty>{t('palette.empty')}</Cmdk.Empty>
        {groups.map(([heading, items]) =>
          items.length === 0 ? null : (
            <Cmdk.Group key={heading} heading={heading}>
              {items.map((item) => (
                <Cmdk.Item
                  key={item.id}
                  value={item.id}
                  onSelect={() => {
                    closeOverlay();
                    item.run();
                  }}
                >
                  <span className="ellipsis">{item.label}</span>
                  {item.shortcut !== undefined && <Kbd>{shortcutText(item.shortcut)}</Kbd>}
                </Cmdk.Item>
              ))}
            </Cmdk.Group>
          ),
        )}
      </Cmdk.List>
    </>
  );
}

function useGroups(search: string): readonly (readonly [heading: string, items: readonly Item[]])[] {
  const { t } = useText();
  const [, navigate] = useLocation();
  const sets = useCommandState((state) => state.sets);
  const keys = useLive((state) => state.snapshot?.keys);
  const models = useCall('models.list', {});
  const clients = useCall('clients.list', {});
  const isId = /^req[_-]?\w*$/i.test(search);
  const found = useCall('traffic.list', { limit: 8, filter: { q: search } }, { enabled: search.length >= 4 && isId });
  return useMemo(() => {
    const fits = ({ label, words }: Item): boolean => matches(`${label} ${words}`, search);
    const commands = allCommands({ sets }).filter(({ hidden }) => hidden !== true);
    const byGroup = Map.groupBy(commands, ({ group }) => group);
    const commandGroups = [...byGroup].map(
      ([group, list]) =>
        [group, list.map((one) => ({ ...one, words: one.words ?? '' }) satisfies Item).filter(fits)] as const,
    );
    // Without a word there are too many of them to be of use.
    const named = (list: readonly Item[]): readonly Item[] =>
      search === '' ? [] : list.filter(fits).slice(0, shownModels);
    const to = (prefix: string, id: string, path: string): Item => ({
      ...{ id: `${prefix}:${id}`, label: id, words: '' },
      run: () => navigate(path),
    });
    return [
      ...commandGroups,
      // Few come before many: of models there may be a screen full.
      [
        t('palette.clients'),
        named(
          (clients.data?.clients ?? []).map(({ id, name }) => ({
            ...to('client', id, `/clients?client=${encodeURIComponent(id)}`),
            label: name,
            words: id,
          })),
        ),
      ],
      [
        t('palette.keys'),
        named(
          (keys ?? []).map(({ id, name }) => ({
            ...to('key', id, `/policies?tab=keys&key=${encodeURIComponent(id)}`),
            label: name === id ? id : `${name} (${id})`,
          })),
        ),
      ],
      [
        t('palette.models'),
        named((models.data?.models ?? []).map(({ id }) => to('model', id, `/models?model=${encodeURIComponent(id)}`))),
      ],
      [
        t('palette.requests'),
        (found.data?.entries ?? []).map(({ request_id, model_asked, status }) => ({
          ...to('request', request_id, `/activity?id=${encodeURIComponent(request_id)}`),
          label: `${request_id} · ${model_asked ?? ''} · ${status ?? ''}`,
        })),
      ],
    ];
  }, [t, navigate, sets, keys, models.data, clients.data, found.data, search]);
}

/** Every word of the search is part of the text. */
function matches(text: string, search: string): boolean {
  const lower = text.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => lower.includes(word));
}
