import assert from "node:assert/strict";
import { commitOf, type Files, type HubServer, serveHub } from "../checkpoint/hub/hub_server.ts";
import { EMBEDDED_DIRECTORY } from "../support/model_copy.ts";
import { type CliResult, runCliProcess } from "../support/run_cli.ts";

const NAME = "whence/biography";
const REQUEST = ["--prompt", "Michael works as a software engineer.", "--target", " He enjoys painting"];
const FIXED = ["--quadrature", "gauss-legendre", "--steps", "2", "--format", "json"];

/** The embedded model as a repository. */
const FILES: Files = Object.fromEntries(
  ["README.md", "config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]
    .map((name) => [name, Deno.readFileSync(`${EMBEDDED_DIRECTORY}${name}`)]),
);
const COMMIT = commitOf(FILES);

/** Runs a test with the embedded model at a hub, and commands that find it there. */
async function withCliHub(
  test: (run: (args: string[], env?: Record<string, string>) => Promise<CliResult>, server: HubServer) => Promise<void>,
): Promise<void> {
  const server = serveHub({ [NAME]: { revisions: { main: FILES }, token: "hf_mine", gated: true } });
  const home = await Deno.makeTempDir({ prefix: "whence_hub_" });
  const own = { HF_ENDPOINT: server.endpoint, HF_HOME: home, HF_TOKEN: "hf_mine" };
  try {
    await test((args, env = {}) => runCliProcess(args, { ...own, ...env }), server);
  } finally {
    await server.close();
    await Deno.remove(home, { recursive: true });
  }
}

async function record(result: Promise<CliResult>) {
  const { code, stdout, stderr } = await result;
  assert.equal(code, 0, stderr);
  assert.equal(stderr, "", "no bar where there is no terminal");
  return JSON.parse(stdout);
}

Deno.test("attribute --model takes a model at the hub, then without a network, and its record names the commit", () =>
  withCliHub(async (run, server) => {
    const attribute = ["attribute", ...REQUEST, ...FIXED];
    const ofHub = await record(run([...attribute, "--model", NAME]));
    assert.equal(ofHub.model.id, `${NAME}@${COMMIT}`);
    assert.ok(!server.requests.some((request) => request.includes("README")));
    const ofEmbedded = await record(run([...attribute, "--model", "embedded"]));
    assert.deepEqual(ofHub.sequenceAttribution, ofEmbedded.sequenceAttribution);
    assert.deepEqual(ofHub.score, ofEmbedded.score);
    assert.equal(ofHub.model.fingerprint, ofEmbedded.model.fingerprint);
    server.requests.length = 0;
    // The name that the record gives is one that can be asked for.
    const again = await record(run([...attribute, "--model", ofHub.model.id], { HF_HUB_OFFLINE: "1", HF_TOKEN: "" }));
    assert.deepEqual(again.sequenceAttribution, ofHub.sequenceAttribution);
    assert.deepEqual([again.model, server.requests], [ofHub.model, []]);
  }));

Deno.test("a model that may not be read, or is not there, ends with 1 and says what to do", () =>
  withCliHub(async (run, server) => {
    const gated = await run(["attribute", ...REQUEST, "--model", NAME], { HF_TOKEN: "" });
    assert.equal(gated.code, 1);
    assert.match(
      gated.stderr,
      new RegExp(`^error: Cannot download .* must be accepted at ${server.endpoint}/${NAME} `),
    );
    const unknown = await run(["generate", "--prompt", "a", "--model", "whence/nothing"]);
    assert.equal(unknown.code, 1);
    assert.match(
      unknown.stderr,
      /^error: Cannot download whence\/nothing as .* got 404 .*; there is no such path here either\n$/,
    );
    const outside = await run(["inspect", `${NAME}:../x.gguf`]);
    assert.equal(outside.code, 1);
    assert.match(
      outside.stderr,
      /^error: Cannot use .* as its file must be a \.gguf file in the repository: got "\.\.\/x\.gguf"\n$/,
    );
    const offline = await run(["inspect", NAME], { HF_HUB_OFFLINE: "1" });
    assert.match(
      offline.stderr,
      /^error: Cannot open .* as HF_HUB_OFFLINE is set and .* must hold it: got nothing under main/,
    );
  }));

Deno.test("doctor says where models come from, and of the token only where it is from", () =>
  withCliHub(async (run, server) => {
    const { stdout } = await run(["doctor"]);
    assert.match(stdout, new RegExp(`^hub {19}${server.endpoint}$`, "m"));
    assert.match(stdout, /^hub cache {13}.*whence_hub_.*hub$/m);
    assert.match(stdout, /^hub token {13}of HF_TOKEN$/m);
    assert.ok(!stdout.includes("hf_mine"));
    assert.match(
      (await run(["doctor"], { HF_ENDPOINT: "mirror" })).stdout,
      /^hub +Cannot use HF_ENDPOINT as it must be/m,
    );
  }));

Deno.test("generate, inspect and experiment take a model at the hub, and a path that exists wins", () =>
  withCliHub(async (run, server) => {
    const directory = await Deno.makeTempDir({ prefix: "whence_hub_" });
    try {
      const prompt = ["--prompt", "Michael works as a software engineer.", "--generate", "3"];
      const generated = await run(["generate", ...prompt, "--model", `${NAME}@main`]);
      assert.equal(generated.stdout, (await run(["generate", ...prompt])).stdout, generated.stderr);
      const { stdout } = await run(["inspect", NAME]);
      assert.match(stdout, new RegExp(`^model +${NAME}@${COMMIT}$`, "m"));
      assert.match(stdout, /^verified +5 files by the hub's hashes$/m);
      await Deno.writeTextFile(
        `${directory}/sweep.yaml`,
        `name: hub
question: Is a model at the hub explained?
model: ${NAME}
prompts: [{ name: one, prompt: Michael works as a software engineer., target: " He" }]
sweeps: [{ method: integrated-gradients, quadrature: gauss-legendre, steps: 2 }]
`,
      );
      const swept = await run(["experiment", `${directory}/sweep.yaml`, "--out", `${directory}/out`]);
      assert.equal(swept.code, 0, swept.stderr);
      const [{ name }] = [...Deno.readDirSync(`${directory}/out/cells`)];
      assert.equal(
        JSON.parse(await Deno.readTextFile(`${directory}/out/cells/${name}`)).model.id,
        `${NAME}@${COMMIT}`,
      );
      server.requests.length = 0;
      const local = await run(["inspect", EMBEDDED_DIRECTORY]);
      assert.match(local.stdout, new RegExp(`^model +${EMBEDDED_DIRECTORY}$`, "m"));
      assert.deepEqual(server.requests, []);
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  }));
