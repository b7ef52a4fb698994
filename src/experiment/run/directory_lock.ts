import { hostname } from "node:os";
import { ifThere } from "../../files/existing_file.ts";

/** Lock on a directory, held by this process. */
interface DirectoryLock {
  release(): void;
}

/**
 * Holds a lock file for this process alone. The kernel gives the lock back when its process ends, however it ends, so
 * that a lock left by a dead process holds nobody up; the file itself stays, and names the process.
 *
 * @throws {Error} if another process holds it, with that process's id, or if it is a link
 */
export async function acquireLock(path: string): Promise<DirectoryLock> {
  // The file that a link leads to would be emptied.
  if (ifThere(() => Deno.lstatSync(path))?.isSymlink) {
    throw new Error(`Cannot use the output directory as its lock ${path} must be a file: got a link`);
  }
  const file = await Deno.open(path, { read: true, write: true, create: true });
  if (!await file.tryLock(true)) {
    file.close();
    const holder = (await Deno.readTextFile(path)).trim() || "another process";
    throw new Error(`Cannot use the output directory as its lock ${path} must be free: got it held by ${holder}`);
  }
  await file.truncate();
  await file.write(new TextEncoder().encode(`process ${Deno.pid} on ${hostname()}\n`));
  return {
    release: () => {
      file.unlockSync();
      file.close();
    },
  };
}
