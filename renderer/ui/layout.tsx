/** The parts pages are built of: header, cards, tabs, banners. */
import { clsx } from 'clsx';
import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import { Tabs as RadixTabs } from 'radix-ui';
import { useEffect, useId, useRef, type ReactNode } from 'react';

export interface PageProps {
  readonly title: string;
  /** One sentence on what is to be seen here. */
  readonly subtitle?: ReactNode;
  readonly actions?: ReactNode;
  /** `wide`: no largest width; `full`: as high as the window, and what is in it scrolls. */
  readonly size?: 'wide' | 'full';
  readonly children: ReactNode;
}

export function Page({ title, subtitle, actions, size, children }: PageProps): ReactNode {
  return (
    <div className={clsx('page', size)}>
      <header className="page-header">
        <div>
          <h1>{title}</h1>
          {subtitle !== undefined && <p>{subtitle}</p>}
        </div>
        {actions !== undefined && <div className="actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

export interface CardProps {
  readonly title?: ReactNode;
  readonly actions?: ReactNode;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

export function Card({ title, actions, className, children }: CardProps): ReactNode {
  const id = useId();
  return (
    <section className={clsx('card', className)} aria-labelledby={title === undefined ? undefined : id}>
      {title !== undefined && (
        <header>
          <h2 id={id}>{title}</h2>
          {actions}
        </header>
      )}
      {children}
    </section>
  );
}

export interface TabItem<Value extends string> {
  readonly value: Value;
  readonly label: ReactNode;
  readonly content: ReactNode;
}

export interface TabsProps<Value extends string> {
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly items: readonly TabItem<Value>[];
  readonly label: string;
  readonly className?: string | undefined;
}

/** Only the content of the tab that is open is drawn. */
export function Tabs<Value extends string>({ value, onChange, items, label, className }: TabsProps<Value>): ReactNode {
  const list = useRef<HTMLDivElement>(null);
  // Where not all fit side by side, the one that is open is in sight.
  useEffect(() => {
    list.current?.querySelector('[data-state="active"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [value]);
  return (
    <RadixTabs.Root className={className} value={value} onValueChange={(next) => onChange(next as Value)}>
      <RadixTabs.List ref={list} className="tab-list" aria-label={label}>
        {items.map((item) => (
          <RadixTabs.Trigger key={item.value} value={item.value}>
            {item.label}
          </RadixTabs.Trigger>
        ))}
      </RadixTabs.List>
      {items.map((item) => (
        <RadixTabs.Content key={item.value} value={item.value} className="tab-content">
          {item.value === value && item.content}
        </RadixTabs.Content>
      ))}
    </RadixTabs.Root>
  );
}

const bannerIcons = { ok: CircleCheck, warning: TriangleAlert, error: CircleAlert, info: Info } as const;

export function Banner({
  tone = 'info',
  children,
  actions,
}: {
  readonly tone?: keyof typeof bannerIcons;
  readonly children: ReactNode;
  readonly actions?: ReactNode;
}): ReactNode {
  const Icon = bannerIcons[tone];
  return (
    <div className={clsx('banner', tone)} role={tone === 'error' ? 'alert' : 'status'}>
      <Icon size={18} aria-hidden />
      <div className="grow">{children}</div>
      {actions}
    </div>
  );
}

/** Names and values below each other. */
export function Facts({
  facts,
}: {
  readonly facts: readonly (readonly [name: ReactNode, value: ReactNode])[];
}): ReactNode {
  return (
    <dl className="facts">
      {facts.map(([name, value], index) => (
        // The list is drawn anew as a whole.
        <FactRow key={index} name={name} value={value} />
      ))}
    </dl>
  );
}

function FactRow({ name, value }: { readonly name: ReactNode; readonly value: ReactNode }): ReactNode {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
