import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { writeAll } from "../../../src/checkpoint/hub/download_blob.ts";
import type { ByteAnswer, ByteRequest } from "./byte_server.ts";
import { contentAnswer, serveHub } from "./hub_server.ts";
import { blobOf, NAME, SHARDED_MODEL, SINGLE_MODEL, snapshotNames, type Trial, weights, withHub } from "./trial.ts";

const WEIGHTS = new Uint8Array(SINGLE_MODEL["model.safetensors"]);
const partialOf = ({ folder }: Trial) => `${blobOf(folder, SINGLE_MODEL, "model.safetensors")}.incomplete`;

/** Answers of the other address, one after the other, then as usual. */
function answerWeights({ server }: Trial, ...answers: ((request: ByteRequest) => ByteAnswer)[]): void {
  server.intercept = (request, host) => host === "cdn" ? answers.shift()?.(request) : undefined;
}

/** The content, cut where the whole file has so many bytes. */
const cutAt = (bytes: number) => (request: ByteRequest): ByteAnswer => {
  const answer = contentAnswer(WEIGHTS, request);
  return { ...answer, cut: bytes - (WEIGHTS.length - answer.body!.length) };
};

const ranges = ({ server }: Trial) =>
  server.requests.filter((request) => request.startsWith("CDN"))
    .map((request) => Number(/bytes=(\d+)-/.exec(request)?.[1] ?? 0));

async function assertComplete(trial: Trial, path: string): Promise<void> {
  assert.deepEqual(await Deno.readFile(`${path}/model.safetensors`), WEIGHTS);
  await assert.rejects(Deno.lstat(partialOf(trial)), Deno.errors.NotFound);
}

/** Nothing of the weights but what has come, and that beside the snapshot. */
async function assertPartial(trial: Trial, bytes: number): Promise<void> {
  assert.ok(!snapshotNames(trial.folder, SINGLE_MODEL).includes("model.safetensors"));
  await assert.rejects(Deno.lstat(blobOf(trial.folder, SINGLE_MODEL, "model.safetensors")), Deno.errors.NotFound);
  assert.deepEqual(await Deno.readFile(partialOf(trial)), WEIGHTS.subarray(0, bytes));
}

for (let percent = 0; percent < 100; percent += 10) {
  const bytes = Math.floor(WEIGHTS.length * percent / 100);

  Deno.test(`a download cut at ${percent} % goes on there`, () =>
    withHub(async (trial) => {
      answerWeights(trial, cutAt(bytes));
      const { path } = await trial.fetch();
      assert.deepEqual(ranges(trial), [0, bytes]);
      assert.deepEqual(trial.waits, [1]);
      await assertComplete(trial, path);
    }));

  Deno.test(`a download cut at ${percent} % by a server that is gone then is finished by a later run`, () =>
    withHub(async (trial) => {
      trial.server.intercept = (request, host) => {
        if (host !== "cdn") return undefined;
        trial.server.intercept = (_request, host) => host === "cdn" ? { status: 502 } : undefined;
        return cutAt(bytes)(request);
      };
      await assert.rejects(trial.fetch(), { name: "HubError", message: /must answer: got 502/ });
      await assertPartial(trial, bytes);
      assert.equal(trial.waits.length, 4);
      await assert.rejects(trial.fetch(NAME, { offline: true }), { message: /got nothing under main/ });
      const other = serveHub(trial.server.repositories);
      try {
        const { path } = await trial.fetch(NAME, { endpoint: other.endpoint });
        const asked = other.requests.find((request) => request.startsWith("CDN"))!;
        assert.ok(bytes === 0 ? !asked.includes("bytes=") : asked.endsWith(` bytes=${bytes}-`), asked);
        await assertComplete(trial, path);
      } finally {
        await other.close();
      }
    }));
}

Deno.test("a download that is cut again and again goes on as long as every connection brings something", () =>
  withHub(async (trial) => {
    const cuts = Array.from({ length: 19 }, (_, i) => cutAt(Math.floor(WEIGHTS.length * (i + 1) / 20)));
    answerWeights(trial, ...cuts);
    const { path } = await trial.fetch();
    assert.equal(ranges(trial).length, 20);
    assert.deepEqual(new Set(trial.waits), new Set([1]));
    await assertComplete(trial, path);
  }));

Deno.test("a download that gets no further ends after five attempts", () =>
  withHub(async (trial) => {
    // Always from the start, and never beyond the middle.
    const half = () => ({ status: 200, body: WEIGHTS, cut: 10_000 });
    trial.server.intercept = (_request, host) => host === "cdn" ? half() : undefined;
    await assert.rejects(trial.fetch(), { name: "HubError" });
    assert.equal(ranges(trial).length, 5);
    assert.deepEqual(trial.waits, [1, 2, 4, 8]);
    await assertPartial(trial, 10_000);
  }));

Deno.test("a small file that is cut is asked for again", () =>
  withHub(async (trial) => {
    let cuts = 0;
    trial.server.intercept = ({ path }) =>
      path.endsWith("/config.json") && cuts++ === 0
        ? { status: 200, body: SINGLE_MODEL["config.json"], cut: 7 }
        : undefined;
    const { path } = await trial.fetch();
    assert.equal(cuts, 2);
    assert.deepEqual(await Deno.readFile(`${path}/config.json`), new Uint8Array(SINGLE_MODEL["config.json"]));
  }));

Deno.test("a server that knows no ranges sends all again", () =>
  withHub(async (trial) => {
    answerWeights(trial, cutAt(12_345), () => ({ status: 200, body: WEIGHTS }));
    await assertComplete(trial, (await trial.fetch()).path);
  }));

Deno.test("a server that sends another range is not believed", () =>
  withHub(async (trial) => {
    const range = `bytes 0-${WEIGHTS.length - 1}/${WEIGHTS.length}`;
    answerWeights(trial, cutAt(12_345), () => ({ status: 206, headers: { "content-range": range }, body: WEIGHTS }));
    await assert.rejects(trial.fetch(), { message: /its bytes from 12345 on must come: got status 206, bytes 0-/ });
    await assertPartial(trial, 12_345);
  }));

Deno.test("a connection that falls silent is given up and continued", () =>
  withHub(async (trial) => {
    answerWeights(trial, (request) => ({ ...cutAt(6_000)(request), silent: true }));
    const { path } = await trial.fetch(NAME, { timeout: 1 });
    assert.deepEqual(ranges(trial), [0, 6_000]);
    await assertComplete(trial, path);
  }));

Deno.test("a wrong content fails at its hash, and nothing of it is kept", () =>
  withHub(async (trial) => {
    const wrong = WEIGHTS.map((byte, i) => i === 777 ? byte ^ 1 : byte);
    trial.server.intercept = (request, host) => host === "cdn" ? contentAnswer(wrong, request) : undefined;
    await assert.rejects(trial.fetch(), {
      name: "HubError",
      message:
        /^Cannot download model\.safetensors of team\/tiny as its SHA-256 must be \w{64}: got \w{64} from .*; nothing of it is kept$/,
    });
    assert.equal(ranges(trial).length, 1);
    await assertPartial(trial, 0).then(() => assert.fail("a partial file"), (error) =>
      assert.ok(error instanceof Deno.errors.NotFound));
    assert.ok(!snapshotNames(trial.folder, SINGLE_MODEL).includes("model.safetensors"));
    trial.server.intercept = () =>
      undefined;
    await assertComplete(trial, (await trial.fetch()).path);
  }));

Deno.test("a wrong small file fails at git's hash", () =>
  withHub(async (trial) => {
    trial.server.intercept = ({ path }) =>
      path.endsWith("/tokenizer.json") ? { status: 200, body: SINGLE_MODEL["tokenizer.json"].toReversed() } : undefined;
    await assert.rejects(trial.fetch(), {
      message: /^Cannot download tokenizer\.json of .* as its git SHA-1 must be \w{40}: got/,
    });
    assert.ok(!snapshotNames(trial.folder, SINGLE_MODEL).includes("tokenizer.json"));
  }));

Deno.test("a content with more bytes than announced is refused", () =>
  withHub(async (trial) => {
    answerWeights(trial, () => ({ status: 200, body: new Uint8Array([...WEIGHTS, 0]) }));
    await assert.rejects(trial.fetch(), { message: new RegExp(`must have ${WEIGHTS.length} bytes: got more`) });
    await assertPartial(trial, 0);
  }));

for (
  const [what, old] of [
    ["other bytes", WEIGHTS.subarray(0, 9000).map((byte) => byte ^ 1)],
    ["other bytes, as many as the file has", WEIGHTS.map((byte) => byte ^ 1)],
    ["more bytes than the file has", new Uint8Array(WEIGHTS.length + 1)],
  ] as const
) {
  Deno.test(`an old partial file with ${what} does not spoil the download`, () =>
    withHub(async (trial) => {
      await Deno.mkdir(`${trial.folder}/blobs`, { recursive: true });
      await Deno.writeFile(partialOf(trial), old);
      await assertComplete(trial, (await trial.fetch()).path);
    }));
}

Deno.test("a partial file that is complete is verified and not fetched", () =>
  withHub(async (trial) => {
    await Deno.mkdir(`${trial.folder}/blobs`, { recursive: true });
    await Deno.writeFile(partialOf(trial), WEIGHTS);
    await assertComplete(trial, (await trial.fetch()).path);
    assert.deepEqual(ranges(trial), []);
  }));

Deno.test("a partial file that is a link is not written through", () =>
  withHub(async (trial) => {
    const elsewhere = `${trial.cache}/../elsewhere`;
    await Deno.mkdir(`${trial.folder}/blobs`, { recursive: true });
    await Deno.writeTextFile(elsewhere, "mine");
    await Deno.symlink(elsewhere, partialOf(trial));
    await assert.rejects(trial.fetch(), {
      name: "TypeError",
      message: /\.incomplete as it must be a file: got a link/,
    });
    assert.equal(await Deno.readTextFile(elsewhere), "mine");
  }));

Deno.test("where one shard fails, the others stop where they are", () =>
  withHub(async (trial) => {
    let started = 0;
    trial.server.intercept = async (request, host) => {
      if (host !== "cdn") return undefined;
      started++;
      if (request.path.includes(blobOf("", SHARDED_MODEL, "model-00002-of-00003.safetensors").slice(6))) {
        for (let turn = 0; turn < 2000 && started < 3; turn++) await new Promise((resolve) => setTimeout(resolve, 5));
        return { status: 404 };
      }
      return { status: 200, body: new Uint8Array(weights(1)), cut: 5000, silent: true };
    };
    await assert.rejects(trial.fetch(), { message: /^Cannot download model-00002-of-00003\.safetensors of / });
    assert.equal(started, 3);
    assert.deepEqual(trial.waits, []);
  }, SHARDED_MODEL));

Deno.test("a disk without room is seen before anything is fetched, less what is there", () =>
  withHub(async (trial) => {
    await assert.rejects(trial.fetch(NAME, { freeBytes: () => Promise.resolve(1000) }), {
      message: new RegExp(
        `^Cannot download ${NAME} as .* must have room for \\d+ bytes: got 1000\\. Make room, or set HF_HUB_CACHE`,
      ),
    });
    assert.ok(!trial.server.requests.some((request) => request.includes("/resolve/")));
    await Deno.writeFile(partialOf(trial), WEIGHTS.subarray(0, WEIGHTS.length - 100));
    await trial.fetch(NAME, { freeBytes: () => Promise.resolve(1000) });
  }));

Deno.test("a disk that fills up is named, with what to do", async () => {
  // The device that is always full.
  using full = await Deno.open("/dev/full", { write: true });
  const asked = { id: { name: NAME, revision: "main", file: null }, file: "model.safetensors" };
  await assert.rejects(writeAll(full, WEIGHTS, "/cache/blobs/x.incomplete", asked), {
    message:
      /^Cannot download model\.safetensors of team\/tiny as \/cache\/blobs must have room for it: got a full disk or quota/,
  });
});

Deno.test("two processes that want one model at the same time download it once", () =>
  withHub(async (trial) => {
    let waiting = 0;
    trial.server.intercept = async ({ path }, host) => {
      if (path.includes("/revision/")) waiting++;
      // The weights come when both have asked.
      for (let turn = 0; host === "cdn" && turn < 4000 && waiting < 2; turn++) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return undefined;
    };
    const script = fileURLToPath(new URL("./fetch_process.ts", import.meta.url));
    const run = () =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", script, NAME],
        env: { HF_HUB_CACHE: trial.cache, HF_ENDPOINT: trial.server.endpoint },
      }).output();
    const outputs = await Promise.all([run(), run()]);
    const paths = outputs.map(({ code, stdout, stderr }) => {
      assert.equal(code, 0, new TextDecoder().decode(stderr));
      return new TextDecoder().decode(stdout).trim();
    });
    assert.equal(paths[0], paths[1]);
    assert.equal(ranges(trial).length, 1);
    await assertComplete(trial, paths[0]);
    const left = [...Deno.readDirSync(`${trial.folder}/blobs`)].filter(({ name }) => name.includes("."));
    assert.deepEqual(left, []);
  }));
