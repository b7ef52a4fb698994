import assert from "node:assert/strict";
import { join } from "node:path";
import { cacheDirectory, mayUseCache } from "../../../src/checkpoint/cache/cache_directory.ts";

const NAMES = ["WHENCE_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA", "HOME", "USERPROFILE"];

/** Runs `check` with these variables alone set, of those that name a cache or a home. */
async function withEnvironment(env: Record<string, string>, check: () => void | Promise<void>): Promise<void> {
  const before = NAMES.map((name) => [name, Deno.env.get(name)] as const);
  try {
    for (const name of NAMES) Deno.env.delete(name);
    for (const [name, value] of Object.entries(env)) Deno.env.set(name, value);
    await check();
  } finally {
    for (const [name, value] of before) value === undefined ? Deno.env.delete(name) : Deno.env.set(name, value);
  }
}

Deno.test("cacheDirectory() is WHENCE_CACHE before every other", () =>
  withEnvironment({ WHENCE_CACHE: "own", HOME: "home" }, () => assert.equal(cacheDirectory(), "own")));

Deno.test("cacheDirectory() lies in the home where nothing else is named", () =>
  withEnvironment({ HOME: "home", LOCALAPPDATA: join("home", "local") }, () => {
    assert.ok(cacheDirectory().startsWith("home"));
    assert.ok(cacheDirectory().endsWith("whence"));
  }));

Deno.test("cacheDirectory() refuses an environment without a home, and mayUseCache() does without", () =>
  withEnvironment({}, async () => {
    assert.throws(cacheDirectory, /Cannot find the cache directory as WHENCE_CACHE or HOME must be set/);
    assert.equal(await mayUseCache(["read"]), false);
  }));

Deno.test("mayUseCache() is true with the permissions that it is asked for", () =>
  withEnvironment({ WHENCE_CACHE: "own" }, async () => assert.equal(await mayUseCache(["read", "write"]), true)));
