// Bundles the page's code and style into page_code.ts, so that a page is written without a build and without a file
// beside the module: `deno task page`.
import { fileURLToPath } from "node:url";
import { pageDigest } from "./page_digest.ts";

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const bundle = await new Deno.Command(Deno.execPath(), {
  args: ["bundle", "--quiet", "--minify", "--platform", "browser", here("client/start.ts")],
  stderr: "inherit",
}).output();
if (!bundle.success) Deno.exit(1);
const script = new TextDecoder().decode(bundle.stdout).trim().replaceAll("</script", "<\\/script");
const style = Deno.readTextFileSync(here("page.css")).replace(/\s+/g, " ").trim();
const digest = pageDigest(script, style);
Deno.writeTextFileSync(
  here("page_code.ts"),
  `// Made by \`deno task page\` of client/ and page.css.
/** Digest of what it was made of. */
export const PAGE_DIGEST = ${JSON.stringify(digest)};
/** Script of a page. */
export const PAGE_SCRIPT = ${JSON.stringify(script)};
/** Style of a page. */
export const PAGE_STYLE = ${JSON.stringify(style)};
`,
);
