/** The first step of joining a team: a link, a path, or a file; nothing is fetched before somebody asks for it. */
import { FileText, X } from 'lucide-react';
import { useRef, useState, type ReactNode } from 'react';
import type { CallError } from '../../../shared/contract/reply.ts';
import { useText } from '../../text/text.ts';
import { Button, Field, IconButton, Input } from '../../ui/controls.tsx';
import { addressOf, fileAddress, hostOf, maxFileSize } from './join-link.ts';
import { NeverCan } from './join-parts.tsx';
import { TeamProblem } from './team-problem.tsx';

export interface Asked {
  readonly url: string;
  /** Of a file that was chosen. */
  readonly text?: string;
}

interface ChosenFile {
  readonly name: string;
  readonly text: string;
}

export interface JoinFormProps {
  readonly link: string;
  readonly busy: boolean;
  readonly error: CallError | undefined;
  readonly onAsk: (asked: Asked) => void;
  readonly onCancel: () => void;
}

export function JoinForm({ link: initial, busy, error, onAsk, onCancel }: JoinFormProps): ReactNode {
  const { t, bytes } = useText();
  const [link, setLink] = useState(initial);
  const [file, setFile] = useState<ChosenFile>();
  const [problem, setProblem] = useState<string>();
  const host = hostOf(addressOf(link));
  const submit = (): void => {
    const address = addressOf(link);
    const isPath = address.startsWith('file:');
    const isEmpty = file === undefined && link.trim() === '';
    setProblem(isEmpty ? t('team.join.link.empty') : undefined);
    // A file is taken as it is; a link beside it says where its next versions are.
    if (file !== undefined)
      onAsk({ url: link.trim() === '' || isPath ? fileAddress(file.name) : address, text: file.text });
    else if (!isEmpty) onAsk({ url: address });
  };
  return (
    <form
      className="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Field
        label={t(file === undefined ? 'team.join.link' : 'team.join.path')}
        hint={t(file === undefined ? 'team.join.link.hint' : 'team.join.path.hint')}
        problem={problem}
      >
        {(ids) => (
          <Input
            {...ids}
            className="mono"
            inputMode="url"
            autoFocus
            placeholder="https://policy.acme.example/acme-core.sluice#sluice1=…"
            value={link}
            onChange={(event) => setLink(event.target.value)}
          />
        )}
      </Field>
      {host !== null && <p className="small muted wrap-anywhere">{t('team.join.asks', { host })}</p>}
      {file === undefined ? (
        <FileButton onFile={setFile} onProblem={setProblem} />
      ) : (
        <p className="team-inline">
          <FileText size={15} aria-hidden />
          <span className="wrap-anywhere">
            {file.name} · {bytes(file.text.length)}
          </span>
          <IconButton size="small" label={t('team.join.file.remove')} onClick={() => setFile(undefined)}>
            <X size={14} aria-hidden />
          </IconButton>
        </p>
      )}
      {error !== undefined && <TeamProblem error={error} />}
      <NeverCan />
      <div className="team-buttons">
        <Button onClick={onCancel}>{t('common.cancel')}</Button>
        <Button type="submit" variant="primary" busy={busy}>
          {t('team.join.look')}
        </Button>
      </div>
    </form>
  );
}

interface FileButtonProps {
  readonly onFile: (file: ChosenFile) => void;
  readonly onProblem: (problem: string | undefined) => void;
}

function FileButton({ onFile, onProblem }: FileButtonProps): ReactNode {
  const { t, bytes } = useText();
  const input = useRef<HTMLInputElement>(null);
  const take = async (given: File): Promise<void> => {
    const isTooLarge = given.size > maxFileSize;
    onProblem(isTooLarge ? t('team.join.file.large', { most: bytes(maxFileSize) }) : undefined);
    if (!isTooLarge) onFile({ name: given.name, text: await given.text() });
  };
  return (
    <div>
      <input
        ref={input}
        type="file"
        hidden
        accept=".sluice,application/json,.json"
        aria-label={t('team.join.file')}
        onChange={(event) => {
          const [given] = event.target.files ?? [];
          if (given !== undefined) void take(given);
          event.target.value = '';
        }}
      />
      <Button size="small" onClick={() => input.current?.click()}>
        <FileText size={14} aria-hidden />
        {t('team.join.file')}
      </Button>
    </div>
  );
}
