import { hostname } from "node:os";
import { ifThere } from "../../files/existing_file.ts";
import { inWords, onFile } from "../../files/system_error.ts";
import { readIfThere } from "../../files/text_file.ts";

/** Lock on a directory, held by this process. */
interface DirectoryLock {
  release(): void;
}

/** Errors of file systems without locks: none available, no such function, not supported. */
const NO_LOCKS = /\(os error (?:37|38|45|77|78|95|102)\)/;

/**
 * Holds a lock file for this process alone. The kernel gives the lock back when its process ends, however it ends, so
 * that a lock left by a dead process holds nobody up; the file itself stays, and names the process. On a file system
 * that knows no locks, as some of clusters are, nothing is held.
 *
 * @throws {Error} if another process holds it, with that process's id, or if it is a link
 */
export async function acquireLock(path: string): Promise<DirectoryLock> {
  // The file that a link leads to would be emptied.
  if (ifThere(() => Deno.lstatSync(path))?.isSymlink) {
    throw new Error(`Cannot use the output directory as its lock ${path} must be a file: got a link`);
  }
  const file = onFile("write", path, () => Deno.openSync(path, { read: true, write: true, create: true }));
  try {
    const locked = await file.tryLock(true).catch((error) => {
      if (NO_LOCKS.test(String(error?.message))) return null;
      throw error;
    });
    if (locked === null) {
      file.close();
      return { release: () => {} };
    }
    if (!locked) {
      const holder = readIfThere(path)?.trim() || "another process";
      throw new Error(`Cannot use the output directory as its lock ${path} must be free: got it held by ${holder}`);
    }
    await file.truncate();
    await file.write(new TextEncoder().encode(`process ${Deno.pid} on ${hostname()}\n`));
  } catch (error) {
    file.close();
    throw inWords(error, { verb: "write", path });
  }
  return {
    release: () => {
      file.unlockSync();
      file.close();
    },
  };
}
