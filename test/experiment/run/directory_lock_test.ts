import assert from "node:assert/strict";
import { join } from "node:path";
import { acquireLock } from "../../../src/experiment/run/directory_lock.ts";
import { withDirectory } from "../../explain/fake_model.ts";

const HOLDER = `
import { acquireLock } from ${
  JSON.stringify(new URL("../../../src/experiment/run/directory_lock.ts", import.meta.url).href)
};
await acquireLock(Deno.args[0]);
console.log("held");
setInterval(() => {}, 1000);
`;

Deno.test("acquireLock() names the process that holds the lock, and takes it over once that is killed", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "lock");
    await Deno.writeTextFile(join(directory, "holder.ts"), HOLDER);
    const args = ["run", "-A", "--no-lock", join(directory, "holder.ts"), path];
    const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped" }).spawn();
    const reader = child.stdout.getReader();
    await reader.read();
    await assert.rejects(acquireLock(path), {
      message: new RegExp(`must be free: got it held by process ${child.pid} on `),
    });
    child.kill("SIGKILL");
    await child.status;
    await reader.cancel();
    const lock = await acquireLock(path);
    assert.match(await Deno.readTextFile(path), new RegExp(`^process ${Deno.pid} on `));
    lock.release();
  }));

Deno.test("acquireLock() holds up a second run in the same process until it is released", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "lock");
    const lock = await acquireLock(path);
    await assert.rejects(acquireLock(path), { name: "Error" });
    lock.release();
    (await acquireLock(path)).release();
  }));

Deno.test("acquireLock() writes through no link", () =>
  withDirectory(async (directory) => {
    const [path, target] = [join(directory, "lock"), join(directory, "kept")];
    await Deno.writeTextFile(target, "kept");
    await Deno.symlink(target, path);
    await assert.rejects(acquireLock(path), { message: /its lock .*lock must be a file: got a link$/ });
    assert.equal(await Deno.readTextFile(target), "kept");
  }));

Deno.test("acquireLock() goes on without a lock on a file system that knows none", () =>
  withDirectory(async (directory) => {
    const { tryLock } = Deno.FsFile.prototype;
    Deno.FsFile.prototype.tryLock = () => Promise.reject(new Error("No locks available (os error 37)"));
    try {
      const locks = [await acquireLock(join(directory, "lock")), await acquireLock(join(directory, "lock"))];
      for (const lock of locks) lock.release();
      Deno.FsFile.prototype.tryLock = () => Promise.reject(new Error("Input/output error (os error 5)"));
      await assert.rejects(acquireLock(join(directory, "lock")), /os error 5|its disk must work/);
    } finally {
      Deno.FsFile.prototype.tryLock = tryLock;
    }
  }));
