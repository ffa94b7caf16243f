/** Templates of team bundles in the library: used as they are, or copied to one's own. */
import { Copy } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { toast } from 'sonner';
import { useAction } from '../../bridge/hooks.ts';
import { useTeamValues } from '../../state/team.ts';
import { useText } from '../../text/text.ts';
import { IconButton } from '../../ui/controls.tsx';
import { printable } from '../../ui/copy.tsx';
import { TeamMark } from '../../ui/team-mark.tsx';
import { openContent } from './open-prompt.ts';
import { fitsSearch, templateOf, type TeamTemplate } from './team-templates.ts';

export function useTeamTemplates(): readonly TeamTemplate[] {
  return useTeamValues().below('/templates').map(templateOf);
}

interface TeamPromptsProps {
  readonly templates: readonly TeamTemplate[];
  /** In small letters; empty finds all. */
  readonly search: string;
  readonly onClose: () => void;
}

export function TeamPrompts({ templates, search, onClose }: TeamPromptsProps): ReactNode {
  const { t } = useText();
  const found = templates.filter((template) => fitsSearch(template, search));
  if (found.length === 0) return null;
  return (
    <section className="team-rows" aria-label={t('locked.template.title')}>
      <h3>{t('locked.template.title')}</h3>
      <ul className="playground-library">
        {found.map((template) => (
          <TemplateRow key={template.entry.pointer} template={template} onClose={onClose} />
        ))}
      </ul>
    </section>
  );
}

function TemplateRow({
  template: { entry, title, content },
  onClose,
}: {
  readonly template: TeamTemplate;
  readonly onClose: () => void;
}): ReactNode {
  const { t } = useText();
  const [problem, setProblem] = useState<string>();
  const save = useAction('prompts.save', ['prompts.list']);
  const name = printable(title);
  const copy = (): void =>
    save.mutate(
      { name: title, labels: [], note: t('locked.template.note', { bundle: entry.bundle }), content },
      {
        onSuccess: () => toast.success(t('locked.template.copied', { name })),
        onError: ({ error }) => setProblem(error.message),
      },
    );
  return (
    <li>
      <button
        type="button"
        className="playground-entry"
        title={t('locked.template.useOf', { name })}
        onClick={() => {
          openContent(content);
          onClose();
        }}
      >
        <strong className="ellipsis">{name}</strong>
        <span className="muted small ellipsis">{printable(content.messages[0]?.text ?? '')}</span>
        {problem !== undefined && (
          <span className="playground-problem small wrap-anywhere" role="alert">
            {problem}
          </span>
        )}
      </button>
      <TeamMark entry={entry} name={name} />
      <IconButton label={t('locked.template.copyOf', { name })} busy={save.isPending} onClick={copy}>
        {!save.isPending && <Copy size={15} aria-hidden />}
      </IconButton>
    </li>
  );
}
