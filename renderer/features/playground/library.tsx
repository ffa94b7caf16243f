/** The library of prompts: found by words and labels, opened, renamed, taken away and brought back. */
import { Download, Ellipsis, History, Upload } from 'lucide-react';
import { useRef, useState, type ReactNode } from 'react';
import { toast } from 'sonner';
import type { PromptEntry } from '../../../shared/contract/playground.ts';
import { useAction, useCall } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Badge, Button, Chip, IconButton, SearchInput } from '../../ui/controls.tsx';
import { Confirm, Dialog, Menu } from '../../ui/overlay.tsx';
import { EmptyState, Loaded } from '../../ui/states.tsx';
import { download } from './download.ts';
import { exportText, readExport } from './library-file.ts';
import { openPrompt } from './open-prompt.ts';
import { fileProblemText } from './problem.ts';
import { RenameDialog } from './rename-dialog.tsx';
import { TeamPrompts, useTeamTemplates } from './team-prompts.tsx';
import { VersionsView } from './versions.tsx';

const mostFileBytes = 64 * 1024 * 1024;

export function LibrarySheet({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { t } = useText();
  const list = useCall('prompts.list', {});
  const [shown, setShown] = useState<string>();
  const entry = list.data?.prompts.find(({ id }) => id === shown);
  return (
    <Dialog
      open
      onClose={onClose}
      shape="sheet"
      title={t('playground.library')}
      description={t('playground.library.text')}
    >
      {entry === undefined ? (
        <Loaded query={list}>
          {({ prompts }) => <PromptList prompts={prompts} onClose={onClose} onVersions={setShown} />}
        </Loaded>
      ) : (
        <VersionsView entry={entry} onBack={() => setShown(undefined)} onClose={onClose} />
      )}
    </Dialog>
  );
}

interface PromptListProps {
  readonly prompts: readonly PromptEntry[];
  readonly onClose: () => void;
  readonly onVersions: (id: string) => void;
}

function PromptList({ prompts, onClose, onVersions }: PromptListProps): ReactNode {
  const { t } = useText();
  const [search, setSearch] = useState('');
  const [label, setLabel] = useState<string>();
  const [dialog, setDialog] = useState<{ readonly what: 'rename' | 'delete'; readonly entry: PromptEntry }>();
  const labels = [...new Set(prompts.flatMap((prompt) => prompt.labels))].toSorted((a, b) => a.localeCompare(b));
  const sought = search.trim().toLowerCase();
  const found = prompts.filter((prompt) => fits(prompt, sought, label));
  const templates = useTeamTemplates();
  return (
    <>
      <FileActions prompts={prompts} />
      {prompts.length + templates.length === 0 ? (
        <EmptyState title={t('playground.library.none')}>{t('playground.library.none.text')}</EmptyState>
      ) : (
        <>
          <SearchInput
            label={t('playground.library.search')}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
          {labels.length > 0 && (
            <div className="row wrap" role="group" aria-label={t('playground.save.labels')}>
              {labels.map((one) => (
                <Chip key={one} pressed={one === label} onClick={() => setLabel(one === label ? undefined : one)}>
                  {one}
                </Chip>
              ))}
            </div>
          )}
          {label === undefined && <TeamPrompts templates={templates} search={sought} onClose={onClose} />}
          <ul className="playground-library">
            {found.map((entry) => (
              <PromptRow
                key={entry.id}
                entry={entry}
                onOpen={() => {
                  openPrompt(entry);
                  onClose();
                }}
                onVersions={() => onVersions(entry.id)}
                onAsk={(what) => setDialog({ what, entry })}
              />
            ))}
          </ul>
          {found.length === 0 && prompts.length > 0 && <p className="muted">{t('playground.library.nothing')}</p>}
          {prompts.length === 0 && <p className="muted">{t('locked.rows.none')}</p>}
        </>
      )}
      {dialog?.what === 'rename' && <RenameDialog entry={dialog.entry} onClose={() => setDialog(undefined)} />}
      {dialog?.what === 'delete' && <DeletePrompt entry={dialog.entry} onClose={() => setDialog(undefined)} />}
    </>
  );
}

function fits({ name, labels, versions }: PromptEntry, search: string, label: string | undefined): boolean {
  if (label !== undefined && !labels.includes(label)) return false;
  const content = versions.at(-1)?.content;
  const text = [name, ...labels, content?.system, ...(content?.messages.map((message) => message.text) ?? [])].join(
    '\n',
  );
  return text.toLowerCase().includes(search);
}

function PromptRow({
  entry,
  onOpen,
  onVersions,
  onAsk,
}: {
  readonly entry: PromptEntry;
  readonly onOpen: () => void;
  readonly onVersions: () => void;
  readonly onAsk: (what: 'rename' | 'delete') => void;
}): ReactNode {
  const { t, dateTime } = useText();
  const last = entry.versions.at(-1);
  const preview = last?.content.messages[0]?.text ?? '';
  return (
    <li>
      <button type="button" className="playground-entry" onClick={onOpen}>
        <strong className="ellipsis">{entry.name}</strong>
        <span className="muted small ellipsis">{preview === '' ? (last?.content.system ?? '') : preview}</span>
        <span className="row wrap small muted">
          {entry.labels.map((label) => (
            <Badge key={label}>{label}</Badge>
          ))}
          <span>{t('playground.versions.count', { count: entry.versions.length })}</span>
          {last !== undefined && <span>{dateTime(last.at)}</span>}
        </span>
      </button>
      <IconButton label={t('playground.versions.of', { name: entry.name })} onClick={onVersions}>
        <History size={15} aria-hidden />
      </IconButton>
      <Menu
        trigger={
          <IconButton label={t('playground.library.more', { name: entry.name })}>
            <Ellipsis size={15} aria-hidden />
          </IconButton>
        }
        items={[
          { label: t('playground.rename'), onSelect: () => onAsk('rename') },
          {
            label: t('playground.export'),
            onSelect: () => download(`${entry.name}.json`, 'application/json', exportText([entry])),
          },
          'separator',
          { label: t('common.delete'), onSelect: () => onAsk('delete') },
        ]}
      />
    </li>
  );
}

function DeletePrompt({ entry, onClose }: { readonly entry: PromptEntry; readonly onClose: () => void }): ReactNode {
  const { t } = useText();
  const remove = useAction('prompts.remove', ['prompts.list']);
  return (
    <Confirm
      open
      onClose={onClose}
      title={t('playground.delete.title', { name: entry.name })}
      text={
        <>
          <p>{t('playground.delete.text', { count: entry.versions.length })}</p>
          {remove.error !== null && <p className="playground-problem">{remove.error.message}</p>}
        </>
      }
      action={t('playground.delete')}
      danger
      busy={remove.isPending}
      onConfirm={() => remove.mutate({ id: entry.id }, { onSuccess: onClose })}
    />
  );
}

function FileActions({ prompts }: { readonly prompts: readonly PromptEntry[] }): ReactNode {
  const text = useText();
  const { t } = text;
  const file = useRef<HTMLInputElement>(null);
  const add = useAction('prompts.import', ['prompts.list']);
  const [problem, setProblem] = useState<string>();
  const take = async (given: File): Promise<void> => {
    setProblem(undefined);
    if (given.size > mostFileBytes) {
      setProblem(t('playground.file.large'));
      return;
    }
    const read = readExport(await given.text());
    if (read.problem !== undefined) {
      setProblem(fileProblemText(text, read.problem));
      return;
    }
    add.mutate(
      { prompts: [...read.prompts] },
      {
        onSuccess: (done) => toast.success(t('playground.imported', { count: done.prompts.length })),
        onError: (error) => setProblem(error.message),
      },
    );
  };
  return (
    <div className="stack tight">
      <div className="row wrap">
        <input
          ref={file}
          type="file"
          hidden
          accept="application/json,.json"
          aria-label={t('playground.import')}
          onChange={(event) => {
            const [given] = event.target.files ?? [];
            if (given !== undefined) void take(given);
            event.target.value = '';
          }}
        />
        <Button size="small" busy={add.isPending} onClick={() => file.current?.click()}>
          <Upload size={14} aria-hidden />
          {t('playground.import')}
        </Button>
        <Button
          size="small"
          disabled={prompts.length === 0}
          onClick={() => download('sluice-prompts.json', 'application/json', exportText(prompts))}
        >
          <Download size={14} aria-hidden />
          {t('playground.export.all')}
        </Button>
      </div>
      {problem !== undefined && (
        <p className="playground-problem wrap-anywhere" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
