/** Three prompts to begin with: a plain one, one with variables, one whose answer is JSON. */
import type { MessageKey, Text } from '../../text/text.ts';
import { newTurn, type Draft } from './draft.ts';

export const examples = ['explain', 'translate', 'extract'] as const;
export type Example = (typeof examples)[number];

const person = {
  type: 'object',
  properties: { name: { type: 'string' }, city: { type: 'string' }, age: { type: 'integer' } },
  required: ['name', 'city', 'age'],
  additionalProperties: false,
};

export function exampleTitle(example: Example): MessageKey {
  return `playground.example.${example}`;
}

export function exampleDraft(example: Example, { t }: Text): Draft {
  const plain: Draft = {
    system: '',
    turns: [newTurn('user', t(`playground.example.${example}.text`))],
    variables: {},
    tools: '',
    schema: '',
  };
  if (example === 'translate')
    return {
      ...plain,
      system: t('playground.example.translate.system'),
      variables: {
        language: t('playground.example.translate.language'),
        text: t('playground.example.translate.value'),
      },
    };
  return example === 'extract' ? { ...plain, schema: JSON.stringify(person, null, 2) } : plain;
}
