import assert from "node:assert/strict";
import { join } from "node:path";
import { cacheDirectory, mayUseCache } from "../../../src/checkpoint/cache/cache_directory.ts";

const environment = (variables: Readonly<Record<string, string>>) => new Map(Object.entries(variables));

Deno.test("cacheDirectory() is WHENCE_CACHE before every other", () =>
  assert.equal(cacheDirectory(environment({ WHENCE_CACHE: "own", HOME: "home" })), "own"));

Deno.test("cacheDirectory() lies in the home where nothing else is named", () => {
  const directory = cacheDirectory(environment({ HOME: "home", LOCALAPPDATA: join("home", "local") }));
  assert.ok(directory.startsWith("home"));
  assert.ok(directory.endsWith("whence"));
});

Deno.test("cacheDirectory() refuses an environment without a home, and mayUseCache() does without", async () => {
  const message = /Cannot find the cache directory as WHENCE_CACHE or HOME must be set/;
  assert.throws(() => cacheDirectory(environment({})), message);
  assert.equal(await mayUseCache(["read"], environment({})), false);
});

Deno.test("mayUseCache() is true with the permissions that it is asked for", async () =>
  assert.equal(await mayUseCache(["read", "write"], environment({ WHENCE_CACHE: "own" })), true));
