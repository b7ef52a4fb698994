import { createHash } from "node:crypto";
import { openFile } from "../../files/open_file.ts";
import { onFile } from "../../files/system_error.ts";

/** Bytes that are read at a time. */
const CHUNK = 1 << 23;

/** A file of prompts as it was read. */
interface FileDigest {
  /** As the experiment names it. */
  readonly file: string;
  readonly bytes: number;
  /** "sha256:…" of all of them. */
  readonly hash: string;
}

/** The digest of a file in the making. */
export interface DataDigest {
  /** As the experiment names it. */
  readonly file: string;
  /** Takes the next bytes of the file, which has been read so far. */
  pass(bytes: Uint8Array): void;
  /**
   * Ends it, and reads the bytes that have not passed: of a Parquet file all, as its columns are read by themselves.
   *
   * @throws {Error} if the file cannot be read
   */
  finish(): FileDigest;
}

/** Starts the digest of a file. */
export function openDigest(file: string, path: string): DataDigest {
  const hash = createHash("sha256");
  let bytes = 0;
  let done: FileDigest | null = null;
  const pass = (part: Uint8Array) => {
    // A stream may have read on when its reader had enough.
    if (done !== null) return;
    hash.update(part);
    bytes += part.length;
  };
  const readRest = () => {
    const opened = openFile(path);
    try {
      while (bytes < opened.size) pass(opened.read(bytes, Math.min(CHUNK, opened.size - bytes)));
    } finally {
      opened.close();
    }
  };
  return {
    file,
    pass,
    finish() {
      if (done !== null) return done;
      onFile("read", path, readRest);
      return done = { file, bytes, hash: `sha256:${hash.digest("hex")}` };
    },
  };
}
