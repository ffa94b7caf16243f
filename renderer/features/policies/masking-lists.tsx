/** Words, patterns and exceptions of one's own. */
import { Plus, Trash2 } from 'lucide-react';
import { useState, type SubmitEvent, type ReactNode } from 'react';
import { useLive } from '../../state/live.ts';
import { useText } from '../../text/text.ts';
import { Button, Checkbox, Field, IconButton, Input } from '../../ui/controls.tsx';
import { Origin } from '../../ui/origin.tsx';
import { freshId } from './budget-draft.ts';
import { usePolicyConfig, useSaving } from './config-context.tsx';
import { ListSetting, type ListItem } from './list-setting.tsx';
import { TeamPatterns, TeamTerms } from './locked-rows.tsx';

export function OwnWords(): ReactNode {
  return (
    <div className="policy-columns">
      <Terms />
      <Patterns />
    </div>
  );
}

function Terms(): ReactNode {
  const { t } = useText();
  const { terms } = usePolicyConfig().part('masking');
  const [exact, setExact] = useState(false);
  const [inside, setInside] = useState(false);
  const items = terms.map((one): ListItem => {
    if (typeof one === 'string') return { text: one };
    const notes = [
      ...(one.case_sensitive ? [t('policies.terms.exact')] : []),
      ...(one.whole_word ? [] : [t('policies.terms.inside')]),
    ];
    return { text: one.term, notes };
  });
  return (
    <ListSetting
      path={['masking', 'terms']}
      label={t('policies.terms')}
      hint={t('policies.terms.hint')}
      placeholder={t('policies.terms.placeholder')}
      before={<TeamTerms />}
      items={items}
      valueOf={(term) =>
        exact || inside
          ? { term, ...(exact ? { case_sensitive: true } : {}), ...(inside ? { whole_word: false } : {}) }
          : term
      }
      options={
        <span className="row wrap">
          <Checkbox
            label={t('policies.terms.exact')}
            checked={exact}
            onChange={(event) => setExact(event.target.checked)}
          />
          <Checkbox
            label={t('policies.terms.inside')}
            checked={inside}
            onChange={(event) => setInside(event.target.checked)}
          />
        </span>
      }
    />
  );
}

function Patterns(): ReactNode {
  const { t } = useText();
  const { part, origin, change, busy } = usePolicyConfig();
  const { patterns } = part('masking');
  const decided = origin(['masking', 'patterns']);
  return (
    <section className="policy-list" aria-labelledby="policy-patterns">
      <div className="row wrap">
        <h3 id="policy-patterns">{t('policies.patterns')}</h3>
        <Origin origin={decided} />
      </div>
      <p className="muted small">{t('policies.patterns.hint')}</p>
      <TeamPatterns />
      {patterns.length > 0 && (
        <ul className="policy-patterns">
          {patterns.map(({ id, pattern }, index) => (
            <li key={id}>
              <span className="policy-setting-name">{id}</span>
              <code className="grow wrap-anywhere">{pattern}</code>
              <IconButton
                size="small"
                label={t('policies.list.remove', { name: id })}
                disabled={decided?.locked === true}
                waiting={busy}
                onClick={() => void change([{ op: 'remove', path: ['masking', 'patterns', index] }])}
              >
                <Trash2 size={14} aria-hidden />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      {decided?.locked !== true && <NewPattern taken={patterns.map(({ id }) => id)} />}
    </section>
  );
}

function NewPattern({ taken }: { readonly taken: readonly string[] }): ReactNode {
  const { t } = useText();
  const [id, setId] = useState('');
  const [pattern, setPattern] = useState('');
  const path = ['masking', 'patterns', taken.length] as const;
  const saving = useSaving(path);
  const add = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const value = { id: id.trim() === '' ? freshId('pattern', taken) : id.trim(), pattern };
    if (!(await saving.save([{ op: 'insert', path: [...path], value }]))) return;
    setId('');
    setPattern('');
  };
  const rest = saving.rest(['id', 'pattern']);
  return (
    <form className="policy-pattern-add" onSubmit={(event) => void add(event)}>
      <Field label={t('policies.patterns.id')} problem={saving.problem('id')}>
        {(ids) => <Input {...ids} value={id} placeholder="ticket" onChange={(event) => setId(event.target.value)} />}
      </Field>
      <Field label={t('policies.patterns.pattern')} problem={saving.problem('pattern') ?? rest}>
        {(ids) => (
          <Input
            {...ids}
            className="mono"
            value={pattern}
            placeholder="TCK-[0-9]{4,}"
            onChange={(event) => {
              setPattern(event.target.value);
              saving.clear();
            }}
          />
        )}
      </Field>
      <Button type="submit" disabled={pattern === ''} busy={saving.busy}>
        <Plus size={14} aria-hidden />
        {t('common.add')}
      </Button>
    </form>
  );
}

const noProviders: readonly { readonly id: string }[] = [];
const noKeys: readonly { readonly metadata: Readonly<Record<string, string>> }[] = [];

export function Exceptions(): ReactNode {
  const { t } = useText();
  const { exclude, allow } = usePolicyConfig().part('masking');
  const providers = useLive((state) => state.snapshot?.providers ?? noProviders);
  const keys = useLive((state) => state.snapshot?.keys ?? noKeys);
  const clients = [...new Set(keys.flatMap(({ metadata }) => metadata['client'] ?? []))];
  const items = (names: readonly string[]): readonly ListItem[] => names.map((text) => ({ text }));
  return (
    <div className="policy-columns">
      <ListSetting
        path={['masking', 'exclude', 'providers']}
        label={t('policies.except.providers')}
        hint={t('policies.except.providers.hint')}
        placeholder="ollama*"
        items={items(exclude.providers)}
        suggestions={providers.map(({ id }) => id)}
      />
      <ListSetting
        path={['masking', 'exclude', 'clients']}
        label={t('policies.except.clients')}
        hint={t('policies.except.clients.hint')}
        placeholder={t('policies.except.clients.placeholder')}
        items={items(exclude.clients)}
        suggestions={clients}
      />
      <ListSetting
        path={['masking', 'allow']}
        label={t('policies.allow')}
        hint={t('policies.allow.hint')}
        placeholder="noreply@example.org"
        items={items(allow)}
      />
    </div>
  );
}

/** Files that only the config file may name. */
export function FileLists(): ReactNode {
  const { t } = useText();
  const { terms_files, env_files } = usePolicyConfig().part('masking');
  const files = [...terms_files, ...env_files];
  return (
    <p className="muted small wrap-anywhere">
      {files.length === 0 ? t('policies.files.none') : t('policies.files', { files: files.join(', ') })}
    </p>
  );
}
