/** Libraries and scripts: what to write so that a program comes here. docs/clients.md and the tests of clients drive them. */
import { variables, type ClientFacts } from './client-facts.ts';

const restart = 'Run the program again.';
const check = 'Its first request shows here, with the model that answered.';

const openAiSdk: ClientFacts = {
  id: 'openai-sdk',
  name: 'OpenAI SDK',
  support: 'full',
  reason: null,
  traces: {},
  settings: [
    ...variables({ set: { OPENAI_BASE_URL: '{{v1}}', OPENAI_API_KEY: '{{key}}' } }),
    { title: '.env', place: '.env', format: 'env', text: 'OPENAI_BASE_URL={{v1}}\nOPENAI_API_KEY={{key}}' },
    {
      title: 'JavaScript',
      place: 'npm install openai',
      format: 'javascript',
      text: `import OpenAI from 'openai';

const openai = new OpenAI({ baseURL: '{{v1}}', apiKey: '{{key}}' });
const completion = await openai.chat.completions.create({
  model: '{{model}}',
  messages: [{ role: 'user', content: 'hello' }],
});
console.log(completion.choices[0].message.content);`,
    },
    {
      title: 'Python',
      place: 'pip install openai',
      format: 'python',
      text: `from openai import OpenAI

client = OpenAI(base_url="{{v1}}", api_key="{{key}}")
completion = client.chat.completions.create(
    model="{{model}}",
    messages=[{"role": "user", "content": "hello"}],
)
print(completion.choices[0].message.content)`,
    },
  ],
  restart,
  check,
};

const anthropicSdk: ClientFacts = {
  id: 'anthropic-sdk',
  name: 'Anthropic SDK',
  support: 'full',
  reason: null,
  traces: {},
  settings: [
    ...variables({ set: { ANTHROPIC_BASE_URL: '{{root}}', ANTHROPIC_API_KEY: '{{key}}' } }),
    { title: '.env', place: '.env', format: 'env', text: 'ANTHROPIC_BASE_URL={{root}}\nANTHROPIC_API_KEY={{key}}' },
    {
      title: 'JavaScript',
      place: 'npm install @anthropic-ai/sdk',
      format: 'javascript',
      text: `import Anthropic from '@anthropic-ai/sdk';

const anthropic = new Anthropic({ baseURL: '{{root}}', apiKey: '{{key}}' });
const message = await anthropic.messages.create({
  model: '{{model}}',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'hello' }],
});
console.log(message.content[0].text);`,
    },
    {
      title: 'Python',
      place: 'pip install anthropic',
      format: 'python',
      text: `from anthropic import Anthropic

client = Anthropic(base_url="{{root}}", api_key="{{key}}")
message = client.messages.create(
    model="{{model}}",
    max_tokens=100,
    messages=[{"role": "user", "content": "hello"}],
)
print(message.content[0].text)`,
    },
  ],
  restart,
  check,
};

const genAiSdk: ClientFacts = {
  id: 'genai-sdk',
  name: 'Google GenAI SDK',
  support: 'full',
  reason: null,
  traces: {},
  settings: [
    ...variables({ set: { GOOGLE_GEMINI_BASE_URL: '{{root}}', GEMINI_API_KEY: '{{key}}' }, unset: ['GOOGLE_API_KEY'] }),
    {
      title: 'JavaScript',
      place: 'npm install @google/genai',
      format: 'javascript',
      text: `import { GoogleGenAI } from '@google/genai';

const gemini = new GoogleGenAI({ apiKey: '{{key}}', httpOptions: { baseUrl: '{{root}}' } });
const answer = await gemini.models.generateContent({ model: '{{model}}', contents: 'hello' });
console.log(answer.text);`,
    },
    {
      title: 'Python',
      place: 'pip install google-genai',
      format: 'python',
      text: `from google import genai
from google.genai import types

client = genai.Client(api_key="{{key}}", http_options=types.HttpOptions(base_url="{{root}}"))
answer = client.models.generate_content(model="{{model}}", contents="hello")
print(answer.text)`,
    },
  ],
  restart,
  check,
};

const aiSdk: ClientFacts = {
  id: 'ai-sdk',
  name: 'Vercel AI SDK',
  support: 'full',
  reason: null,
  traces: {},
  settings: [
    {
      title: 'JavaScript',
      place: 'npm install ai @ai-sdk/openai-compatible',
      format: 'javascript',
      text: `import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText } from 'ai';

const sluice = createOpenAICompatible({ name: 'sluice', baseURL: '{{v1}}', apiKey: '{{key}}' });
const { text } = await generateText({ model: sluice('{{model}}'), prompt: 'hello' });
console.log(text);`,
    },
  ],
  restart,
  check,
};

const curl: ClientFacts = {
  id: 'curl',
  name: 'curl and scripts',
  support: 'full',
  reason: null,
  traces: {},
  settings: [
    {
      title: 'OpenAI Chat Completions',
      place: 'the terminal',
      format: 'shell',
      text: `curl {{v1}}/chat/completions \\
  -H "Authorization: Bearer {{key}}" \\
  -H "Content-Type: application/json" \\
  -d '{"model": "{{model}}", "messages": [{"role": "user", "content": "hello"}]}'`,
    },
    {
      title: 'Anthropic Messages',
      place: 'the terminal',
      format: 'shell',
      text: `curl {{v1}}/messages \\
  -H "x-api-key: {{key}}" \\
  -H "anthropic-version: 2023-06-01" \\
  -H "Content-Type: application/json" \\
  -d '{"model": "{{model}}", "max_tokens": 100, "messages": [{"role": "user", "content": "hello"}]}'`,
    },
  ],
  restart: 'Nothing to do.',
  check: 'The header x-sluice-request-id of the answer (`curl -i`) names the request shown here.',
};

export const libraryClients: readonly ClientFacts[] = [openAiSdk, anthropicSdk, genAiSdk, aiSdk, curl];
