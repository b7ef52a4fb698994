import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { EMBEDDED_MODELS, EMBEDDED_TABLE, embeddedModel, fetchOnce } from "../../../src/model/load/embedded.ts";
import { inScratch } from "../../support/in_scratch.ts";

const FILES = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"];

/** Serves four small files and counts the requests. */
function serveModel(status = 200) {
  let requests = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    requests++;
    return new Response(`of ${new URL(request.url).pathname}`, { status });
  });
  return { server, source: new URL(`http://127.0.0.1:${server.addr.port}/m/`), requests: () => requests };
}

const DIGEST = createHash("sha256").update(FILES.map((name) => `of /m/${name}`).join("")).digest("hex");

for (const name of EMBEDDED_MODELS) {
  Deno.test(`the digest of the embedded model ${name} is that of its files`, async () => {
    const directory = await embeddedModel(name);
    const hash = createHash("sha256");
    for (const file of FILES) hash.update(await Deno.readFile(join(directory, file)));
    assert.equal(EMBEDDED_TABLE[name].digest, hash.digest("hex"));
  });
}

Deno.test("fetchOnce() fetches each file once, and works without the host afterwards", () =>
  inScratch(async (folder) => {
    const { server, source, requests } = serveModel();
    const first = await fetchOnce(source, DIGEST, folder);
    assert.equal(await fetchOnce(source, DIGEST, folder), first);
    assert.equal(requests(), FILES.length);
    await server.shutdown();
    assert.equal(await fetchOnce(source, DIGEST, folder), first);
    assert.equal(await Deno.readTextFile(join(first, "config.json")), "of /m/config.json");
  }));

Deno.test("fetchOnce() fetches again what is damaged or missing in the cache", () =>
  inScratch(async (folder) => {
    const { server, source, requests } = serveModel();
    const directory = await fetchOnce(source, DIGEST, folder);
    await Deno.writeTextFile(join(directory, "model.safetensors"), "cut");
    await fetchOnce(source, DIGEST, folder);
    await Deno.remove(join(directory, "tokenizer.json"));
    await fetchOnce(source, DIGEST, folder);
    assert.equal(requests(), 3 * FILES.length);
    assert.equal(await Deno.readTextFile(join(directory, "model.safetensors")), "of /m/model.safetensors");
    await server.shutdown();
  }));

Deno.test("fetchOnce() refuses another model than the module's, and stores none of it", () =>
  inScratch(async (folder) => {
    const { server, source } = serveModel();
    await assert.rejects(
      fetchOnce(source, "0".repeat(64), folder),
      /as its files must have the SHA-256 0{64}: got [0-9a-f]{64}/,
    );
    assert.deepEqual([...Deno.readDirSync(folder)], []);
    await server.shutdown();
  }));

Deno.test("fetchOnce() says which file a host lacks, and that it must answer", () =>
  inScratch(async (folder) => {
    const { server, source } = serveModel(404);
    await assert.rejects(
      fetchOnce(source, DIGEST, folder),
      /Cannot fetch the embedded model from http.*\/m\/.*: got 404/,
    );
    await server.shutdown();
    await assert.rejects(fetchOnce(source, DIGEST, folder), /as its host must answer the first load/);
  }));
