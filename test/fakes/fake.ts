// The door to the simulated providers: one function that starts any of them, and what a test needs beside it.

import { createAnthropic, type AnthropicOptions } from './anthropic.ts';
import { createBedrock, type BedrockOptions } from './bedrock.ts';
import { createCohere, type CohereOptions } from './cohere.ts';
import { serve, type Fake } from './core.ts';
import { createGemini, type GeminiOptions } from './gemini.ts';
import { createOpenai, type OpenaiOptions } from './openai.ts';

export type { Done, Fake, Plan, Recorded } from './core.ts';
export type { At, Fault, RateLimitForm, Step } from './faults.ts';
export type { PlannedTurn } from './script.ts';
export { EXAMPLE_CREDENTIALS } from './bedrock.ts';
export { answers, fault } from './faults.ts';
export { flavours, type OpenaiFlavour } from './openai.ts';
export { collect, decodeEventStream, parseSse, sseFrame, type Collected, type SseEvent } from './wire.ts';

export type FakeOptions = OpenaiOptions | AnthropicOptions | GeminiOptions | BedrockOptions | CohereOptions;

/** Starts a simulated provider on a free port of 127.0.0.1. Close it when the test is over. */
export function startFake(options: FakeOptions): Promise<Fake> {
  return serve(options, (context) => {
    switch (options.dialect) {
      case 'openai':
        return createOpenai(context, options);
      case 'anthropic':
        return createAnthropic(context, options);
      case 'gemini':
        return createGemini(context);
      case 'bedrock':
        return createBedrock(context, options);
      case 'cohere':
        return createCohere(context);
    }
  });
}
