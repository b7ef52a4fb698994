import assert from "node:assert/strict";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Layers of src that each layer may import, besides itself. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  cli: [
    "files",
    "time",
    "experiment",
    "explain",
    "report",
    "metrics",
    "attribution",
    "perturbation",
    "model",
    "checkpoint",
    "graph",
    "gpu",
  ],
  // The public modules' own.
  library: ["experiment", "explain", "report", "attribution", "model", "gpu", "time"],
  experiment: [
    "explain",
    "report",
    "metrics",
    "attribution",
    "perturbation",
    "units",
    "statistics",
    "model",
    "files",
    "time",
  ],
  explain: ["metrics", "attribution", "perturbation", "units", "statistics", "model", "time"],
  report: ["explain", "metrics", "attribution"],
  metrics: ["attribution", "perturbation", "statistics"],
  // The mathematics sees a model only through interfaces of its own, which the model implements.
  attribution: ["statistics"],
  perturbation: ["statistics"],
  units: ["statistics"],
  statistics: [],
  model: ["attribution", "perturbation", "statistics", "checkpoint", "graph", "ops", "quant", "gpu", "files", "jinja"],
  checkpoint: ["quant", "files", "time"],
  graph: ["ops", "onnx", "gpu", "quant"],
  ops: ["onnx", "gpu", "quant"],
  onnx: [],
  gpu: ["time"],
  quant: [],
  // Templates of chats.
  jinja: [],
  // Services of the machine.
  files: [],
  time: [],
};

async function* sources(directory: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory) yield* sources(path);
    else if (entry.name.endsWith(".ts")) yield path;
  }
}

/** Paths of relative imports, static, dynamic and type-only. */
function imports(path: string, text: string): string[] {
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map((match) => join(dirname(path), match[1]));
}

async function violations(find: (path: string, text: string, layer: string) => string[]): Promise<string[]> {
  const found: string[] = [];
  for await (const path of sources(join(ROOT, "src"))) {
    const [, layer] = relative(ROOT, path).split(/[\\/]/);
    found.push(...find(path, await Deno.readTextFile(path), layer).map((what) => `${relative(ROOT, path)}: ${what}`));
  }
  return found;
}

Deno.test("imports point down the list of layers only", async () => {
  let seen = 0;
  const wrong = await violations((path, text, layer) => {
    assert.ok(layer in ALLOWED, `${path} lies in no known layer`);
    return imports(path, text).flatMap((target) => {
      const [top, to] = relative(ROOT, target).split(/[\\/]/);
      seen++;
      // The version is stated in one place.
      if (top === "deno.json" && layer === "experiment") return [];
      if (top === "shaders") return layer === "ops" ? [] : ["imports a shader"];
      if (top !== "src") return [`imports ${relative(ROOT, target)}`];
      return to === layer || ALLOWED[layer].includes(to) ? [] : [`imports ${relative(ROOT, target)}`];
    });
  });
  assert.ok(seen > 100, `${seen} imports were seen`);
  assert.deepEqual(wrong, []);
});

Deno.test("console and exit are used in src/cli alone", async () => {
  const wrong = await violations((_path, text, layer) =>
    layer === "cli" ? [] : [...text.matchAll(/\bconsole\.\w+|Deno\.exit\b/g)].map(([use]) => `uses ${use}`)
  );
  assert.deepEqual(wrong, []);
});
