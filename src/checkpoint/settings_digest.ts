import { createHash } from "node:crypto";

/** "sha256:…" of settings as their file has them, white space aside. */
export function settingsDigest(settings: unknown): string {
  return `sha256:${createHash("sha256").update(JSON.stringify(settings)).digest("hex")}`;
}
