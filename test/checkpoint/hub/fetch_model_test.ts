import assert from "node:assert/strict";
import { join } from "node:path";
import { openCheckpoint } from "../../../src/checkpoint/open_checkpoint.ts";
import { commitOf, digestOf } from "./hub_server.ts";
import {
  bytesOf,
  DOWNLOADED,
  layoutOf,
  NAME,
  READ,
  SHARDED_MODEL,
  SINGLE_MODEL,
  snapshotFile,
  snapshotNames,
  type Trial,
  weights,
  withHub,
} from "./trial.ts";

const COMMIT = commitOf(SINGLE_MODEL);

/** Files that were asked for since the last call. */
function fetched({ server }: Trial): string[] {
  return server.requests.splice(0).filter((request) => /^GET .*\/resolve\//.test(request))
    .map((request) => request.replace(/.*\/resolve\/[^/]+\//, "")).sort();
}

Deno.test("fetchModel() downloads what is read, and nothing else, into huggingface_hub's layout", () =>
  withHub(async (trial) => {
    const { path, commit } = await trial.fetch();
    assert.deepEqual([path, commit], [join(trial.folder, "snapshots", COMMIT), COMMIT]);
    assert.deepEqual(fetched(trial), [...DOWNLOADED].sort());
    const layout = layoutOf(trial.folder);
    assert.deepEqual(Object.keys(layout).filter((name) => name.startsWith("refs")), ["refs/main"]);
    assert.equal(await Deno.readTextFile(join(trial.folder, "refs", "main")), COMMIT);
    for (const name of READ) {
      const digest = digestOf(name, SINGLE_MODEL[name]);
      assert.equal(layout[`snapshots/${COMMIT}/${name}`], `→ ../../blobs/${digest}`);
      assert.deepEqual(await Deno.readFile(join(path, name)), new Uint8Array(SINGLE_MODEL[name]));
    }
    const blobs = READ.map((name) => digestOf(name, SINGLE_MODEL[name]));
    assert.equal(Object.keys(layout).length, new Set(blobs).size + READ.length + 2);
    assert.deepEqual(trial.hints, []);
  }));

Deno.test("fetchModel() asks for the commit alone when it is called again, and for nothing where the commit is named", () =>
  withHub(async (trial) => {
    const first = await trial.fetch();
    trial.server.requests.length = 0;
    assert.deepEqual(await trial.fetch(), first);
    assert.deepEqual(trial.server.requests, [`GET /api/models/${NAME}/revision/main`]);
    trial.server.requests.length = 0;
    const { path, commit } = await trial.fetch(`${NAME}@${COMMIT}`);
    assert.deepEqual({ path, commit }, first);
    assert.deepEqual(trial.server.requests, []);
  }));

Deno.test("fetchModel() takes a branch, a tag, a pull request and a commit, and keeps what each stood for", async () => {
  const second = { ...SINGLE_MODEL, "model.safetensors": weights(2) };
  const revisions = { main: SINGLE_MODEL, "v2.0": second, "refs/pr/1": second };
  await withHub(async (trial) => {
    for (const revision of ["v2.0", "refs/pr/1", commitOf(second)]) {
      const { path, commit } = await trial.fetch(`${NAME}@${revision}`);
      assert.equal(commit, commitOf(second));
      assert.deepEqual(await Deno.readFile(join(path, "model.safetensors")), new Uint8Array(weights(2)));
    }
    assert.equal(await Deno.readTextFile(join(trial.folder, "refs/refs/pr/1")), commitOf(second));
    assert.deepEqual(fetched(trial).filter((name) => name === "model.safetensors"), ["model.safetensors"]);
    assert.deepEqual(Object.keys(layoutOf(join(trial.folder, "refs"))).sort(), ["refs/pr/1", "v2.0"]);
  }, { revisions });
});

Deno.test("fetchModel() follows a branch that moves, downloads what changed, and leaves the old commit", () =>
  withHub(async (trial) => {
    await trial.fetch();
    const moved = { ...SINGLE_MODEL, "model.safetensors": weights(2) };
    trial.server.repositories[NAME] = { revisions: { main: moved } };
    fetched(trial);
    const { commit } = await trial.fetch();
    assert.equal(commit, commitOf(moved));
    assert.deepEqual(fetched(trial), ["model.safetensors"]);
    assert.deepEqual(
      await Deno.readFile(snapshotFile(trial.folder, SINGLE_MODEL, "model.safetensors")),
      new Uint8Array(weights(1)),
    );
    assert.equal(await Deno.readTextFile(join(trial.folder, "refs", "main")), commitOf(moved));
  }));

Deno.test("fetchModel() downloads the shards that the index names, several at once", () =>
  withHub(async (trial) => {
    let [now, most] = [0, 0];
    trial.server.intercept = async (_request, host) => {
      if (host !== "cdn") return undefined;
      most = Math.max(most, ++now);
      // Every shard is on its way before one arrives.
      for (let turn = 0; turn < 2000 && most < 3; turn++) await new Promise((resolve) => setTimeout(resolve, 5));
      now--;
      return undefined;
    };
    const { path } = await trial.fetch();
    assert.equal(most, 3);
    const checkpoint = await openCheckpoint(path);
    assert.deepEqual([...checkpoint.tensors.keys()].sort(), ["tensor1", "tensor2", "tensor3"]);
    checkpoint.close();
    assert.deepEqual(fetched(trial).filter((name) => !/^model/.test(name)), DOWNLOADED.slice(0, 3));
  }, SHARDED_MODEL));

Deno.test("fetchModel() downloads the GGUF file that is named, from a directory of the repository too", async () => {
  const files = { "a.gguf": bytesOf("GGUF a"), "sub dir/b.gguf": bytesOf("GGUF b"), "config.json": bytesOf("{}") };
  await withHub(async (trial) => {
    const { path, commit } = await trial.fetch(`${NAME}:sub dir/b.gguf`);
    assert.equal(path, join(trial.folder, "snapshots", commit, "sub dir", "b.gguf"));
    assert.equal(await Deno.readLink(path), `../../../blobs/${digestOf("b.gguf", files["sub dir/b.gguf"])}`);
    assert.equal(await Deno.readTextFile(path), "GGUF b");
    assert.deepEqual(snapshotNames(trial.folder, files), ["sub dir"]);
    assert.equal((await trial.fetch(`${NAME}:sub dir/b.gguf`, { offline: true })).path, path);
    await assert.rejects(trial.fetch(`${NAME}:a.gguf`, { offline: true }), {
      message: /must hold it: got commit \w+ without a\.gguf/,
    });
  }, files);
});

Deno.test("fetchModel() downloads all parts of a GGUF model by its first", async () => {
  const part = (i: number, n = 2) => `q4/a-0000${i}-of-0000${n}.gguf`;
  const files = { [part(1)]: bytesOf("GGUF a"), [part(2)]: bytesOf("GGUF b"), [part(1, 3)]: bytesOf("GGUF c") };
  await withHub(async (trial) => {
    const { path, commit } = await trial.fetch(`${NAME}:${part(1)}`);
    assert.equal(path, join(trial.folder, "snapshots", commit, part(1)));
    assert.equal(await Deno.readTextFile(path.replace("00001-of", "00002-of")), "GGUF b");
    assert.equal((await trial.fetch(`${NAME}:${part(1)}`, { offline: true })).path, path);
    await assert.rejects(trial.fetch(`${NAME}:${part(1, 3)}`), {
      message: /must have q4\/a-00002-of-00003\.gguf: got /,
    });
    await Deno.remove(path.replace("00001-of", "00002-of"));
    await assert.rejects(trial.fetch(`${NAME}:${part(1)}`, { offline: true }), {
      message: /got commit \w+ without q4\/a-00002-of-00002\.gguf/,
    });
  }, files);
});

Deno.test("fetchModel() reads a listing of several pages", () =>
  withHub(
    async (trial) => {
      await trial.fetch();
      assert.equal(trial.server.requests.filter((request) => request.includes("/tree/")).length, 4);
      assert.deepEqual(fetched(trial), [...DOWNLOADED].sort());
    },
    SINGLE_MODEL,
    { pageSize: 2 },
  ));

Deno.test("fetchModel() asks a mirror without listings for each file, and verifies what it sends", () =>
  withHub(
    async (trial) => {
      const { path } = await trial.fetch();
      assert.deepEqual(snapshotNames(trial.folder, SINGLE_MODEL), [...READ].sort());
      for (const name of READ) {
        assert.deepEqual(await Deno.readFile(join(path, name)), new Uint8Array(SINGLE_MODEL[name]));
      }
      const heads = trial.server.requests.filter((request) => request.startsWith("HEAD "));
      assert.equal(heads.length, READ.length);
      assert.ok(!trial.server.requests.some((request) => request.startsWith("CDN HEAD")));
      const bytes = new Uint8Array(weights(2));
      trial.server.repositories[NAME] = { revisions: { main: { ...SINGLE_MODEL, "model.safetensors": bytes } } };
      trial.server.intercept = (_request, host) =>
        host === "cdn" ? { status: 200, body: bytes.map((byte) => byte ^ 1) } : undefined;
      await assert.rejects(trial.fetch(), /its SHA-256 must be/);
    },
    SINGLE_MODEL,
    { listings: false },
  ));

Deno.test("fetchModel() asks for a commit's listing again where the cache has none of use", () =>
  withHub(async (trial) => {
    await trial.fetch();
    const listing = join(trial.folder, "trees", `${COMMIT}.json`);
    for (
      const content of [
        "{",
        '{"format_version": 2, "files": {}}',
        '{"format_version": 1, "files": {"a": {"size": -1}}}',
      ]
    ) {
      await Deno.writeTextFile(listing, content);
      trial.server.requests.length = 0;
      await trial.fetch(`${NAME}@${COMMIT}`);
      assert.deepEqual(trial.server.requests, [`GET /api/models/${NAME}/tree/${COMMIT}?recursive=true&expand=false`]);
      assert.equal(JSON.parse(await Deno.readTextFile(listing)).files["README.md"].size, 6);
    }
  }));

Deno.test("fetchModel() tells how far each file is, from what was there to its end", () =>
  withHub(async (trial) => {
    await trial.fetch();
    const ofWeights = trial.told.filter(({ file }) => file === "model.safetensors");
    assert.deepEqual(ofWeights.map(({ total }) => total).filter((total) => total !== weights(1).length), []);
    assert.deepEqual([ofWeights[0].bytes, ofWeights.at(-1)!.bytes], [0, weights(1).length]);
    const bytes = ofWeights.map((progress) => progress.bytes);
    assert.deepEqual(bytes, bytes.toSorted((a, b) => a - b));
    assert.deepEqual([...new Set(ofWeights.map(({ state }) => state))], [
      "waiting",
      "downloading",
      "verifying",
      "done",
    ]);
    assert.equal(trial.told.filter(({ state }) => state === "done").length, READ.length);
  }));
