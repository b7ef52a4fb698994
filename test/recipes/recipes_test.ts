import assert from "node:assert/strict";
import { readMarkdown } from "../house/source_files.ts";
import { inScratch } from "../support/in_scratch.ts";
import { mistakes, readRecipes, runnable, runRecipes } from "./check_recipes.ts";
import { recipeBlocks, RUN_LANGUAGES } from "./recipe_blocks.ts";
import { shellCommands } from "./shell_commands.ts";

const RECIPES = await readRecipes();

Deno.test("recipeBlocks() reads languages, lines and the reason why a block is kept", () => {
  const blocks = recipeBlocks("a\n```sh\nb\nc\n```\n\n```text\nd\n```\n```ts\n// Not run by the tests: e.\nf\n```\n");
  assert.deepEqual(blocks.map(({ language, line, text }) => [language, line, text]), [
    ["sh", 2, "b\nc"],
    ["text", 7, "d"],
    ["ts", 10, "// Not run by the tests: e.\nf"],
  ]);
  assert.deepEqual(blocks.map(({ kept }) => kept), [null, null, "Not run by the tests: e."]);
  assert.throws(() => recipeBlocks("```sh\n"), SyntaxError);
});

Deno.test("shellCommands() lets a shell read quotes, variables, loops and files", () =>
  inScratch(async (directory) => {
    const blocks = [
      "P=\"it's $((1 + 1))\"\ncat > a.txt <<'EOF'\n$P\nEOF",
      "for i in 1 2; do\n  deno a \"$P\" \\\n  $i ''\ndone",
    ];
    const commands = await shellCommands(blocks, directory);
    assert.deepEqual(commands, [[], [["a", "it's 2", "1", ""], ["a", "it's 2", "2", ""]]]);
    assert.equal(Deno.readTextFileSync(`${directory}/a.txt`), "$P\n");
    await assert.rejects(shellCommands(["cat nothing.txt"], directory), RangeError);
    await assert.rejects(shellCommands(['echo "$UNSET_BY_ALL"'], directory), RangeError);
    await assert.rejects(shellCommands(["echo a"], directory), RangeError);
  }));

Deno.test("each block of a recipe runs, shows what the one before prints, or says why it does not run", () => {
  const wrong = [...RECIPES].flatMap(([name, blocks]) =>
    blocks.flatMap(({ language, line, kept }, i) => {
      const follows = i > 0 && blocks[i - 1].language !== "text";
      const known = RUN_LANGUAGES.includes(language) || kept !== null || language === "text" && follows;
      return known ? [] : [`docs/recipes/${name}.md:${line}: ${language}`];
    })
  );
  assert.deepEqual(wrong, []);
});

Deno.test("blocks that the tests do not run are these", () => {
  const kept = [...RECIPES].flatMap(([name, blocks]) =>
    blocks.flatMap(({ kept }) => kept === null ? [] : [`${name}: ${kept}`])
  );
  const weights = "Needs the weights of `deno task weights` (98 MB).";
  assert.deepEqual(kept, [
    `chat: ${weights}`,
    "data_set: Not run by the tests: needs a cluster.",
    `four_bits: ${weights}`,
    ...Array.from({ length: 3 }, () => "from_captum: Not run by the tests: Python."),
    `two_models: ${weights}`,
  ]);
});

Deno.test("every recipe is in the index of recipes", async () => {
  const index = (await readMarkdown()).get("docs/recipes/README.md")!;
  const missing = [...RECIPES.keys()].filter((name) => name !== "README" && !index.includes(`](${name}.md)`));
  assert.deepEqual(missing, []);
});

Deno.test("the blocks of recipes run, and print what the recipes show", async () => {
  const pages = new Map([...RECIPES].map(([name, blocks]) => [name, runnable(blocks, () => false)]));
  const outputs = await runRecipes(pages);
  const wrong = [...RECIPES].flatMap(([name, blocks]) => mistakes(name, blocks, pages.get(name)!, outputs[name]));
  assert.deepEqual(wrong, [], wrong.join("\n\n"));
});
