/** What comes up over a page: dialogs, sheets, questions, menus, popovers. */
import { clsx } from 'clsx';
import { X } from 'lucide-react';
import { AlertDialog, Dialog as RadixDialog, DropdownMenu, Popover as RadixPopover } from 'radix-ui';
import { useId, useRef, useState, type SyntheticEvent, type ReactNode } from 'react';
import { useText } from '../text/text.ts';
import { Button, IconButton } from './controls.tsx';
import { useFocusReturn } from './use-focus-return.ts';

export interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly description?: ReactNode;
  readonly footer?: ReactNode;
  readonly size?: 'wide';
  /** `sheet`: from the edge of the window, as high as it. */
  readonly shape?: 'dialog' | 'sheet';
  /** It is a form that closes when it is saved: once something is entered, closing it otherwise asks first. */
  readonly form?: boolean;
  readonly children?: ReactNode;
}

export function Dialog({
  open,
  onClose,
  title,
  description,
  footer,
  size,
  shape = 'dialog',
  form = false,
  children,
}: DialogProps): ReactNode {
  const { t } = useText();
  const guard = useEntered(open && form, onClose);
  const returnFocus = useFocusReturn(open);
  return (
    <RadixDialog.Root open={open} onOpenChange={(next) => !next && guard.leave()}>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className="overlay" />
        <RadixDialog.Content
          className={clsx(shape, size)}
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          onCloseAutoFocus={returnFocus}
          onInput={guard.onInput}
        >
          <header>
            <div className="stack tight">
              <RadixDialog.Title asChild>
                <h2>{title}</h2>
              </RadixDialog.Title>
              {description !== undefined && (
                <RadixDialog.Description className="muted" asChild>
                  <div>{description}</div>
                </RadixDialog.Description>
              )}
            </div>
            <RadixDialog.Close asChild>
              <IconButton label={t('common.close')} size="small">
                <X size={16} aria-hidden />
              </IconButton>
            </RadixDialog.Close>
          </header>
          {children}
          {footer !== undefined && <footer>{footer}</footer>}
          {guard.question}
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  );
}

interface Entered {
  readonly onInput: (event: SyntheticEvent) => void;
  /** Closes, or asks whether what was entered may go. */
  readonly leave: () => void;
  readonly question: ReactNode;
}

/** Notices that something was entered into a form; a search is nothing that could be lost. */
function useEntered(watching: boolean, onClose: () => void): Entered {
  const { t } = useText();
  const entered = useRef(false);
  const [asking, setAsking] = useState(false);
  if (!watching) entered.current = false;
  return {
    onInput({ currentTarget, target }) {
      // React also tells of what was typed into a dialog that came up from this one.
      if (!(target instanceof HTMLElement) || !currentTarget.contains(target)) return;
      if (!target.matches('[type="search"], [cmdk-input]')) entered.current = true;
    },
    leave: () => (watching && entered.current ? setAsking(true) : onClose()),
    question: watching && (
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        title={t('common.leave.title')}
        text={t('common.leave.text')}
        keep={t('common.leave.stay')}
        action={t('common.leave.action')}
        danger
        onConfirm={onClose}
      />
    ),
  };
}

export interface ConfirmProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly text: ReactNode;
  /** What the button does: `Revoke key`, never `OK`. */
  readonly action: string;
  /** The other button, where `Cancel` could mean either. */
  readonly keep?: string;
  readonly danger?: boolean;
  readonly busy?: boolean;
  readonly onConfirm: () => void;
}

/** Asks before something that cannot be undone. */
export function Confirm({
  open,
  onClose,
  title,
  text,
  action,
  keep,
  danger = false,
  busy = false,
  onConfirm,
}: ConfirmProps): ReactNode {
  const { t } = useText();
  const returnFocus = useFocusReturn(open);
  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="overlay" />
        <AlertDialog.Content className="dialog" onCloseAutoFocus={returnFocus}>
          <AlertDialog.Title asChild>
            <h2>{title}</h2>
          </AlertDialog.Title>
          <AlertDialog.Description asChild>
            <div>{text}</div>
          </AlertDialog.Description>
          <footer>
            <AlertDialog.Cancel asChild>
              <Button>{keep ?? t('common.cancel')}</Button>
            </AlertDialog.Cancel>
            <Button variant={danger ? 'danger' : 'primary'} busy={busy} onClick={onConfirm}>
              {action}
            </Button>
          </footer>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

export type MenuItem =
  | { readonly label: ReactNode; readonly icon?: ReactNode; readonly onSelect: () => void; readonly disabled?: boolean }
  | 'separator'
  /** Over the items up to the next heading or separator, which belong to it. `hint`: a line on what they do. */
  | { readonly heading: string; readonly hint?: string };

/** What a heading or a separator begins. */
function sectionsOf(items: readonly MenuItem[]): readonly (readonly MenuItem[])[] {
  const sections: MenuItem[][] = [];
  for (const item of items) {
    const section = item === 'separator' || 'heading' in item ? undefined : sections.at(-1);
    if (section === undefined) sections.push([item]);
    else section.push(item);
  }
  return sections;
}

function MenuSection({ items }: { readonly items: readonly MenuItem[] }): ReactNode {
  const id = useId();
  const [first] = items;
  const isNamed = first !== undefined && first !== 'separator' && 'heading' in first;
  return (
    <DropdownMenu.Group {...(isNamed ? { 'aria-labelledby': id } : {})}>
      {items.map((item, index) =>
        item === 'separator' ? (
          <DropdownMenu.Separator key={index} className="menu-separator" />
        ) : 'heading' in item ? (
          <DropdownMenu.Label key={index} className="menu-label">
            <span id={id}>{item.heading}</span>
            {item.hint !== undefined && <span className="menu-hint">{item.hint}</span>}
          </DropdownMenu.Label>
        ) : (
          <DropdownMenu.Item
            key={index}
            className="menu-item"
            disabled={item.disabled === true}
            onSelect={item.onSelect}
          >
            {item.icon}
            {item.label}
          </DropdownMenu.Item>
        ),
      )}
    </DropdownMenu.Group>
  );
}

/** A button that opens a list of actions. `trigger` is a button. */
export function Menu({
  trigger,
  items,
}: {
  readonly trigger: ReactNode;
  readonly items: readonly MenuItem[];
}): ReactNode {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4} collisionPadding={8}>
          {sectionsOf(items).map((section, index) => (
            <MenuSection key={index} items={section} />
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

export function Popover({
  trigger,
  label,
  children,
}: {
  readonly trigger: ReactNode;
  readonly label: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <RadixPopover.Root>
      <RadixPopover.Trigger asChild>{trigger}</RadixPopover.Trigger>
      <RadixPopover.Portal>
        <RadixPopover.Content className="popover" aria-label={label} sideOffset={4} collisionPadding={8}>
          {children}
        </RadixPopover.Content>
      </RadixPopover.Portal>
    </RadixPopover.Root>
  );
}
