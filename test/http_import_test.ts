import assert from "node:assert/strict";
import { join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { EMBEDDED_DIRECTORY } from "./support/model_copy.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** Serves the repository's files on loopback, as a host of raw files does, and tells which. */
function serveRepository(onFile: (path: string) => void): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const path = normalize(join(ROOT, decodeURIComponent(new URL(request.url).pathname)));
    if (!path.startsWith(ROOT)) return new Response(null, { status: 403 });
    onFile(path.slice(ROOT.length));
    try {
      const type = path.endsWith(".ts")
        ? "text/typescript"
        : path.endsWith(".json")
        ? "application/json"
        : "text/plain";
      return new Response(await Deno.readFile(path), { headers: { "content-type": type } });
    } catch {
      return new Response(null, { status: 404 });
    }
  });
}

/** A script that imports from the repository, by its address. */
type Script = (base: string) => string;

/**
 * Runs scripts that import from the repository by URL, the first of them twice, in a folder of its own with a cache of
 * its own. Types are checked of all at once, which reads the repository once.
 *
 * @returns the output of each run of each script, the names of embedded models in the cache, and their files that were
 * fetched
 */
async function runByUrl(scripts: readonly Script[]): Promise<{
  readonly printed: readonly (readonly string[])[];
  readonly embedded: readonly string[];
  readonly fetched: readonly string[];
}> {
  const fetched: string[] = [];
  const server = serveRepository((path) => path.startsWith("experiments/models/") && fetched.push(path));
  const directory = await Deno.makeTempDir({ prefix: "whence-import-" });
  const denoIn = async (...args: string[]) => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args,
      cwd: directory,
      env: { WHENCE_CACHE: join(directory, "cache"), NO_COLOR: "1" },
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  };
  try {
    const base = `http://127.0.0.1:${server.addr.port}`;
    const names = scripts.map((_, i) => `script_${i}.ts`);
    for (const [i, name] of names.entries()) await Deno.writeTextFile(join(directory, name), scripts[i](base));
    await denoIn("check", "--allow-import", "--no-lock", `--reload=${base}`, ...names);
    const printed: string[][] = [];
    for (const [i, name] of names.entries()) {
      const outputs: string[] = [];
      while (outputs.length < (i === 0 ? 2 : 1)) {
        outputs.push(await denoIn("run", "-A", "--no-check", "--no-lock", name));
      }
      printed.push(outputs);
    }
    return { printed, embedded: await namesIn(join(directory, "cache", "embedded")), fetched };
  } finally {
    await server.shutdown();
    await Deno.remove(directory, { recursive: true });
  }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Returns the example in a module's documentation. */
async function exampleOf(module: string): Promise<string> {
  const text = await Deno.readTextFile(join(ROOT, module));
  const [, example] = /```ts\n([^]*?) \* ```/.exec(text)!;
  return example.replaceAll(/^ \* ?/gm, "");
}

const WHOLE: Script = (base) =>
  `import { attribute, loadModel, renderRecord } from "${base}/mod.ts";
import { startQuantizePool } from "${base}/src/model/load/quantize/quantize_pool.ts";
const model = await loadModel();
const record = await attribute(model, { prompt: "Michael works as a software engineer.", target: " He" }, {
  quadrature: "gauss-legendre",
  steps: 2,
});
const svg = await renderRecord(record, "svg") as string;
const pool = startQuantizePool(${JSON.stringify(EMBEDDED_DIRECTORY)}, 1);
const inThread = await pool.quantize({ name: "model.layers.0.mlp.down_proj.weight", shape: [256, 704] });
pool.close();
const { schema, sequenceAttribution } = record;
console.log(JSON.stringify([schema, sequenceAttribution.length, svg.startsWith("<svg"), inThread?.absmax.length]));
model.close();
`;

/** Output of the example of each module. */
const EXAMPLES: Readonly<Record<string, RegExp>> = {
  "checkpoint.ts": /^model\.embed_tokens\.weight \[ 1887, 256 \] BF16 Float32Array\(4\)/,
  "methods.ts": /^pairs\n$/,
  "metrics.ts": /^0\.8125 \{\n {2}value: 3\.68/,
  "model.ts": /^\[ "Michael", " works", " as", " a" \] 256\n$/,
  "perturbation.ts": /^Float64Array\(2\) \[ 2, 1 \] 4\n$/,
  "quadrature.ts": /^Float64Array\(2\) \[ 1\.33333333333333\d+, 0\.66666666666666\d+ \]/,
  "record.ts": /topOverlap: 0,\n[^]*\]\n\[\n {2}-0\.00148/,
  "units.ts": /^\[ "Austin", ",", " Texas" \] Float64Array\(3\) \[ 0\.75, 0\.125, 1 \]\n$/,
};

const exampleScripts = async (): Promise<Script[]> =>
  (await Promise.all(Object.keys(EXAMPLES).map(exampleOf))).map((example) => (base) =>
    example.replaceAll('from "./', `from "${base}/`)
  );

let byUrl: ReturnType<typeof runByUrl> | undefined;

/** Runs the whole and the examples, once for the tests of both. */
async function runAll(): ReturnType<typeof runByUrl> {
  const scripts = [WHOLE, ...await exampleScripts()];
  return await (byUrl ??= runByUrl(scripts));
}

Deno.test("mod.ts works when it is imported from a URL, with the embedded model", async () => {
  const { printed: [printed], embedded, fetched } = await runAll();
  for (const line of printed) assert.deepEqual(JSON.parse(line), ["whence.attribution/1", 7, true, 256 * 704 / 64]);
  // The second run finds the embedded model in the cache.
  assert.equal(embedded.length, 1);
  assert.equal(new Set(fetched).size, 4);
  assert.equal(fetched.length, 4, "a file of the model was fetched twice");
});

Deno.test("every public module but mod.ts has an example that is tested", async () => {
  const { exports } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  const modules = Object.values<string>(exports).map((path) => path.replace("./", ""));
  assert.deepEqual(modules.filter((path) => path !== "mod.ts").sort(), Object.keys(EXAMPLES));
});

Deno.test("the examples of public modules work when they are imported from a URL", async () => {
  const { printed: [, ...printed] } = await runAll();
  for (const [i, [module, expected]] of Object.entries(EXAMPLES).entries()) {
    assert.match(printed[i][0], expected, module);
  }
});

/** A directory of another project, whose settings are none of the program's. */
const STRANGER = {
  "package.json": '{ "dependencies": { "zod": "1.0.0" } }',
  "deno.json": '{ "nodeModulesDir": "manual", "lock": { "frozen": true } }',
  "small.yaml": `name: small
model: chains
device: cpu
prompts: rows.csv
sweeps: [{ method: saliency }]
`,
  "rows.csv": "prompt,target\nIn, he\n",
};

Deno.test("whence, installed from a URL, lists, attributes and runs experiments in any directory, without the URL later", async () => {
  const server = serveRepository(() => {});
  const root = await Deno.makeTempDir({ prefix: "whence-install-" });
  const place = join(root, "elsewhere");
  const run = async (program: string, ...args: string[]) => {
    const env = { WHENCE_CACHE: join(root, "cache"), NO_COLOR: "1", INIT_CWD: "" };
    const { code, stdout, stderr } = await new Deno.Command(program, { args, cwd: place, env, stdin: "null" }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  };
  try {
    await Deno.mkdir(place);
    for (const [name, content] of Object.entries(STRANGER)) await Deno.writeTextFile(join(place, name), content);
    const main = `http://127.0.0.1:${server.addr.port}/src/cli/main.ts`;
    await run(Deno.execPath(), "install", "-g", "-A", "--root", root, "-n", "whence", main);
    const whence = join(root, "bin", "whence");
    assert.match(await run(whence, "methods"), /^ {2}integrated-gradients$[^]*`whence methods METHOD`/m);
    const attribute = ["attribute", "--prompt", "In", "--target", " he", "--method", "saliency", "--device", "cpu"];
    assert.match(await run(whence, ...attribute), /most at In/);
    assert.match(await run(whence, "experiment", "small.yaml"), /1 cells computed, 0 already there, 0 failed/);
    await server.shutdown();
    assert.match(await run(whence, ...attribute, "--format", "svg"), /^<svg/);
    await run(whence, "experiment", "small.yaml", "--out", "again");
    const summary = await Deno.readTextFile(join(place, "again", "summary.md"));
    assert.match(summary, /^whence experiment small\.yaml --out again$/m);
  } finally {
    await server.shutdown();
    await Deno.remove(root, { recursive: true });
  }
});
