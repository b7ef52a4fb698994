import assert from "node:assert/strict";
import { fetchModel } from "../../../src/checkpoint/hub/fetch_model.ts";
import { parseDatasetId } from "../../../src/checkpoint/hub/hub_id.ts";
import { type Hub, hubSettings } from "../../../src/checkpoint/hub/hub_settings.ts";
import { commitOf } from "./hub_server.ts";
import { bytesOf, type Trial, withHub } from "./trial.ts";

const FILES = { "README.md": bytesOf("# facts"), "data/train.jsonl": bytesOf('{"prompt":"p"}\n') };

/** Adds a data set to the hub of a trial; returns what fetches a file of it. */
function withFacts({ server, cache }: Trial): (file: string, replace?: Partial<Hub>) => Promise<string> {
  server.repositories["datasets/team/facts"] = { revisions: { main: FILES }, token: "hf_mine" };
  const env: Record<string, string> = { HF_HUB_CACHE: cache, HF_ENDPOINT: server.endpoint, HF_TOKEN: "hf_mine" };
  return async (file, replace = {}) =>
    (await fetchModel(parseDatasetId(file)!, { ...hubSettings((name) => env[name]), ...replace })).path;
}

Deno.test("fetchModel() brings a data set's file alone, into a folder of its own, and finds it offline", () =>
  withHub(async (trial) => {
    const fetch = withFacts(trial);
    const path = await fetch("team/facts:data/train.jsonl");
    assert.equal(path, `${trial.cache}/datasets--team--facts/snapshots/${commitOf(FILES)}/data/train.jsonl`);
    assert.deepEqual(await Deno.readFile(path), FILES["data/train.jsonl"]);
    assert.deepEqual(trial.server.requests.map((request) => request.replaceAll(commitOf(FILES), "COMMIT")), [
      "GET /api/datasets/team/facts/revision/main",
      "GET /api/datasets/team/facts/tree/COMMIT?recursive=true&expand=false",
      "GET /datasets/team/facts/resolve/COMMIT/data/train.jsonl",
    ]);
    trial.server.requests.length = 0;
    assert.equal(await fetch(`team/facts@${commitOf(FILES)}:data/train.jsonl`), path);
    assert.equal(await fetch("team/facts:data/train.jsonl", { offline: true }), path);
    assert.deepEqual(trial.server.requests, []);
  }));

Deno.test("fetchModel() says which files a data set has, and what a private one needs", () =>
  withHub(async (trial) => {
    const fetch = withFacts(trial);
    await assert.rejects(fetch("team/facts:test.csv"), {
      message:
        "Cannot download team/facts:test.csv as the repository must have test.csv: got README.md, data/train.jsonl",
    });
    await assert.rejects(
      fetch("team/facts:data/train.jsonl", { token: null }),
      /Check the name; a private or gated data set needs a token in HF_TOKEN/,
    );
  }));
