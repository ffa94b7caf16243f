/** Why a prompt cannot be sent, and what was not taken over, in words. */
import type { Text } from '../../text/text.ts';
import type { BodyProblem, JsonProblem } from './body.ts';
import type { Loss } from './convert.ts';
import type { TableProblem } from './csv.ts';
import type { FileProblem } from './library-file.ts';

export function problemText(text: Text, problem: BodyProblem): string {
  const { t } = text;
  switch (problem.what) {
    case 'empty':
      return t('playground.problem.empty');
    case 'model':
      return t('playground.problem.model');
    case 'variable':
      return t('playground.problem.variable', { name: problem.detail });
    case 'parameter':
      return t('playground.problem.parameter', { name: problem.detail });
    case 'tools':
      return t('playground.problem.tools', { detail: jsonProblemText(text, problem.json) });
    case 'schema':
      return t('playground.problem.schema', { detail: jsonProblemText(text, problem.json) });
  }
}

export function lossText({ t }: Text, loss: Loss): string {
  if (loss.what === 'fields') return t('playground.loss.fields', { names: loss.names });
  return t(`playground.loss.${loss.what}`, { count: loss.count });
}

export function tableProblemText({ t }: Text, problem: TableProblem): string {
  switch (problem.what) {
    case 'too_many':
      return t('playground.table.too_many', { count: problem.count });
    case 'json':
    case 'cells':
      return t(`playground.table.${problem.what}`, { line: problem.line });
    case 'quote':
      return t('playground.table.quote', { line: problem.line ?? 1 });
    case 'empty':
    case 'no_rows':
    case 'header':
      return t(`playground.table.${problem.what}`);
  }
}

export function jsonProblemText({ t }: Text, problem: JsonProblem): string {
  if (problem.what === 'json') return t('playground.json.json', { detail: problem.detail });
  if (problem.what === 'tool') return t('playground.json.tool', { number: problem.index + 1 });
  return t(`playground.json.${problem.what}`);
}

export function fileProblemText({ t }: Text, { where, needs, least, most }: FileProblem): string {
  const needed = t(`playground.file.${needs}`, { least: least ?? 0, most: most ?? 0 });
  return t('playground.file.problem', { where, needed });
}
