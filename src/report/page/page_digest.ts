import { createHash } from "node:crypto";

/** Files that the code of a page is made of, beside those in client/. */
const SHARED = ["page.css", "../text/number_text.ts", "../text/visible_token.ts"];

/** Digest of the sources of a page's code as they are, and of the code that was made of them. */
export function pageDigest(script: string, style: string): string {
  const own = ["client/", "client/data/"].flatMap((folder) =>
    Array.from(Deno.readDirSync(new URL(folder, import.meta.url))).flatMap(({ name, isFile }) =>
      isFile ? [`${folder}${name}`] : []
    )
  );
  const hash = createHash("sha256");
  for (const name of [...own, ...SHARED].sort()) {
    hash.update(`${name}\0${Deno.readTextFileSync(new URL(name, import.meta.url))}\0`);
  }
  return hash.update(`${script}\0${style}`).digest("hex");
}
