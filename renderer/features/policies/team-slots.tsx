/** Keys that a bundle names and people fill in: they go to the address they are entered for, and never to the publisher. */
import { KeyRound } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { toast } from 'sonner';
import type { BundleCard } from '../../../shared/contract/bundles.ts';
import { useAction } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Badge, Button, Field, Input } from '../../ui/controls.tsx';
import { printable } from '../../ui/copy.tsx';
import { Dialog } from '../../ui/overlay.tsx';
import { OutsideLink, Said } from './team-said.tsx';

type Slot = BundleCard['slots'][number];

export function TeamSlots({ card }: { readonly card: BundleCard }): ReactNode {
  const { t } = useText();
  const [entering, setEntering] = useState<Slot>();
  if (card.slots.length === 0 || card.id === null) return null;
  return (
    <section className="team-box">
      <h3>{t('team.slots')}</h3>
      <ul className="team-slots">
        {card.slots.map((slot) => (
          <li key={slot.id}>
            <div className="grow">
              <div className="row wrap">
                <strong>
                  <Said text={slot.label} />
                </strong>
                {slot.filled ? (
                  <Badge tone="ok">{t('team.slot.filled')}</Badge>
                ) : (
                  <Badge tone={slot.required ? 'warning' : 'plain'}>
                    {t(slot.required ? 'team.slot.missing' : 'team.slot.empty')}
                  </Badge>
                )}
              </div>
              <p className="small muted row wrap">
                {slot.provider !== null && <Said text={t('team.slot.provider', { provider: slot.provider })} />}
                {slot.how !== null && <OutsideLink url={slot.how}>{t('team.slot.how')}</OutsideLink>}
              </p>
            </div>
            <Button
              size="small"
              aria-label={t(slot.filled ? 'team.slot.replace.name' : 'team.slot.fill.name', { name: slot.label })}
              onClick={() => setEntering(slot)}
            >
              <KeyRound size={14} aria-hidden />
              {t(slot.filled ? 'team.slot.replace' : 'team.slot.fill')}
            </Button>
          </li>
        ))}
      </ul>
      {entering !== undefined && <FillSlot bundle={card.id} slot={entering} onClose={() => setEntering(undefined)} />}
    </section>
  );
}

interface FillSlotProps {
  readonly bundle: string;
  readonly slot: Slot;
  readonly onClose: () => void;
}

function FillSlot({ bundle, slot, onClose }: FillSlotProps): ReactNode {
  const { t } = useText();
  const [value, setValue] = useState('');
  const [isEmpty, setEmpty] = useState(false);
  const set = useAction('secrets.set', ['bundles.list', 'secrets.list', 'providers.list']);
  const label = printable(slot.label);
  const submit = (): void => {
    const key = value.trim();
    setEmpty(key === '');
    if (key === '') return;
    const onSuccess = (): void => {
      toast.success(t('team.slot.done', { name: label }));
      onClose();
    };
    set.mutate({ id: `${bundle}.${slot.id}`, value: key }, { onSuccess });
  };
  return (
    <Dialog open form title={label} description={t('team.slot.text')} onClose={onClose}>
      <form
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field label={t('team.slot.key')} problem={isEmpty ? t('team.slot.key.empty') : set.error?.message}>
          {(ids) => (
            <Input
              {...ids}
              type="password"
              autoComplete="new-password"
              autoFocus
              value={value}
              onChange={(event) => setValue(event.target.value)}
            />
          )}
        </Field>
        <div className="team-buttons">
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" variant="primary" busy={set.isPending}>
            {t('team.slot.store')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
