import type { Hindrance } from "./disturbances.ts";

/** A disk in memory, of a few bytes. */
interface SmallDisk {
  readonly directory: string;
  /** Lets it have no room until the hindrance ends. */
  readonly full: Hindrance;
  /** Lets nobody write until the hindrance ends. */
  readonly readOnly: Hindrance;
  close(): Promise<void>;
}

/** Bytes that are left to a file system that is full but for a record or two, and those of one with room. */
const [FEW, ENOUGH] = ["40k", "64m"];

/** Mounts a disk; null if this user may not. */
export async function mountSmallDisk(): Promise<SmallDisk | null> {
  const directory = await Deno.makeTempDir({ prefix: "whence_disk_" });
  const remount = async (options: string) => {
    if (!await run(["mount", "-o", `remount,${options}`, directory])) throw new Error(`Cannot remount ${directory}`);
  };
  if (!await run(["mount", "-t", "tmpfs", "-o", `size=${ENOUGH}`, "tmpfs", directory])) {
    await Deno.remove(directory);
    return null;
  }
  return {
    directory,
    full: { begin: () => remount(`size=${FEW}`), end: () => remount(`size=${ENOUGH}`) },
    readOnly: { begin: () => remount("ro"), end: () => remount("rw") },
    async close() {
      await run(["umount", directory]);
      await Deno.remove(directory);
    },
  };
}

async function run([program, ...args]: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args, stdout: "null", stderr: "null" }).output()).success;
  } catch {
    // There is no such program.
    return false;
  }
}
