import { describe, expect, it } from 'vitest';
import { surfaceRows } from '../../../main/gateway/identify.ts';
import { operationOf, providerNameOf } from '../../../main/telemetry/semantic.ts';
import { parseTraceparent } from '../../../main/telemetry/spans.ts';

describe('traceparent', () => {
  const trace = '0af7651916cd43dd8448eb211c80319c';
  const span = 'b7ad6b7169203331';

  it.each([
    [`00-${trace}-${span}-01`, 1],
    [`00-${trace}-${span}-00`, 0],
    [`00-${trace}-${span}-ff`, 255],
    // A version to come may have more at its end.
    [`cc-${trace}-${span}-01-what-will-be`, 1],
  ])('%s is understood', (header, flags) => {
    expect(parseTraceparent(header)).toEqual({ traceId: trace, spanId: span, flags });
  });

  it.each([
    undefined,
    '',
    `00-${trace}-${span}`,
    `00-${trace}-${span}-01-more`,
    `00-${trace}-${span}-01, 00-${trace}-${span}-01`,
    `ff-${trace}-${span}-01`,
    `00-${trace.toUpperCase()}-${span}-01`,
    `00-${'0'.repeat(32)}-${span}-01`,
    `00-${trace}-${'0'.repeat(16)}-01`,
    `00-${trace}-${span}-0x`,
    ` 00-${trace}-${span}-01`,
  ])('%s counts as absent', (header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });
});

describe('the words of the conventions', () => {
  it('are there for every surface', () => {
    expect(surfaceRows.map(({ id }) => id).filter((id) => operationOf[id] === undefined)).toEqual([]);
  });

  it('stand for the kinds of providers they name, and the others keep their own', () => {
    const kinds = ['openai', 'anthropic', 'gemini', 'azure-openai', 'bedrock', 'vertex', 'xai', 'ollama'] as const;
    expect(kinds.map(providerNameOf)).toEqual([
      ...['openai', 'anthropic', 'gcp.gemini', 'azure.ai.openai', 'aws.bedrock', 'gcp.vertex_ai', 'x_ai', 'ollama'],
    ]);
  });
});
