/** The small form a request is made of, as far as routes look at it. */
import type { ReactNode } from 'react';
import { useLive } from '../../state/live.ts';
import { useModelSources } from '../../state/model-sources.ts';
import { useText } from '../../text/text.ts';
import { Checkbox, Field, Input, Select, TextArea } from '../../ui/controls.tsx';
import { ModelPicker } from '../../ui/model-picker.tsx';
import { wholeNumber } from './condition-fields.ts';
import { trySurfaces, type RequestForm } from './request-form.ts';

export interface TryFormProps {
  readonly form: RequestForm;
  readonly onChange: (form: RequestForm) => void;
}

export function TryForm({ form, onChange }: TryFormProps): ReactNode {
  const { t } = useText();
  const sources = useModelSources();
  const flag = (name: 'tools' | 'image' | 'schema' | 'stream'): ReactNode => (
    <Checkbox
      label={t(`routes.try.${name}`)}
      checked={form[name]}
      onChange={({ target }) => onChange({ ...form, [name]: target.checked })}
    />
  );
  return (
    <>
      <div className="routes-columns">
        <Field label={t('routes.try.model')} hint={t('routes.try.model.hint')}>
          {(ids) => (
            <div className="row">
              <Input
                {...ids}
                className="mono"
                value={form.model}
                onChange={({ target }) => onChange({ ...form, model: target.value })}
              />
              <ModelPicker
                sources={sources}
                shown={t('routes.try.choose')}
                label={t('routes.try.model')}
                onChoose={(model) => onChange({ ...form, model })}
              />
            </div>
          )}
        </Field>
        <Field label={t('routes.try.surface')}>
          {(ids) => (
            <Select
              {...ids}
              value={form.surface}
              choices={trySurfaces.map((value) => ({ value, label: t(`routes.surface.${value}`) }))}
              onChange={(surface) => onChange({ ...form, surface })}
            />
          )}
        </Field>
      </div>
      <Field label={t('routes.try.prompt')}>
        {(ids) => (
          <TextArea
            {...ids}
            rows={3}
            value={form.text}
            placeholder="Hello"
            onChange={({ target }) => onChange({ ...form, text: target.value })}
          />
        )}
      </Field>
      {form.surface !== 'embeddings' && (
        <div className="row wrap routes-flags">
          {flag('tools')}
          {flag('image')}
          {flag('schema')}
          {flag('stream')}
        </div>
      )}
      <WhoFields form={form} onChange={onChange} withTokens />
    </>
  );
}

export function WhoFields({
  form,
  onChange,
  withTokens = false,
}: TryFormProps & { readonly withTokens?: boolean }): ReactNode {
  const { t } = useText();
  const keys = useLive((state) => state.snapshot?.keys);
  return (
    <div className="routes-columns">
      {withTokens && (
        <Field label={t('routes.try.tokens')} hint={t('routes.try.tokens.hint')}>
          {(ids) => (
            <Input
              {...ids}
              inputMode="numeric"
              value={form.tokens}
              onChange={({ target }) => onChange({ ...form, tokens: String(wholeNumber(target.value) ?? '') })}
            />
          )}
        </Field>
      )}
      <Field label={t('routes.try.key')} hint={t('routes.try.key.hint')}>
        {(ids) => (
          <Select
            {...ids}
            value={form.key}
            choices={[
              { value: '', label: t('routes.try.key.none') },
              ...(keys ?? []).map(({ id }) => ({ value: id, label: id })),
            ]}
            onChange={(key) => onChange({ ...form, key })}
          />
        )}
      </Field>
      <Field label={t('routes.try.client')}>
        {(ids) => (
          <Input {...ids} value={form.client} onChange={({ target }) => onChange({ ...form, client: target.value })} />
        )}
      </Field>
    </div>
  );
}
