import { safetensorsHeader, withModelCopy } from "../support/model_copy.ts";
import { runCli } from "../support/run_cli.ts";
import { assertFails } from "./assert_fails.ts";

const PROMPT = ["--prompt", "Michael works as a software engineer."];
const REQUEST = [...PROMPT, "--target", " He", "--quadrature", "gauss-legendre", "--steps", "2"];

const DAMAGE: [title: string, damage: (directory: string) => Promise<void>, message: RegExp][] = [
  ["a truncated safetensors", async (directory) => {
    const path = `${directory}/model.safetensors`;
    await Deno.truncate(path, (await Deno.stat(path)).size - 1000);
  }, /model\.safetensors/],
  ["a missing weight file", (directory) => Deno.remove(`${directory}/model.safetensors`), /safetensors/],
  [
    "a shape that does not match the config",
    (directory) => editConfig(directory, (config) => config.vocab_size = config.vocab_size as number + 1),
    /tensor lm_head\.weight|tensor model\.embed_tokens\.weight must be \[\d+, \d+\] by its config: got \[\d+, \d+\]/,
  ],
  [
    "a config of another architecture",
    (directory) => editConfig(directory, (config) => config.model_type = "gpt2"),
    /as model_type must be one of "qwen2" \(Qwen2, Qwen2\.5\), .*"gemma3_text" .*: got "gpt2"/,
  ],
  [
    "a config without a key",
    (directory) => editConfig(directory, (config) => delete config.hidden_size),
    /hidden_size must be a positive integer: got nothing/,
  ],
  ["a NaN in the weights", poisonNorm, /model\.norm\.weight/],
];

for (const [title, damage, message] of DAMAGE) {
  Deno.test(`${title} fails naming the file or the tensor`, () =>
    withModelCopy(async (directory) => {
      await damage(directory);
      assertFails(await runCli(["attribute", ...REQUEST, "--model", directory]), 1, message);
    }));
}

async function editConfig(directory: string, edit: (config: Record<string, unknown>) => void): Promise<void> {
  const path = `${directory}/config.json`;
  const config = JSON.parse(await Deno.readTextFile(path));
  edit(config);
  await Deno.writeTextFile(path, JSON.stringify(config));
}

async function poisonNorm(directory: string): Promise<void> {
  const path = `${directory}/model.safetensors`;
  const bytes = await Deno.readFile(path);
  const { header, data } = safetensorsHeader(bytes);
  const { data_offsets: [start, end] } = header["model.norm.weight"];
  // All ones is a NaN in f32, f16 and bf16.
  bytes.fill(0xff, data + start, data + end);
  await Deno.writeFile(path, bytes);
}
