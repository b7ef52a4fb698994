import assert from "node:assert/strict";
import { randomValues } from "../../support/random.ts";
import { sha256 } from "./hub_server.ts";
import { bytesOf, NAME, SINGLE_MODEL, withHub } from "./trial.ts";

const isTree = (path: string) => path.includes("/tree/");
const isWeights = (path: string) => path.endsWith("/model.safetensors");
const WEIGHTS = new Uint8Array(SINGLE_MODEL["model.safetensors"]);

/** A body that drips is given up after a few attempts, although it never falls silent. */
const giveUpBody = () =>
  withHub(async (trial) => {
    trial.server.intercept = (_, host) => host === "cdn" ? { status: 200, body: WEIGHTS, drip: 0.01 } : undefined;
    await assert.rejects(trial.fetch(NAME, { timeout: 0.2 }), {
      name: "HubError",
      message: /must answer: got \d+ bytes in [1-9] s/,
    });
    assert.equal(trial.waits.length, 4);
  });

const giveUpListing = () =>
  withHub(async (trial) => {
    trial.server.intercept = ({ path }) =>
      isTree(path) ? { status: 200, body: bytesOf(`[${" ".repeat(5000)}`), drip: 0.01 } : undefined;
    await assert.rejects(trial.fetch(NAME, { timeout: 0.2 }), { name: "HubError", message: /bytes in [1-9] s/ });
  });

// Seconds of waiting each, at the same time.
Deno.test("a body that drips, and a listing that does, is given up", async () => {
  await Promise.all([giveUpBody(), giveUpListing()]);
});

Deno.test("a connection that breaks off after each byte is not asked for ever", () =>
  withHub(async (trial) => {
    trial.server.intercept = ({ headers }, host) => {
      if (host !== "cdn") return undefined;
      const at = Number(/\d+/.exec(headers.get("range") ?? "0")![0]);
      const range = { "content-range": `bytes ${at}-${WEIGHTS.length - 1}/${WEIGHTS.length}` };
      return { status: at === 0 ? 200 : 206, headers: range, body: WEIGHTS.subarray(at), cut: 1 };
    };
    await assert.rejects(trial.fetch(), { name: "HubError" });
    assert.equal(trial.waits.length, 4);
  }));

Deno.test("a listing of ever more files is refused", () =>
  withHub(async (trial) => {
    const one = (i: number) => ({ type: "file", path: `f${i}`, size: 1, oid: "0".repeat(40) });
    trial.server.intercept = ({ path }) =>
      isTree(path)
        ? { status: 200, body: bytesOf(JSON.stringify(Array.from({ length: 100_001 }, (_, i) => one(i)))) }
        : undefined;
    await assert.rejects(trial.fetch(), {
      name: "HubError",
      message: /must answer with at most 100000 files: got more/,
    });
  }));

Deno.test("JSON without end, or nested without end, is refused", () =>
  withHub(async (trial) => {
    for (
      const [body, message] of [
        [bytesOf(" ".repeat(2 ** 25 + 1)), /must answer with at most 33554432 bytes within 600 s: got more/],
        [bytesOf("[".repeat(1e6)), /must answer with JSON: got "\[\[/],
        [bytesOf("[".repeat(1e6) + "]".repeat(1e6)), /must answer with JSON: got "\[\[/],
      ] as const
    ) {
      trial.server.intercept = ({ path }) => isTree(path) ? { status: 200, body } : undefined;
      await assert.rejects(trial.fetch(), { name: "HubError", message });
    }
  }));

Deno.test("a file of which the hub tells no size is taken by the length of the answer, if the disk has room", () => {
  const headers = { etag: `"${sha256(WEIGHTS)}"` };
  return withHub(
    async (trial) => {
      trial.server.intercept = ({ path, method }) => {
        if (!isWeights(path)) return undefined;
        return method === "HEAD"
          ? { status: 200, headers, body: WEIGHTS, unmeasured: true }
          : { status: 200, headers, body: WEIGHTS };
      };
      await assert.rejects(trial.fetch(NAME, { freeBytes: () => Promise.resolve(1000) }), {
        message: new RegExp(`must have room for ${WEIGHTS.length} bytes: got 1000`),
      });
      const { path } = await trial.fetch();
      assert.deepEqual(await Deno.readFile(`${path}/model.safetensors`), WEIGHTS);
    },
    SINGLE_MODEL,
    { listings: false },
  );
});

Deno.test("a file without any length is taken if it is small", () => {
  const headers = { etag: `"${sha256(WEIGHTS)}"` };
  return withHub(
    async (trial) => {
      trial.server.intercept = ({ path }) =>
        isWeights(path) ? { status: 200, headers, body: WEIGHTS, unmeasured: true } : undefined;
      const { path } = await trial.fetch();
      assert.deepEqual(await Deno.readFile(`${path}/model.safetensors`), WEIGHTS);
    },
    SINGLE_MODEL,
    { listings: false },
  );
});

Deno.test("a body that is longer than the hub told is refused before all of it has come", () =>
  withHub(async (trial) => {
    const longer = new Uint8Array(1 << 24);
    longer.set(WEIGHTS);
    longer.set(Uint8Array.from(randomValues(100, 7)), WEIGHTS.length);
    trial.server.intercept = (_, host) => host === "cdn" ? { status: 200, body: longer, unmeasured: true } : undefined;
    await assert.rejects(trial.fetch(), {
      name: "HubError",
      message: new RegExp(`model\\.safetensors of ${NAME} as it must have ${WEIGHTS.length} bytes: got more`),
    });
  }));
