import { type LanguageModel, loadModel, type LoadOptions } from "../../src/model/model.ts";

/** Models of an isolate's tests, by path and options. */
const models = new Map<string, Promise<LanguageModel>>();

/**
 * Lends a model that is loaded once for all tests of an isolate, and its programs compiled once, to tests that count
 * from where its meter stands.
 *
 * @param path a directory or file, by default the embedded model
 */
export async function lendModel(path: string | undefined, options: LoadOptions): Promise<LanguageModel> {
  const key = JSON.stringify([path, options]);
  const model = models.get(key) ?? loadModel(path, options);
  models.set(key, model);
  return await model;
}

Deno.test.afterAll(async () => {
  for (const model of models.values()) (await model).close();
});
