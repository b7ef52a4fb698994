import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { f32, safetensorsOf } from "../../checkpoint/scratch.ts";
import { EMBEDDED_DIRECTORY, withModelCopy } from "../../support/model_copy.ts";
import { runCli } from "../../support/run_cli.ts";

const value = (stdout: string, key: string) => new RegExp(`^${key} +(.*)$`, "m").exec(stdout)?.[1];

Deno.test("inspect lists the tensors and the configuration", async () => {
  const { code, stdout } = await runCli(["inspect", EMBEDDED_DIRECTORY]);
  assert.equal(code, 0);
  assert.match(stdout, /^model\.layers\.0\.mlp\.down_proj\.weight +256 × 704 +NF4 +\d+$/m);
  assert.match(value(stdout, "fingerprint")!, /^sha256:[0-9a-f]{64}$/);
});

Deno.test("inspect shows control characters of a tensor's name, on its line, and of a wrong shape only the start", () =>
  withModelCopy(async (directory) => {
    const name = "a\x1b]0;x\x07\u202e\nb  9";
    await Deno.writeFile(`${directory}/model.safetensors`, safetensorsOf({ [name]: f32([1], [1]) }));
    const { stdout, stderr } = await runCli(["inspect", directory]);
    assert.match(stdout + stderr, /a\\u\{1b\}\]0;x\\u\{7\}\\u\{202e\}(?:\n|\\u\{a\}|↵)b {2}9/);
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(stdout + stderr, /[\x1b\x07\u202e]/);
    const wide = { ...f32([1], [1]), shape: Array(1e5).fill(2) };
    await Deno.writeFile(`${directory}/model.safetensors`, safetensorsOf({ wide }));
    const refused = await runCli(["inspect", directory]);
    assert.equal(refused.code, 1, refused.stdout.slice(0, 1000));
    assert.ok(refused.stderr.length < 12_000, String(refused.stderr.length));
  }));

Deno.test("inspect embedded lists the embedded model", async () => {
  const { stdout } = await runCli(["inspect", "embedded"]);
  assert.match(stdout, /model\.embed_tokens\.weight +\d+ × \d+/);
});

Deno.test("inspect shows what it understood of the architecture", async () => {
  const gemma = fileURLToPath(new URL("../../golden/architectures/gemma3", import.meta.url));
  const { code, stdout } = await runCli(["inspect", gemma]);
  assert.equal(code, 0);
  assert.equal(value(stdout, "architecture"), "gemma3_text (Gemma 3 270M and 1B)");
  assert.equal(value(stdout, "rope 0"), "theta 5000, linear factor=2");
  assert.equal(value(stdout, "rope 1"), "theta 100, default");
  assert.equal(value(stdout, "layers 0-1"), "attends to the latest 6 positions, rope 1");
  assert.equal(value(stdout, "layer 2"), "attends to all positions, rope 0");
});

Deno.test("inspect --plan predicts rows, chunks and bytes", async () => {
  const args = ["--prompt-tokens", "20", "--frozen-tokens", "3", "--target-tokens", "4", "--points", "41"];
  const { code, stdout } = await runCli([
    ...["inspect", "embedded", "--plan", ...args, "--memory", "64MiB", "--device", "webgpu"],
  ]);
  assert.equal(code, 0);
  // The first 3 rows are computed once; the last target token is never attended to.
  assert.equal(value(stdout, "path points"), "41, each 20 rows");
  assert.equal(value(stdout, "chunks"), "2 × 16 points, 1 × 8 points, 1 × 1 points");
  assert.equal(value(stdout, "forward rows"), String(3 + 2 * 41 * 20));
  assert.equal(value(stdout, "backward rows"), String(41 * 20));
  const bytes = (key: string) => Number(/\((\d+) bytes\)/.exec(value(stdout, key)!)![1]);
  assert.equal(bytes("in all"), bytes("weights") + bytes("values") + bytes("inputs"));
});

Deno.test("inspect --plan counts both paths of a contrast, and the forward that a divergence starts from", async () => {
  const args = ["inspect", "embedded", "--plan", "--prompt-tokens", "6", "--target-tokens", "4", "--points", "8"];
  const contrast = await runCli([...args, "--objective", "contrastive", "--alternative-tokens", "2"]);
  assert.equal(value(contrast.stdout, "path points"), "8, each 9 + 7 rows");
  assert.equal(value(contrast.stdout, "forward rows"), String(2 * 8 * (9 + 7)));
  const divergence = await runCli([...args, "--objective", "kl"]);
  assert.equal(value(divergence.stdout, "forward rows"), String(9 + 2 * 8 * 9));
});

Deno.test("inspect --plan takes smaller chunks where memory is scarce, and stays within it", async () => {
  const planned = async (memory: string) => {
    const { code, stdout } = await runCli(["inspect", "embedded", "--plan", "--tokens", "--memory", memory]);
    assert.equal(code, 0);
    const bytes = (key: string) => Number(/\((\d+) bytes\)/.exec(value(stdout, key)!)![1]);
    return { rows: Number(value(stdout, "rows per chunk")), bytes: bytes("values") };
  };
  const [much, little] = [await planned("1GiB"), await planned("20MiB")];
  assert.ok(little.rows < much.rows, `${little.rows} of ${much.rows} rows per chunk`);
  assert.ok(little.bytes <= 20 * 2 ** 20, `${little.bytes} bytes of values`);
});

Deno.test("inspect --plan of what cannot fit fails and says what would", async () => {
  const { code, stderr } = await runCli(["inspect", "embedded", "--plan", "--memory", "10KiB"]);
  assert.equal(code, 1);
  assert.match(stderr, /must fit 10240 bytes .*: it takes (\d+) bytes .*Use --memory \1B or more/);
});

for (
  const [what, args, message] of [
    ["options of the plan without it", ["--points", "3"], /--points as it is about --plan/],
    ["more frozen tokens than the prompt has", ["--plan", "--frozen-tokens", "32"], /less than --prompt-tokens 32/],
    [
      "an alternative of nothing",
      ["--plan", "--alternative-tokens", "2"],
      /--objective must be contrastive: got log-prob/,
    ],
    ["no points", ["--plan", "--points", "0"], /--points as it must be a whole number from 1 to 100000: got "0"/],
  ] as [string, string[], RegExp][]
) {
  Deno.test(`inspect refuses ${what} as wrong usage`, async () => {
    const { code, stderr } = await runCli(["inspect", "embedded", ...args]);
    assert.equal(code, 2);
    assert.match(stderr, message);
  });
}
