import assert from "node:assert/strict";
import { loadModel } from "../../src/model/model.ts";
import { withChatModel } from "../support/chat_model.ts";
import { runCli } from "../support/run_cli.ts";

const PROMPT = "Michael works as a software engineer in Austin, Texas. In his free time, he enjoys";

Deno.test("generate writes the greedy continuation, up to a stop text", async () => {
  const whole = await runCli(["generate", "--prompt", PROMPT, "--generate", "24"]);
  assert.equal(whole.code, 0, whole.stderr);
  assert.match(whole.stdout, /^ painting, .+\n$/s);
  const stopped = await runCli(["generate", "--prompt", PROMPT, "--generate", "24", "--stop", "!", "--stop", ", "]);
  assert.equal(stopped.stdout, `${whole.stdout.slice(0, whole.stdout.indexOf(","))}\n`);
});

Deno.test("generate writes as many tokens as it is asked for", async () => {
  const { code, stdout, stderr } = await runCli(["generate", "--prompt", PROMPT, "--generate", "20"]);
  assert.equal(code, 0, stderr);
  assert.ok(stdout.startsWith(" painting, traveling"), stdout);
});

Deno.test("attribute explains a target that was drawn, and its record says how", async () => {
  const drawn = ["--generate", "6", "--temperature", "2", "--top-k", "20", "--generate-seed", "9", "--stop", "\n"];
  const method = ["--method", "feature-ablation", "--format", "json"];
  const { code, stdout, stderr } = await runCli(["attribute", "--prompt", PROMPT, ...drawn, ...method]);
  assert.equal(code, 0, stderr);
  const { target } = JSON.parse(stdout);
  assert.deepEqual(target.generation, {
    generate: 6,
    temperature: 2,
    topK: 20,
    topP: 1,
    repetitionPenalty: 1,
    seed: 9,
    stop: ["\n"],
  });
  const model = await loadModel();
  const tokenizer = await model.tokenizer();
  const ids = (await tokenizer.encodePrompt(PROMPT)).tokens.map(({ id }) => id);
  const options = { temperature: 2, topK: 20, seed: 9, stop: ["\n"] };
  assert.deepEqual(target.tokens.map(({ id }: { id: number }) => id), await model.generate(ids, 6, options));
  model.close();
});

Deno.test("generate --history puts earlier messages before the prompt", () =>
  withChatModel(async (directory) => {
    const [prompt, earlier] = ["In his free time, he enjoys", "Michael works as a software engineer in Austin, Texas."];
    const args = ["--model", directory, "--prompt", prompt, "--history", `user:${earlier}`, "--generate", "8"];
    const { code, stdout, stderr } = await runCli(["generate", ...args]);
    assert.equal(code, 0, stderr);
    const model = await loadModel(directory);
    const { encodePrompt, decode } = await model.tokenizer();
    const { tokens } = await encodePrompt(prompt, { chat: true, history: [{ role: "user", content: earlier }] });
    assert.equal(stdout, `${decode(await model.generate(tokens.map(({ id }) => id), 8))}\n`);
    model.close();
  }));
