/** Asks for the model that a request is sent to once more. */
import { useState, type ReactNode } from 'react';
import { useModelSources } from '../../state/model-sources.ts';
import { useText } from '../../text/text.ts';
import { Button } from '../../ui/controls.tsx';
import { ModelPicker } from '../../ui/model-picker.tsx';
import { Dialog } from '../../ui/overlay.tsx';

export function ModelDialog({
  onClose,
  onChoose,
}: {
  readonly onClose: () => void;
  readonly onChoose: (model: string) => void;
}): ReactNode {
  const { t } = useText();
  const sources = useModelSources();
  const [model, setModel] = useState<string>();
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('traffic.replay.on')}
      description={t('traffic.replay.cost')}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button
            variant="primary"
            disabled={model === undefined}
            onClick={() => {
              if (model !== undefined) onChoose(model);
              onClose();
            }}
          >
            {t('traffic.replay')}
          </Button>
        </>
      }
    >
      <ModelPicker
        sources={sources}
        shown={model ?? t('traffic.replay.choose')}
        label={t('traffic.filter.model')}
        onChoose={setModel}
      />
    </Dialog>
  );
}
