// Bundles the page's code and style into page_code.ts, so that a page is written without a build and without a file
// beside the module: `deno task page`.
import { fileURLToPath } from "node:url";
import { pageDigest } from "./page_digest.ts";

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const bundle = await new Deno.Command(Deno.execPath(), {
  args: ["bundle", "--quiet", "--minify", "--platform", "browser", here("client/start.ts")],
  stderr: "inherit",
}).output();
if (!bundle.success) throw new Error("Cannot make the page's code as deno bundle must succeed: it failed");
const script = new TextDecoder().decode(bundle.stdout).trim().replaceAll("</script", "<\\/script");
const style = Deno.readTextFileSync(here("page.css")).replace(/\s+/g, " ").trim();
const digest = pageDigest(script, style);
const constant = (comment: string, name: string, value: string) =>
  `/** ${comment} */\nexport const ${name} = ${JSON.stringify(value)};\n`;
Deno.writeTextFileSync(
  here("page_code.ts"),
  [
    `// Made by \`deno task page\`; digest ${digest}\n`,
    constant("Script of a page.", "PAGE_SCRIPT", script),
    constant("Style of a page.", "PAGE_STYLE", style),
  ].join(""),
);
