// npm's client `openai` against a server: node openai_client.mjs FOLDER_OF_THE_PACKAGE PORT
import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';

const [folder, port] = process.argv.slice(2);
const { default: OpenAI, APIError, BadRequestError, NotFoundError } = await import(pathToFileURL(`${folder}/index.mjs`).href);
const client = new OpenAI({ apiKey: 'none', baseURL: `http://127.0.0.1:${port}/v1`, maxRetries: 0, timeout: 120000 });

const tools = [{
  type: 'function',
  function: {
    name: 'set_light', description: 'Switches a light',
    parameters: {
      type: 'object', properties: { room: { enum: ['kitchen', 'bath'] }, on: { type: 'boolean' } },
      required: ['room', 'on'], additionalProperties: false,
    },
  },
}];
const messages = [{ role: 'user', content: 'Hello' }];

const tests = {
  async models() {
    const page = await client.models.list();
    assert.equal(page.data.length, 1);
    assert.equal(page.data[0].object, 'model');
  },
  async chat() {
    const reply = await client.chat.completions.create({ model: 'any', messages, max_tokens: 8, seed: 1 });
    assert.equal(reply.choices[0].message.role, 'assistant');
    assert.equal(reply.choices[0].finish_reason, 'length');
    assert.equal(reply.usage.completion_tokens, 8);
  },
  async chatInAStream() {
    const whole = await client.chat.completions.create({ model: 'any', messages, max_completion_tokens: 12, seed: 2 });
    const stream = await client.chat.completions.create({
      model: 'any', messages, max_completion_tokens: 12, seed: 2, stream: true, stream_options: { include_usage: true },
    });
    let said = '';
    let last;
    let usage;
    for await (const chunk of stream) {
      said += chunk.choices[0]?.delta?.content ?? '';
      last = chunk.choices[0]?.finish_reason ?? last;
      usage = chunk.usage ?? usage;
    }
    assert.equal(said, whole.choices[0].message.content);
    assert.equal(last, whole.choices[0].finish_reason);
    assert.equal(usage.total_tokens, whole.usage.total_tokens);
  },
  async stoppedStream() {
    const stream = await client.chat.completions.create({ model: 'any', messages, max_tokens: 500, stream: true });
    for await (const chunk of stream) {
      if (chunk.choices[0].delta.content) break; // the client closes the connection
    }
  },
  async completion() {
    const reply = await client.completions.create({ model: 'any', prompt: 'Once', max_tokens: 5, temperature: 0 });
    let said = '';
    for await (const chunk of await client.completions.create({
      model: 'any', prompt: 'Once', max_tokens: 5, temperature: 0, stream: true,
    })) said += chunk.choices[0].text;
    assert.equal(said, reply.choices[0].text);
  },
  async toolsThatMustBeCalled() {
    const request = { model: 'any', messages, tools, tool_choice: 'required', seed: 3, max_tokens: 200 };
    const reply = await client.chat.completions.create(request);
    assert.equal(reply.choices[0].finish_reason, 'tool_calls');
    const call = reply.choices[0].message.tool_calls[0];
    assert.equal(call.function.name, 'set_light');
    const runner = client.chat.completions.stream(request); // the helper that collects a stream
    const collected = await runner.finalChatCompletion();
    assert.deepEqual(JSON.parse(collected.choices[0].message.tool_calls[0].function.arguments),
      JSON.parse(call.function.arguments));
    const after = await client.chat.completions.create({
      model: 'any', tools, max_tokens: 4,
      messages: [...messages, reply.choices[0].message, { role: 'tool', tool_call_id: call.id, content: 'done' }],
    });
    assert.equal(after.choices.length, 1);
  },
  async jsonSchema() {
    const reply = await client.chat.completions.create({
      model: 'any', messages, seed: 4, max_tokens: 200,
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'answer', strict: true,
          schema: { type: 'object', properties: { yes: { type: 'boolean' } }, required: ['yes'], additionalProperties: false },
        },
      },
    });
    assert.equal(typeof JSON.parse(reply.choices[0].message.content).yes, 'boolean');
  },
  async logprobs() {
    const request = { model: 'any', messages, max_tokens: 20, seed: 5, logprobs: true, top_logprobs: 3, n: 2 };
    const reply = await client.chat.completions.create(request);
    assert.equal(reply.choices.length, 2);
    const collected = await client.chat.completions.stream(request).finalChatCompletion();
    for (const [index, choice] of reply.choices.entries()) {
      assert.ok(choice.logprobs.content.every((one) => one.logprob <= 0 && one.top_logprobs.length === 3));
      const bytes = choice.logprobs.content.flatMap((one) => one.bytes ?? []);
      assert.equal(new TextDecoder().decode(new Uint8Array(bytes)), choice.message.content);
      assert.equal(collected.choices[index].message.content, choice.message.content);
      assert.deepEqual(collected.choices[index].logprobs.content, choice.logprobs.content);
    }
    const completion = await client.completions.create({ model: 'any', prompt: 'Once', max_tokens: 6, logprobs: 2, echo: true });
    const { tokens, token_logprobs: logprobs, top_logprobs: top, text_offset: offsets } = completion.choices[0].logprobs;
    assert.equal(new Set([tokens, logprobs, top, offsets].map((list) => list.length)).size, 1);
    assert.equal(logprobs[0], null);
  },
  async penaltiesAndBiases() {
    const request = { model: 'any', messages, max_tokens: 20, temperature: 0, frequency_penalty: 2, presence_penalty: 2 };
    const reply = await client.chat.completions.create({ ...request, logit_bias: { 65: 100 }, logprobs: true });
    assert.equal(reply.choices[0].logprobs.content[0].bytes[0], 65);
  },
  async errors() {
    await assert.rejects(client.chat.completions.create({ model: 'any', messages, n: 500 }), (error) => {
      assert.ok(error instanceof BadRequestError);
      assert.equal(error.param, 'n');
      return true;
    });
    await assert.rejects(client.chat.completions.create({ model: 'any', messages, modalities: ['audio'] }), (error) => {
      assert.equal(error.code, 'unsupported_value');
      return true;
    });
    await assert.rejects(client.embeddings.create({ model: 'any', input: 'x' }), NotFoundError);
    await assert.rejects(client.chat.completions.create({ model: 'any', messages: [] }), APIError);
  },
};

for (const [name, test] of Object.entries(tests)) {
  await test();
  console.log('ok', name);
}
