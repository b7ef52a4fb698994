import assert from "node:assert/strict";
import { join } from "node:path";
import { hubSettings } from "../../../src/checkpoint/hub/hub_settings.ts";

const settings = (env: Record<string, string>) => hubSettings((name) => ({ HOME: "/home/ada", ...env })[name]);

// Values of huggingface_hub.constants 2.4 for the same variables.
const caches: [Record<string, string>, string][] = [
  [{}, "/home/ada/.cache/huggingface/hub"],
  [{ XDG_CACHE_HOME: "/xdg" }, "/xdg/huggingface/hub"],
  [{ HF_HOME: "/models", XDG_CACHE_HOME: "/xdg" }, "/models/hub"],
  [{ HF_HOME: "~/models" }, "/home/ada/models/hub"],
  [{ HF_HOME: "$DISK/${USER}", DISK: "/disk", USER: "ada" }, "/disk/ada/hub"],
  [{ HF_HUB_CACHE: "/cache", HF_HOME: "/models" }, "/cache"],
  [{ HUGGINGFACE_HUB_CACHE: "/old", HF_HOME: "/models" }, "/old"],
  [{ HF_HUB_CACHE: "/cache", HUGGINGFACE_HUB_CACHE: "/old" }, "/cache"],
  [{ HF_HUB_CACHE: "" }, "/home/ada/.cache/huggingface/hub"],
];

for (const [env, cache] of caches) {
  Deno.test(`hubSettings() puts the cache at ${cache} for ${JSON.stringify(env)}`, () => {
    assert.equal(settings(env).cache, cache);
  });
}

Deno.test("hubSettings() reads the endpoint, being offline, links and the timeout", () => {
  const { endpoint, offline, symlinks, timeout, token } = settings({});
  assert.deepEqual([endpoint, offline, symlinks, timeout, token], ["https://huggingface.co", false, true, 10, null]);
  const env = {
    HF_ENDPOINT: "https://mirror.example/hf/",
    HF_HUB_DISABLE_SYMLINKS: "1",
    HF_HUB_DOWNLOAD_TIMEOUT: "30",
  };
  const other = settings(env);
  assert.deepEqual([other.endpoint, other.symlinks, other.timeout], ["https://mirror.example/hf", false, 30]);
  for (const value of ["1", "ON", "yes", "True"]) assert.equal(settings({ HF_HUB_OFFLINE: value }).offline, true);
  for (const value of ["0", "no", ""]) assert.equal(settings({ HF_HUB_OFFLINE: value }).offline, false);
  assert.equal(settings({ TRANSFORMERS_OFFLINE: "1" }).offline, true);
});

Deno.test("hubSettings() rejects what is no address, no time and no home", () => {
  assert.throws(() => settings({ HF_ENDPOINT: "mirror" }), { name: "RangeError", message: /HF_ENDPOINT .*got mirror/ });
  assert.throws(() => settings({ HF_ENDPOINT: "file:///x" }), RangeError);
  assert.throws(() => settings({ HF_HUB_DOWNLOAD_TIMEOUT: "soon" }), { message: /HF_HUB_DOWNLOAD_TIMEOUT .*got soon/ });
  // A timer of more than 2^31 ms would end at once.
  for (const value of ["1e10", "Infinity", "2000001"]) {
    assert.throws(() => settings({ HF_HUB_DOWNLOAD_TIMEOUT: value }), { message: /above 0, at most 2000000: got / });
  }
  assert.throws(() => hubSettings(() => undefined), { message: /HF_HOME, HF_HUB_CACHE or HOME must be set/ });
});

Deno.test("hubSettings() takes the token of HF_TOKEN, then of the token file, and of neither where it is told so", async () => {
  const home = await Deno.makeTempDir({ prefix: "whence_hub_" });
  try {
    assert.equal(settings({ HF_HOME: home }).token, null);
    await Deno.writeTextFile(join(home, "token"), "hf_file\n");
    const ofFile = settings({ HF_HOME: home });
    assert.deepEqual([ofFile.token, ofFile.tokenSource], ["hf_file", join(home, "token")]);
    const given = settings({ HF_HOME: home, HF_TOKEN: " hf_given " });
    assert.deepEqual([given.token, given.tokenSource], ["hf_given", "HF_TOKEN"]);
    assert.equal(settings({ HF_HOME: home, HUGGING_FACE_HUB_TOKEN: "old" }).token, "old");
    await Deno.writeTextFile(join(home, "other"), "hf_other");
    assert.equal(settings({ HF_HOME: home, HF_TOKEN_PATH: join(home, "other") }).token, "hf_other");
    assert.equal(settings({ HF_HOME: home, HF_TOKEN: "hf_given", HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" }).token, null);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});

Deno.test("hubSettings() rejects a token of several lines without showing it", () => {
  assert.throws(() => settings({ HF_TOKEN: "hf_sec\nret" }), (error: Error) => {
    assert.match(error.message, /the token of HF_TOKEN as it must be one word/);
    return !error.message.includes("sec");
  });
});
