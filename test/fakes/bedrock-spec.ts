// The shape of Bedrock Converse requests. The service ignores members it does not know; this judge refuses them,
// because what is ignored is lost without a word. Public reference: Amazon Bedrock API reference, "Converse".

import { any, arr, bool, int, lazy, map, num, obj, oneOf, open, req, str, type Spec } from './shape.ts';

export const NAME = /^[a-zA-Z0-9_-]+$/;
const bytes = (): Spec => str({ pattern: /^[A-Za-z0-9+/]+={0,2}$/ });
const s3 = (): Spec => obj({ uri: req(str()), bucketOwner: str() });
const cachePoint = (): Spec => obj({ type: req(oneOf('default')), ttl: oneOf('5m', '1h') });

const image = (): Spec =>
  obj({ format: req(oneOf('png', 'jpeg', 'gif', 'webp')), source: req(obj({ bytes: bytes(), s3Location: s3() })) });
const document = (): Spec =>
  obj({
    format: oneOf('pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md'),
    name: req(str({ minLength: 1, maxLength: 200 })),
    source: req(obj({ bytes: bytes(), s3Location: s3(), text: str(), content: arr(obj({ text: str() })) })),
    context: str(),
    citations: obj({ enabled: req(bool()) }),
  });
const video = (): Spec => obj({ format: req(str()), source: req(obj({ bytes: bytes(), s3Location: s3() })) });
const toolUseId = (): Spec => req(str({ minLength: 1, maxLength: 64, pattern: /^[a-zA-Z0-9_.:-]+$/ }));

const block = (): Spec =>
  obj({
    text: str(),
    image: image(),
    document: document(),
    video: video(),
    audio: open(),
    toolUse: obj({
      toolUseId: toolUseId(),
      name: req(str({ minLength: 1, maxLength: 64, pattern: NAME })),
      input: req(any()),
      type: str(),
    }),
    toolResult: obj({
      toolUseId: toolUseId(),
      content: req(
        arr(
          obj({ json: any(), text: str(), image: image(), document: document(), video: video(), searchResult: open() }),
        ),
      ),
      status: oneOf('success', 'error'),
      type: str(),
    }),
    guardContent: open(),
    cachePoint: cachePoint(),
    reasoningContent: obj({ reasoningText: obj({ text: req(str()), signature: str() }), redactedContent: bytes() }),
    citationsContent: open(),
    searchResult: open(),
  });

/** The body of Converse and ConverseStream. */
export const converseBody = (): Spec =>
  obj({
    messages: req(arr(obj({ role: req(oneOf('user', 'assistant')), content: req(arr(lazy(block))) }))),
    system: arr(obj({ text: str({ minLength: 1 }), cachePoint: cachePoint(), guardContent: open() })),
    inferenceConfig: obj({
      maxTokens: int(1),
      temperature: num(0, 1),
      topP: num(0, 1),
      stopSequences: arr(str({ minLength: 1 }), { maxItems: 2500 }),
    }),
    toolConfig: obj({
      tools: req(
        arr(
          obj({
            toolSpec: obj({
              name: req(str({ minLength: 1, maxLength: 64, pattern: NAME })),
              description: str({ minLength: 1 }),
              inputSchema: req(obj({ json: req(open()) })),
              strict: bool(),
            }),
            cachePoint: cachePoint(),
            systemTool: obj({ name: req(str()) }),
          }),
          { minItems: 1 },
        ),
      ),
      toolChoice: obj({
        auto: obj({}),
        any: obj({}),
        tool: obj({ name: req(str({ minLength: 1, maxLength: 64, pattern: NAME })) }),
      }),
    }),
    additionalModelRequestFields: open(),
    additionalModelResponseFieldPaths: arr(str()),
    guardrailConfig: open(),
    promptVariables: open(),
    requestMetadata: map(str()),
    performanceConfig: obj({ latency: oneOf('standard', 'optimized') }),
    serviceTier: obj({ type: req(oneOf('priority', 'default', 'flex', 'reserved')) }),
    outputConfig: obj({
      textFormat: obj({
        type: req(oneOf('json_schema')),
        structure: req(obj({ jsonSchema: req(obj({ schema: req(str()), name: str(), description: str() })) })),
      }),
    }),
  });
