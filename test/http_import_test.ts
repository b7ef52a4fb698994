import assert from "node:assert/strict";
import { join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { EMBEDDED_DIRECTORY } from "./support/model_copy.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** Serves the repository's files on loopback, as a host of raw files does. */
function serveRepository(): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const path = normalize(join(ROOT, decodeURIComponent(new URL(request.url).pathname)));
    if (!path.startsWith(ROOT)) return new Response(null, { status: 403 });
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

Deno.test("mod.ts works when it is imported from a URL, with the embedded model", async () => {
  const server = serveRepository();
  const directory = await Deno.makeTempDir({ prefix: "whence-import-" });
  try {
    const base = `http://127.0.0.1:${server.addr.port}`;
    await Deno.writeTextFile(
      join(directory, "script.ts"),
      `import { attribute, loadModel, renderRecord } from "${base}/mod.ts";
import { startQuantizePool } from "${base}/src/model/load/quantize_pool.ts";
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
`,
    );
    const run = () =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", "--no-lock", `--reload=${base}`, "script.ts"],
        cwd: directory,
        env: { WHENCE_CACHE: join(directory, "cache") },
      }).output();
    // The second run finds the embedded model in the cache.
    for (const _ of [1, 2]) {
      const { code, stdout, stderr } = await run();
      assert.equal(code, 0, new TextDecoder().decode(stderr));
      assert.deepEqual(JSON.parse(new TextDecoder().decode(stdout)), ["whence.attribution/1", 7, true, 256 * 704 / 64]);
    }
    const cached = [...Deno.readDirSync(join(directory, "cache", "embedded"))];
    assert.equal(cached.length, 1);
  } finally {
    await server.shutdown();
    await Deno.remove(directory, { recursive: true });
  }
});
