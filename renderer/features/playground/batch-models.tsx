/** The models that a batch asks: those of the columns, chosen here as there. */
import { Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useLive } from '../../state/live.ts';
import { useModelSources } from '../../state/model-sources.ts';
import { useText } from '../../text/text.ts';
import { Button, IconButton } from '../../ui/controls.tsx';
import { ModelPicker } from '../../ui/model-picker.tsx';
import { maxColumns, newColumn } from './draft.ts';
import { suggestedModel } from './models.ts';
import { ParametersButton } from './parameters.tsx';
import { SideButton } from './side-button.tsx';
import { changeColumn, usePlayground } from './store.ts';

export function BatchModels(): ReactNode {
  const { t } = useText();
  const columns = usePlayground((state) => state.columns);
  const snapshot = useLive((state) => state.snapshot);
  const sources = useModelSources();
  return (
    <div className="playground-batch-models" role="group" aria-label={t('playground.batch.models')}>
      {columns.map(({ id, model, parameters }, index) => (
        <div key={id} className="row">
          <ModelPicker
            className="playground-model"
            sources={sources}
            shown={model === '' ? t('playground.model.none') : model}
            label={t('playground.column.model', { number: index + 1 })}
            onChoose={(next) => changeColumn(id, () => ({ model: next }))}
          />
          <ParametersButton
            label={t('playground.column.parameters', { number: index + 1 })}
            parameters={parameters}
            onChange={(next) => changeColumn(id, () => ({ parameters: next }))}
          />
          {columns.length > 1 && (
            <IconButton
              label={t('playground.batch.model.remove', { model })}
              onClick={() => usePlayground.setState({ columns: columns.filter((one) => one.id !== id) })}
            >
              <X size={14} aria-hidden />
            </IconButton>
          )}
        </div>
      ))}
      <div className="row">
        <SideButton />
        <Button
          size="small"
          disabled={columns.length >= maxColumns || snapshot === undefined}
          onClick={() => {
            if (snapshot === undefined) return;
            const model = suggestedModel(
              snapshot,
              columns.map((column) => column.model),
            );
            usePlayground.setState({ columns: [...columns, newColumn(model)] });
          }}
        >
          <Plus size={14} aria-hidden />
          {t('playground.column.add')}
        </Button>
      </div>
    </div>
  );
}
