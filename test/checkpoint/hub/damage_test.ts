import assert from "node:assert/strict";
import { basename, dirname, join } from "node:path";
import { inScratch } from "../../support/in_scratch.ts";
import { verifyContents } from "../../../src/checkpoint/hub/verify_contents.ts";
import { commitOf } from "./hub_server.ts";
import { blobOf, layoutOf, NAME, READ, SINGLE_MODEL, snapshotFile, type Trial, weights, withHub } from "./trial.ts";

/** Damages a cache that holds the model; returns what it changed. */
type Damage = (trial: Trial) => Promise<void>;

const blob = ({ folder }: Trial, name: string) => blobOf(folder, SINGLE_MODEL, name);
const file = ({ folder }: Trial, name: string) => snapshotFile(folder, SINGLE_MODEL, name);

async function flip(path: string): Promise<void> {
  const bytes = await Deno.readFile(path);
  bytes[bytes.length >> 1] ^= 1;
  await Deno.writeFile(path, bytes);
}

async function relink(path: string, target: string): Promise<void> {
  await Deno.remove(path);
  await Deno.symlink(target, path);
}

const damages: Record<string, { name: string; damage: Damage; why: RegExp }> = {
  "a truncated content": {
    name: "model.safetensors",
    damage: (trial) => Deno.truncate(blob(trial, "model.safetensors"), 1000),
    why: new RegExp(`it must have ${weights(1).length} bytes: got 1000`),
  },
  "a changed content": {
    name: "model.safetensors",
    damage: (trial) => flip(blob(trial, "model.safetensors")),
    why: /its SHA-256 must be \w{64}: got \w{64}/,
  },
  "a changed small file": {
    name: "tokenizer.json",
    damage: (trial) => flip(blob(trial, "tokenizer.json")),
    why: /its git SHA-1 must be \w{40}: got \w{40}/,
  },
  "a content that was removed": {
    name: "config.json",
    damage: (trial) => Deno.remove(blob(trial, "config.json")),
    why: /its link \.\.\/\.\.\/blobs\/\w{40} leads to nothing/,
  },
  "a link to another content": {
    name: "model.safetensors",
    damage: async (trial) => {
      const digest = "a".repeat(64);
      await Deno.copyFile(blob(trial, "model.safetensors"), join(trial.folder, "blobs", digest));
      await relink(file(trial, "model.safetensors"), `../../blobs/${digest}`);
    },
    why: /it must be \w{64}: got a{64}/,
  },
  "a link out of the cache": {
    name: "model.safetensors",
    damage: async (trial) => {
      const outside = join(dirname(trial.cache), "outside");
      await Deno.copyFile(blob(trial, "model.safetensors"), outside);
      await relink(file(trial, "model.safetensors"), outside);
    },
    why: /its link leads out of the cache, to .*outside/,
  },
  "a content that is a link out of the cache": {
    name: "model.safetensors",
    damage: async (trial) => {
      const outside = join(dirname(trial.cache), "outside");
      await Deno.rename(blob(trial, "model.safetensors"), outside);
      await Deno.symlink(outside, blob(trial, "model.safetensors"));
    },
    why: /its link leads out of the cache, to .*outside/,
  },
  "a directory in place of a content": {
    name: "config.json",
    damage: async (trial) => {
      await Deno.remove(file(trial, "config.json"));
      await Deno.mkdir(file(trial, "config.json"));
    },
    why: /it must be a file: got something else/,
  },
};

for (const [what, { name, damage, why }] of Object.entries(damages)) {
  Deno.test(`${what} in the cache is named offline and, where it can be, downloaded again`, () =>
    withHub(async (trial) => {
      await trial.fetch();
      const before = layoutOf(trial.folder);
      await damage(trial);
      await assert.rejects(trial.fetch(NAME, { offline: true }), (error: Error) => {
        assert.match(error.message, new RegExp(`got a damaged .*${name.replace(".", "\\.")}, as `));
        assert.match(error.message, why);
        return true;
      });
      if (what.startsWith("a directory")) return;
      await trial.fetch();
      assert.equal(trial.hints.length, 1);
      assert.match(trial.hints[0], new RegExp(`${name.replace(".", "\\.")} is downloaded again, as `));
      const after = layoutOf(trial.folder);
      delete after[`blobs/${"a".repeat(64)}`];
      assert.deepEqual(after, before);
      assert.equal((await trial.fetch(NAME, { offline: true })).commit, commitOf(SINGLE_MODEL));
    }));
}

Deno.test("verifyContents() hashes what a snapshot links to, and names what has changed", () =>
  withHub(async (trial) => {
    const { path } = await trial.fetch();
    assert.equal(await verifyContents(path), READ.length);
    await flip(blob(trial, "model.safetensors"));
    await assert.rejects(verifyContents(path), {
      name: "SyntaxError",
      message: new RegExp(
        `^Cannot use .*/model\\.safetensors as its SHA-256 must be (\\w{64}): got \\w{64}; remove .*/blobs/\\1, and`,
      ),
    });
    await assert.rejects(verifyContents(file(trial, "model.safetensors")), SyntaxError);
    assert.equal(await verifyContents(file(trial, "config.json")), 1);
  }));

Deno.test("a ref that is no commit is named offline and written again where it can be", () =>
  withHub(async (trial) => {
    await trial.fetch();
    const ref = join(trial.folder, "refs", "main");
    await Deno.writeTextFile(ref, "../../../etc");
    await assert.rejects(trial.fetch(NAME, { offline: true }), {
      message: /got Cannot use .*refs\/main as it must be a commit: got "\.\.\/\.\.\/\.\.\/etc"/,
    });
    await trial.fetch();
    assert.equal(await Deno.readTextFile(ref), commitOf(SINGLE_MODEL));
  }));

/** Everything below a directory, directories too. */
function everythingBelow(directory: string): string[] {
  return [...Deno.readDirSync(directory)].flatMap(({ name, isDirectory }) => [
    name,
    ...(isDirectory ? everythingBelow(join(directory, name)) : []),
  ]);
}

for (
  const [place, isFatal] of [
    ["models--team--tiny/blobs", true],
    ["models--team--tiny/snapshots", true],
    [`models--team--tiny/snapshots/${commitOf(SINGLE_MODEL)}`, true],
    ["models--team--tiny/refs", false],
    ["models--team--tiny/trees", false],
    [".locks", true],
    [".locks/models--team--tiny", true],
  ] as const
) {
  for (const isThere of [true, false]) {
    Deno.test(`nothing is written where ${place} is a link to ${isThere ? "another place" : "nothing"}`, () =>
      withHub(async (trial) => {
        const outside = join(dirname(trial.cache), "outside");
        if (isThere) await Deno.mkdir(outside);
        await Deno.mkdir(dirname(join(trial.cache, place)), { recursive: true });
        await Deno.symlink(outside, join(trial.cache, place));
        const message = /Cannot write to .* as it must lie in the cache: got a link to .*outside/;
        if (isFatal) await assert.rejects(trial.fetch(), { message });
        else await trial.fetch();
        if (place.endsWith("refs")) assert.match(trial.hints.join(), message);
        if (isThere) assert.deepEqual(everythingBelow(outside), []);
        else assert.throws(() => Deno.lstatSync(outside), Deno.errors.NotFound);
      }));
  }
}

Deno.test("a lock that is a link out of the cache is refused, a ref and a listing that are links are replaced", () =>
  withHub(async (trial) => {
    const { cache, folder } = trial;
    await trial.fetch();
    const outside = join(dirname(cache), "outside");
    await Deno.writeTextFile(outside, "kept");
    const commit = commitOf(SINGLE_MODEL);
    for (const path of [join(folder, "refs", "main"), join(folder, "trees", `${commit}.json`)]) {
      await relink(path, outside);
    }
    await trial.fetch();
    assert.equal(await Deno.readTextFile(join(folder, "refs", "main")), commit);
    assert.equal(await Deno.readTextFile(outside), "kept");
    const { name } = [...Deno.readDirSync(join(cache, ".locks", basename(folder)))][0];
    await relink(join(cache, ".locks", basename(folder), name), outside);
    await Deno.remove(join(folder, "blobs"), { recursive: true });
    await assert.rejects(trial.fetch(), { message: /Cannot write to .*\.lock as it must lie in the cache/ });
    assert.equal(await Deno.readTextFile(outside), "kept");
  }));

Deno.test("the model's folder may be a link to another disk", () =>
  withHub(async (trial) => {
    const elsewhere = join(dirname(trial.cache), "elsewhere");
    await Deno.mkdir(elsewhere);
    await Deno.mkdir(trial.cache);
    await Deno.symlink(elsewhere, trial.folder);
    await trial.fetch();
    assert.equal((await trial.fetch(NAME, { offline: true })).commit, commitOf(SINGLE_MODEL));
    assert.deepEqual([...Deno.readDirSync(elsewhere)].map(({ name }) => name).sort(), [
      ...["blobs", "refs", "snapshots", "trees"],
    ]);
  }));

Deno.test("faults of files are said in words to callers of the library as well", () =>
  inScratch(async (root) => {
    const gone = join(root, "gone");
    await assert.rejects(verifyContents(gone), {
      name: "NotFound",
      message: `Cannot read ${gone} as it must exist: got nothing`,
    });
  }));
