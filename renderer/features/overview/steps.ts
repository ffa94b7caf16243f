/** The first steps: what there is to do until everything works, and what of it is done (UX-17). */

export const stepNames = ['provider', 'client', 'request', 'budget', 'masking'] as const;
export type StepName = (typeof stepNames)[number];

export interface Step {
  readonly name: StepName;
  readonly done: boolean;
  readonly href: string;
}

export type StepFacts = Readonly<Record<StepName, boolean>>;

const hrefs: Readonly<Record<StepName, string>> = {
  provider: '/models?tab=providers',
  client: '/clients',
  request: '/playground',
  budget: '/policies?tab=budgets',
  masking: '/policies?tab=masking',
};

export function stepsOf(facts: StepFacts): readonly Step[] {
  return stepNames.map((name) => ({ name, done: facts[name], href: hrefs[name] }));
}

export const isComplete = (steps: readonly Step[]): boolean => steps.every(({ done }) => done);
