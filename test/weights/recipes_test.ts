import assert from "node:assert/strict";
import { mistakes, readRecipes, runnable, runRecipes } from "../recipes/check_recipes.ts";

const onWeights = (kept: string) => kept.startsWith("Needs the weights");

Deno.test("the blocks of recipes that need weights run, and print what the recipes show", async () => {
  const recipes = [...await readRecipes()].filter(([, blocks]) =>
    blocks.some(({ kept }) => kept !== null && onWeights(kept))
  );
  assert.ok(recipes.length > 0);
  const pages = new Map(recipes.map(([name, blocks]) => [name, runnable(blocks, onWeights)]));
  const outputs = await runRecipes(pages);
  const wrong = recipes.flatMap(([name, blocks]) => mistakes(name, blocks, pages.get(name)!, outputs[name]));
  assert.deepEqual(wrong, [], wrong.join("\n\n"));
});
