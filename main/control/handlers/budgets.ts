/** Answers about budgets, which the running instance keeps: what was spent, a raise, an end of failing closed. */
import { usdToPicoExact } from '../../../shared/domain/money.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { BudgetsNeed } from '../needs.ts';
import type { Handlers } from './handler.ts';

export function budgetHandlers(budgets: BudgetsNeed | undefined): Handlers {
  if (budgets === undefined) return {};
  return {
    'budgets.list': () => ({ budgets: budgets.list() }),
    'budgets.raise': async ({ id, subject, by_usd, note }) => {
      const amountPico = usdToPicoExact(by_usd);
      if (amountPico === undefined || amountPico === 0n)
        throw new GatewayError('control.invalid_input', `"${by_usd}" is no amount to raise a budget by.`);
      const entry = await budgets.raise({ id, subject, amountPico, note });
      if (entry === 'not_found') {
        const whose = subject === undefined ? '' : ` that counts "${subject}"`;
        throw new GatewayError(
          'control.not_found',
          `There is no budget "${id}"${whose}. \`sluice budgets\` shows the ids.`,
        );
      }
      if (entry === 'needs_subject') {
        throw new GatewayError(
          'control.invalid_input',
          `Of budget "${id}" each has a sum of his own: say whose is to be raised with --subject. \`sluice budgets\` shows them.`,
        );
      }
      if (entry === 'is_shared') {
        throw new GatewayError(
          'control.invalid_input',
          `Budget "${id}" is one sum for all it counts, and a raise is for all of them: leave --subject out.`,
        );
      }
      return { entry };
    },
    'budgets.accept': () => ({ accepted: budgets.accept() }),
  };
}
