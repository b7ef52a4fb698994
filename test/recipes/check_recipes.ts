import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type RecipeBlock, recipeBlocks, RUN_LANGUAGES } from "./recipe_blocks.ts";
import type { BlockOutput } from "./run_recipes.ts";
import { notPrinted } from "./shown_output.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Recipes by name, with their blocks. */
export async function readRecipes(): Promise<ReadonlyMap<string, readonly RecipeBlock[]>> {
  const folder = join(ROOT, "docs/recipes");
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".md")).sort();
  const texts = await Promise.all(names.map((name) => Deno.readTextFile(join(folder, name))));
  return new Map(names.map((name, i) => [basename(name, ".md"), recipeBlocks(texts[i])]));
}

/** Blocks of a page that run, those that are kept from it only where `takes` says so. */
export function runnable(blocks: readonly RecipeBlock[], takes: (kept: string) => boolean): RecipeBlock[] {
  return blocks.filter(({ language, kept }) => RUN_LANGUAGES.includes(language) && (kept === null || takes(kept)));
}

/** Runs pages in a process of their own and returns what each block wrote. */
export async function runRecipes(
  pages: ReadonlyMap<string, readonly RecipeBlock[]>,
): Promise<Record<string, BlockOutput[]>> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", join(ROOT, "test/recipes/run_recipes.ts")],
    // As readers call it: commands that are advised begin with `deno task`.
    env: { INIT_CWD: ROOT },
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(Object.fromEntries(pages))));
  await writer.close();
  const { stdout, success } = await child.output();
  if (!success) throw new Error("Cannot run the recipes as their process must succeed: got a failure");
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Mistakes of a page: blocks that failed, and shown outputs that were not printed. */
export function mistakes(
  name: string,
  blocks: readonly RecipeBlock[],
  run: readonly RecipeBlock[],
  outputs: readonly BlockOutput[],
): string[] {
  return run.flatMap((block, i) => {
    const at = `docs/recipes/${name}.md:${block.line}`;
    const next = blocks[blocks.indexOf(block) + 1];
    const missing = next?.language === "text" ? notPrinted(next.text, outputs[i].stdout) : null;
    return [
      ...outputs[i].failures.map((failure) => `${at}: ${failure}`),
      ...(missing === null ? [] : [`${at}: shows\n${missing}\n  but prints\n${outputs[i].stdout}`]),
    ];
  });
}
