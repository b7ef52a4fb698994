import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { commitOf } from "./hub_server.ts";
import { blobOf, layoutOf, NAME, READ, SHARDED_MODEL, SINGLE_MODEL, type Trial, withHub } from "./trial.ts";

const COMMIT = commitOf(SINGLE_MODEL);

/** Files that were asked for since the last call. */
function fetched({ server }: Trial): string[] {
  return server.requests.splice(0).filter((request) => /^GET .*\/resolve\//.test(request))
    .map((request) => request.replace(/.*\/resolve\/[^/]+\//, "")).sort();
}

Deno.test("fetchModel() asks nothing of the network where it is told so", () =>
  withHub(async (trial) => {
    await assert.rejects(trial.fetch(NAME, { offline: true }), {
      name: "NotFound",
      message:
        `Cannot open ${NAME} as HF_HUB_OFFLINE is set and ${trial.cache} must hold it: got nothing under main; ` +
        "there is no such path here either",
    });
    const first = await trial.fetch();
    await trial.server.close();
    const { path, commit } = await trial.fetch(NAME, { offline: true });
    assert.deepEqual({ path, commit }, first);
    assert.equal((await trial.fetch(`${NAME}@${COMMIT}`, { offline: true })).path, path);
    await Deno.remove(join(path, "tokenizer_config.json"));
    await trial.fetch(NAME, { offline: true });
    assert.deepEqual(trial.hints, [`The cache lacks tokenizer_config.json of ${NAME}`]);
    await Deno.remove(join(path, "config.json"));
    await assert.rejects(trial.fetch(NAME, { offline: true }), {
      message: new RegExp(`got commit ${COMMIT} without config\\.json`),
    });
  }));

Deno.test("fetchModel() finds a sharded model offline, and names the shard that is missing", () =>
  withHub(async (trial) => {
    const { path } = await trial.fetch();
    assert.equal((await trial.fetch(NAME, { offline: true })).path, path);
    await Deno.remove(join(path, "model-00002-of-00003.safetensors"));
    await assert.rejects(trial.fetch(NAME, { offline: true }), {
      message: /without model-00002-of-00003\.safetensors/,
    });
  }, SHARDED_MODEL));

Deno.test("fetchModel() uses the cache where nobody answers or the hub refuses, and says so", () =>
  withHub(async (trial) => {
    const first = await trial.fetch();
    trial.server.repositories[NAME] = { revisions: { main: SINGLE_MODEL }, token: "hf_other" };
    for (const answer of [{ status: 503 }, { status: 401 }, { status: 403 }]) {
      trial.server.intercept = () => answer;
      assert.equal((await trial.fetch()).path, first.path);
    }
    await trial.server.close();
    assert.equal((await trial.fetch()).path, first.path);
    assert.deepEqual(trial.waits, [], "a model that is there is not waited for");
    assert.equal(trial.hints.length, 4);
    for (const hint of trial.hints) assert.ok(hint.endsWith(`. Commit ${COMMIT} from the cache is used`), hint);
  }));

Deno.test("fetchModel() fails where nobody answers and the cache has nothing, after five attempts", () =>
  withHub(async (trial) => {
    await trial.server.close();
    await assert.rejects(trial.fetch(), {
      name: "HubError",
      message: new RegExp(
        `^Cannot download ${NAME} as 127\\.0\\.0\\.1:\\d+ must answer: got .*[Rr]efused.*; HF_HUB_OFFLINE=1 keeps to the cache$`,
      ),
    });
    assert.deepEqual(trial.waits, [1, 2, 4, 8]);
  }));

Deno.test("fetchModel() moves contents into the snapshot where links are not wanted, and finds them there", () =>
  withHub(async (trial) => {
    const { path } = await trial.fetch(NAME, { symlinks: false });
    assert.ok(!Object.values(layoutOf(trial.folder)).some((entry) => entry.startsWith("→")));
    for (const name of READ) {
      assert.deepEqual(await Deno.readFile(join(path, name)), new Uint8Array(SINGLE_MODEL[name]));
    }
    fetched(trial);
    await trial.fetch(NAME, { symlinks: false });
    assert.deepEqual(fetched(trial), []);
  }));

Deno.test("fetchModel() finds a model whose folder lies on another disk, by a link", () =>
  withHub(async (trial) => {
    await trial.fetch();
    const elsewhere = join(dirname(trial.cache), "elsewhere");
    await Deno.rename(trial.folder, elsewhere);
    await Deno.symlink(elsewhere, trial.folder);
    assert.equal((await trial.fetch(NAME, { offline: true })).commit, COMMIT);
  }));

Deno.test("fetchModel() finds contents that huggingface_hub shares between models", () =>
  withHub(async (trial) => {
    await trial.fetch();
    // As huggingface_hub 2 stores what Xet brought: the blob is a link into a store for all models.
    const blob = blobOf(trial.folder, SINGLE_MODEL, "model.safetensors");
    const shared = join(trial.cache, "blobs", "ab", "ab".repeat(32));
    await Deno.mkdir(dirname(shared), { recursive: true });
    await Deno.rename(blob, shared);
    await Deno.symlink(`../../blobs/ab/${"ab".repeat(32)}`, blob);
    fetched(trial);
    await trial.fetch();
    assert.deepEqual(fetched(trial), []);
    assert.equal((await trial.fetch(NAME, { offline: true })).commit, COMMIT);
  }));
