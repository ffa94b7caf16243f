/** A route in a sheet: everything it can say, what changes in the file, and what would be wrong with that. */
import { useRef, useState, type ReactNode } from 'react';
import type { ConfigEdit } from '../../../shared/contract/config.ts';
import { useConfigChange } from '../../state/config-edits.ts';
import { problemsUnder } from '../../state/config-tree.ts';
import { useSaid, useText } from '../../text/text.ts';
import { Button, Field, Input, Select } from '../../ui/controls.tsx';
import { Banner } from '../../ui/layout.tsx';
import { Dialog } from '../../ui/overlay.tsx';
import { ConditionEditor } from './condition-editor.tsx';
import { DiffView } from './diff-view.tsx';
import { freeName, objectiveWords, strategies, withField, type WrittenRoute } from './draft.ts';
import { FailurePart, MorePart, type PartProps } from './editor-parts.tsx';
import { editsBetween } from './minimal-edits.ts';
import { problemFinder } from './problem-finder.ts';
import { draftTarget, TargetsEditor, type DraftTarget } from './target-editor.tsx';
import { usePreview, type Preview } from './use-preview.ts';
import { placeForNew, type RouteRow } from './use-routes.ts';
import { yamlOf } from './yaml.ts';

export interface RouteEditorProps {
  /** `null`: a new one. */
  readonly row: RouteRow | null;
  readonly rows: readonly RouteRow[];
  readonly onClose: () => void;
}

export function RouteEditor({ row, rows, onClose }: RouteEditorProps): ReactNode {
  const { t } = useText();
  const routes = rows.map(({ route }) => route);
  const [draft, setDraft] = useState<WrittenRoute>(
    () =>
      row?.route ?? {
        alias: freeName(
          'smart',
          routes.map(({ alias }) => alias),
        ),
        targets: [],
      },
  );
  const [targets, setTargets] = useState<readonly DraftTarget[]>(() => (row?.route.targets ?? []).map(draftTarget));
  const isHeld = useRef(false);
  const { change, busy } = useConfigChange();
  const index = row?.index ?? placeForNew(routes);
  const whole = { ...draft, targets: targets.map(({ target }) => target) };
  const edits = editsFor(whole, row, index);
  const preview = usePreview(edits);
  const said = useSaid();
  const [refused, setRefused] = useState<string | undefined>();
  const save = async (): Promise<void> => {
    const told = t(row === null ? 'routes.told.added' : 'routes.told.changed', { alias: whole.alias });
    const outcome = await change(edits, { told, quiet: true });
    if (outcome.ok) onClose();
    else setRefused(outcome.error.message);
  };
  return (
    <Dialog
      open
      form
      shape="sheet"
      onClose={() => {
        if (!isHeld.current) onClose();
      }}
      title={row === null ? t('routes.new') : t('routes.edit', { alias: row.route.alias })}
      footer={
        <EditorFooter
          {...{ preview, busy, onClose }}
          canSave={edits.length > 0 && targets.length > 0}
          onSave={() => void save()}
        />
      }
    >
      <EditorForm
        route={whole}
        problemAt={problemFinder(problemsUnder([...preview.problems, ...preview.warnings], ['routes', index], said))}
        onChange={setDraft}
        targets={targets}
        onTargets={setTargets}
        onHold={(next) => {
          // The press that lets go is still on its way to the sheet, which it would close.
          if (next) isHeld.current = true;
          else setTimeout(() => (isHeld.current = false));
        }}
      />
      <PreviewPart preview={preview} refused={refused} />
    </Dialog>
  );
}

function editsFor(route: WrittenRoute, row: RouteRow | null, index: number): readonly ConfigEdit[] {
  if (row !== null) return editsBetween(['routes', index], row.route, route);
  if (route.targets.length === 0) return [];
  return [{ op: 'insert', path: ['routes', index], value: JSON.parse(JSON.stringify(route)) as unknown }];
}

interface EditorFormProps extends PartProps {
  readonly targets: readonly DraftTarget[];
  readonly onTargets: (targets: readonly DraftTarget[]) => void;
  readonly onHold: (isHeld: boolean) => void;
}

function EditorForm({ targets, onTargets, onHold, ...part }: EditorFormProps): ReactNode {
  const { t } = useText();
  const { route, onChange, problemAt } = part;
  const ownTargets = problemAt('targets!');
  return (
    <>
      <Field label={t('routes.editor.alias')} hint={t('routes.editor.alias.hint')} problem={problemAt('alias')}>
        {(ids) => (
          <Input
            {...ids}
            className="mono"
            value={route.alias}
            onChange={({ target }) => onChange({ ...route, alias: target.value })}
          />
        )}
      </Field>
      <section className="stack tight" aria-labelledby="routes-editor-targets">
        <h3 id="routes-editor-targets">{t('routes.editor.targets')}</h3>
        <TargetsEditor
          targets={targets}
          isWeighted={route.strategy === 'weighted'}
          problemAt={(path) => problemAt(`targets${path}`)}
          onChange={onTargets}
          onHold={onHold}
        />
        {ownTargets !== undefined && (
          <span className="routes-problem small" role="alert">
            {ownTargets}
          </span>
        )}
      </section>
      <StrategyPart {...part} />
      <section className="stack tight" aria-labelledby="routes-editor-when">
        <h3 id="routes-editor-when">{t('routes.editor.when')}</h3>
        <ConditionEditor
          value={route.when}
          problemAt={(path) => problemAt(path === '' ? 'when!' : `when.${path}`)}
          onChange={(when) => onChange(withField(route, 'when', when))}
        />
      </section>
      <FailurePart {...part} />
      <MorePart {...part} />
    </>
  );
}

function StrategyPart({ route, onChange, problemAt }: PartProps): ReactNode {
  const { t } = useText();
  const strategy = route.strategy ?? 'fallback';
  const { objective } = route;
  return (
    <>
      <Field
        label={t('routes.editor.strategy')}
        hint={t(`routes.strategy.${strategy}.hint`)}
        problem={problemAt('strategy')}
      >
        {(ids) => (
          <Select
            {...ids}
            value={strategy}
            choices={strategies.map((value) => ({ value, label: t(`routes.strategy.${value}`) }))}
            onChange={(value) => onChange(withField(route, 'strategy', value === 'fallback' ? undefined : value))}
          />
        )}
      </Field>
      {strategy === 'auto' && (
        <Field label={t('routes.editor.objective')} problem={problemAt('objective')}>
          {(ids) => (
            <>
              <Select
                {...ids}
                value={objective === undefined ? 'balanced' : typeof objective === 'string' ? objective : 'own'}
                choices={[
                  ...objectiveWords.map((value) => ({
                    value: value,
                    label: t(`routes.objective.${value}`),
                  })),
                  ...(typeof objective === 'object'
                    ? [{ value: 'own' as const, label: t('routes.objective.own') }]
                    : []),
                ]}
                onChange={(value) => {
                  if (value !== 'own')
                    onChange(withField(route, 'objective', value === 'balanced' ? undefined : value));
                }}
              />
              {typeof objective === 'object' && (
                <code className="small">{yamlOf(objective).replaceAll('\n', ' · ')}</code>
              )}
            </>
          )}
        </Field>
      )}
    </>
  );
}

function PreviewPart({
  preview,
  refused,
}: {
  readonly preview: Preview;
  readonly refused: string | undefined;
}): ReactNode {
  const { t } = useText();
  const error = refused ?? preview.error?.message;
  return (
    <section className="stack tight" aria-labelledby="routes-editor-preview">
      <h3 id="routes-editor-preview">{t('routes.preview.title')}</h3>
      {error !== undefined && <Banner tone="error">{error}</Banner>}
      {preview.diff === '' ? (
        <p className="muted small">
          {preview.problems.length > 0 || error !== undefined ? t('routes.preview.refused') : t('routes.preview.none')}
        </p>
      ) : (
        <DiffView diff={preview.diff} label={t('routes.preview.lines')} />
      )}
    </section>
  );
}

function EditorFooter({
  preview,
  busy,
  canSave,
  onClose,
  onSave,
}: {
  readonly preview: Preview;
  readonly busy: boolean;
  readonly canSave: boolean;
  readonly onClose: () => void;
  readonly onSave: () => void;
}): ReactNode {
  const { t } = useText();
  const isWrong = preview.problems.length > 0 || preview.error !== undefined;
  return (
    <>
      {preview.problems.length > 0 && (
        <span className="routes-problem small routes-footer-problem">
          {t('routes.preview.problems', { count: preview.problems.length })}
        </span>
      )}
      <Button onClick={onClose}>{t('common.cancel')}</Button>
      <Button variant="primary" busy={busy} disabled={!canSave || isWrong} onClick={onSave}>
        {t('common.save')}
      </Button>
    </>
  );
}
