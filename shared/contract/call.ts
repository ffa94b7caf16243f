/** How one call is written down: the shape of its input and of its value. */
import type { z } from 'zod';

export interface CallShape<Input extends z.ZodType, Output extends z.ZodType> {
  readonly input: Input;
  readonly output: Output;
}

export function call<Input extends z.ZodType, Output extends z.ZodType>(
  input: Input,
  output: Output,
): CallShape<Input, Output> {
  return { input, output };
}
