/** All kinds of provider that can be added, searched by name; those of one's own machine apart. */
import { FileText, HardDrive, Plug } from 'lucide-react';
import { useId, useState, type ReactNode } from 'react';
import type { ProviderKindEntry } from '../../../shared/contract/providers.ts';
import { useText } from '../../text/text.ts';
import { SearchInput } from '../../ui/controls.tsx';

export interface KindGridProps {
  readonly kinds: readonly ProviderKindEntry[];
  readonly onChoose: (kind: ProviderKindEntry) => void;
}

export function KindGrid({ kinds, onChoose }: KindGridProps): ReactNode {
  const { t } = useText();
  const [text, setText] = useState('');
  const wanted = text.trim().toLowerCase();
  const shown = kinds.filter(({ kind, label }) => `${kind} ${label}`.toLowerCase().includes(wanted));
  const isOwn = ({ local, kind }: ProviderKindEntry): boolean => local || kind === 'openai-compatible';
  const isInFile = (kind: ProviderKindEntry): boolean => kind.file_only;
  const compatible = kinds.find(({ kind }) => kind === 'openai-compatible');
  return (
    <div className="stack">
      <SearchInput
        label={t('providers.add.search')}
        value={text}
        autoFocus
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          const [only, ...others] = shown;
          if (event.key !== 'Enter' || only === undefined || others.length > 0) return;
          event.preventDefault();
          onChoose(only);
        }}
      />
      <KindGroup
        title={t('providers.add.hosted')}
        kinds={shown.filter((kind) => !isOwn(kind) && !isInFile(kind))}
        onChoose={onChoose}
      />
      <KindGroup title={t('providers.add.own')} kinds={shown.filter(isOwn)} onChoose={onChoose} />
      <KindGroup title={t('providers.add.inFile')} kinds={shown.filter(isInFile)} onChoose={onChoose} />
      {shown.length === 0 && compatible !== undefined && (
        <>
          <p className="muted">{t('providers.add.none', { text })}</p>
          <KindGroup title={t('providers.add.own')} kinds={[compatible]} onChoose={onChoose} />
        </>
      )}
    </div>
  );
}

function KindGroup({ title, kinds, onChoose }: KindGridProps & { readonly title: string }): ReactNode {
  const id = useId();
  if (kinds.length === 0) return null;
  return (
    <section aria-labelledby={id} className="stack tight">
      <h3 id={id} className="small muted">
        {title}
      </h3>
      <ul className="provider-kinds">
        {kinds.map((kind) => (
          <li key={kind.kind}>
            <button type="button" className="button" onClick={() => onChoose(kind)}>
              <KindMark kind={kind} />
              <span className="ellipsis">{kind.label}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function KindMark({
  kind: { kind, local, file_only: inFile, label },
}: {
  readonly kind: ProviderKindEntry;
}): ReactNode {
  if (local) return <HardDrive size={15} aria-hidden />;
  if (kind === 'openai-compatible') return <Plug size={15} aria-hidden />;
  if (inFile) return <FileText size={15} aria-hidden />;
  return (
    <span className="provider-initial" aria-hidden>
      {label.slice(0, 1)}
    </span>
  );
}
