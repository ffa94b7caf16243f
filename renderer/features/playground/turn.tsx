/** One turn of the shared prompt: who says it, its text, and the pictures that go along. */
import { ImagePlus, Trash2, X } from 'lucide-react';
import { useRef, useState, type ClipboardEvent, type DragEvent, type ReactNode } from 'react';
import { toast } from 'sonner';
import { currentText, useText } from '../../text/text.ts';
import { IconButton, Select, TextArea } from '../../ui/controls.tsx';
import type { Picture, Turn } from './draft.ts';
import { pictureTypes, readPictures } from './pictures.ts';

export interface TurnEditorProps {
  readonly turn: Turn;
  readonly number: number;
  readonly onChange: (change: Partial<Turn>) => void;
  /** Missing of the only one. */
  readonly onRemove: (() => void) | undefined;
}

export function TurnEditor({ turn, number, onChange, onRemove }: TurnEditorProps): ReactNode {
  const { t } = useText();
  const [isOver, setIsOver] = useState(false);
  const file = useRef<HTMLInputElement>(null);
  const add = async (files: readonly File[]): Promise<void> => {
    const { pictures, refused } = await readPictures(files);
    for (const { name, why } of refused) toast.error(currentText().t(`playground.picture.${why}`, { name }));
    if (pictures.length > 0) onChange({ pictures: [...turn.pictures, ...pictures] });
  };
  const takeFiles = (event: ClipboardEvent | DragEvent, files: FileList): void => {
    if (files.length === 0) return;
    event.preventDefault();
    void add([...files]);
  };
  return (
    <div
      className={`playground-turn${isOver ? ' over' : ''}`}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        setIsOver(false);
        takeFiles(event, event.dataTransfer.files);
      }}
    >
      <div className="row between">
        <Select
          className="playground-role"
          aria-label={t('playground.turn.role', { number })}
          value={turn.role}
          choices={[
            { value: 'user', label: t('playground.role.user') },
            { value: 'assistant', label: t('playground.role.assistant') },
          ]}
          onChange={(role) => onChange({ role })}
        />
        <span className="row">
          <input
            ref={file}
            type="file"
            hidden
            multiple
            accept={pictureTypes.join(',')}
            aria-label={t('playground.picture.add')}
            onChange={(event) => {
              void add([...(event.target.files ?? [])]);
              event.target.value = '';
            }}
          />
          <IconButton label={t('playground.picture.add')} size="small" onClick={() => file.current?.click()}>
            <ImagePlus size={15} aria-hidden />
          </IconButton>
          {onRemove !== undefined && (
            <IconButton label={t('playground.turn.remove', { number })} size="small" onClick={onRemove}>
              <Trash2 size={15} aria-hidden />
            </IconButton>
          )}
        </span>
      </div>
      <TextArea
        aria-label={t('playground.turn.text', { number })}
        placeholder={t(turn.role === 'user' ? 'playground.turn.placeholder' : 'playground.turn.assistant')}
        value={turn.text}
        onChange={(event) => onChange({ text: event.target.value })}
        onPaste={(event) => takeFiles(event, event.clipboardData.files)}
      />
      <Pictures
        pictures={turn.pictures}
        onRemove={(id) => onChange({ pictures: turn.pictures.filter((one) => one.id !== id) })}
      />
    </div>
  );
}

function Pictures({
  pictures,
  onRemove,
}: {
  readonly pictures: readonly Picture[];
  readonly onRemove: (id: string) => void;
}): ReactNode {
  const { t } = useText();
  if (pictures.length === 0) return null;
  return (
    <ul className="playground-pictures" aria-label={t('playground.picture.list')}>
      {pictures.map(({ id, name, url }) => (
        <li key={id}>
          <img src={url} alt={name} />
          <IconButton label={t('playground.picture.remove', { name })} size="small" onClick={() => onRemove(id)}>
            <X size={13} aria-hidden />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}
