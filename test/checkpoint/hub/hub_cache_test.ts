import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { openCheckpoint } from "../../../src/checkpoint/open_checkpoint.ts";
import golden from "../../golden/hub/layout.json" with { type: "json" };
import { commitOf, sha256 } from "./hub_server.ts";
import { NAME, SINGLE_MODEL, withHub } from "./trial.ts";

/** A file of a cache: a link, a small text, or a content by its hash. */
interface Entry {
  readonly link?: string;
  readonly text?: string;
  readonly sha256?: string;
}

/** Cache that Python's huggingface_hub left of the model of these tests, asked for by `main` and by `v1.0`. */
const LAYOUT: Readonly<Record<string, Entry>> = golden.files;

const REPOSITORY = { revisions: { main: SINGLE_MODEL, "v1.0": SINGLE_MODEL } };

function entryOf(path: string): Entry {
  if (Deno.lstatSync(path).isSymlink) return { link: Deno.readLinkSync(path) };
  const content = Deno.readFileSync(path);
  return path.includes("/blobs/") ? { sha256: sha256(content) } : { text: new TextDecoder().decode(content) };
}

Deno.test("fetchModel() leaves what huggingface_hub leaves: contents, links, refs and listings, byte for byte", () =>
  withHub(async (trial) => {
    await trial.fetch();
    await trial.fetch(`${NAME}@v1.0`);
    assert.equal(trial.folder, join(trial.cache, golden.folder));
    const found: Record<string, Entry> = {};
    for (const path of Object.keys(LAYOUT)) found[path] = entryOf(join(trial.folder, path));
    assert.deepEqual(found, LAYOUT);
    const directories = [...new Set(Object.keys(LAYOUT).map((path) => dirname(path)))];
    const names = directories.flatMap((directory) =>
      [...Deno.readDirSync(join(trial.folder, directory))].map(({ name }) => join(directory, name))
    );
    assert.deepEqual(names.sort(), Object.keys(LAYOUT).sort());
  }, REPOSITORY));

Deno.test("fetchModel() finds what huggingface_hub left, without a network and, by its commit, without asking", () =>
  withHub(async (trial) => {
    for (const [path, { link, text, sha256: hash }] of Object.entries(LAYOUT)) {
      const place = join(trial.folder, path);
      await Deno.mkdir(dirname(place), { recursive: true });
      const content = Object.values(SINGLE_MODEL).find((bytes) => sha256(bytes) === hash);
      if (link !== undefined) await Deno.symlink(link, place);
      else if (text !== undefined) await Deno.writeTextFile(place, text);
      else await Deno.writeFile(place, content!);
    }
    const commit = commitOf(SINGLE_MODEL);
    for (const revision of ["main", "v1.0", commit]) {
      const found = await trial.fetch(`${NAME}@${revision}`, { offline: true });
      assert.equal(found.commit, commit);
      const checkpoint = await openCheckpoint(found.path);
      assert.deepEqual([...checkpoint.tensors.keys()], ["tensor1"]);
      checkpoint.close();
    }
    await trial.fetch(`${NAME}@${commit}`);
    assert.deepEqual([trial.server.requests, trial.hints], [[], []]);
    // A cache of an older huggingface_hub has no listings.
    await Deno.remove(join(trial.folder, "trees"), { recursive: true });
    assert.equal((await trial.fetch(NAME, { offline: true })).commit, commit);
    await trial.fetch();
    assert.ok(!trial.server.requests.some((request) => request.includes("/resolve/")));
  }, REPOSITORY));
