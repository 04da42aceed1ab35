// Talks to the gateway at argv[2] with the Vercel AI SDK; prints what it got as one JSON object.
// Run by test_peers.py in a folder where npm has installed the packages.
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, Output, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";

const provider = createOpenAICompatible({
  name: "aigateway",
  baseURL: process.argv[2],
  apiKey: "sk-aig-simulator",
  includeUsage: true,
});
const model = provider("moonshot/kimi-k2.7-code");
const tools = {
  get_weather: tool({
    description: "Get current weather for a city",
    inputSchema: z.object({ city: z.string() }),
    execute: async ({ city }) => ({ city, temperature_c: 22 }),
  }),
};
const common = { maxRetries: 0 };

const text = await generateText({ ...common, model, prompt: "say text" });

const stream = streamText({ ...common, model, prompt: "say text" });
let streamed = "";
let pieces = 0;
for await (const piece of stream.textStream) {
  streamed += piece;
  pieces += 1;
}

const called = await generateText({
  ...common, model, tools, prompt: "call a tool", stopWhen: stepCountIs(2),
});

const calling = streamText({
  ...common, model, tools, prompt: "call a tool", stopWhen: stepCountIs(2),
});
const inputs = [];
let fragments = 0;
for await (const part of calling.fullStream) {
  if (part.type === "tool-input-delta") fragments += 1;
  if (part.type === "tool-call") inputs.push([part.toolName, part.input]);
  if (part.type === "error") throw part.error;
}

const object = await generateText({ ...common, model, prompt: "say json", output: Output.json() });

console.log(JSON.stringify({
  text: text.text,
  reasoning: text.reasoningText,
  usage: text.usage.totalTokens,
  cached: text.usage.cachedInputTokens ?? text.usage.inputTokenDetails?.cacheReadTokens,
  streamed,
  pieces,
  streamed_reasoning: await stream.reasoningText,
  streamed_usage: (await stream.usage).totalTokens,
  calls: called.steps[0].toolCalls.map((call) => [call.toolName, call.input]),
  after_calls: called.text,
  streamed_calls: inputs,
  fragments,
  after_streamed_calls: await calling.text,
  json: object.output,
}));
