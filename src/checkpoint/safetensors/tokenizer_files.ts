import { join } from "node:path";
import { isFile } from "../../files/existing_file.ts";
import { readJsonObject, readUniqueKeys } from "../../files/json_object.ts";
import { readText } from "../../files/text_file.ts";
import type { TokenizerFiles } from "../checkpoint.ts";
import { joinAddedTokens } from "./added_token_files.ts";

const TOKENIZER = "tokenizer.json";
const TOKENIZER_CONFIG = "tokenizer_config.json";
const GENERATION_CONFIG = "generation_config.json";
const CHAT_TEMPLATE = "chat_template.jinja";
const ADDED_TOKENS = "added_tokens.json";
const SPECIAL_TOKENS = "special_tokens_map.json";

/** Files of a directory that a tokenizer is built from. */
export const TOKENIZER_FILES: readonly string[] = [
  GENERATION_CONFIG,
  TOKENIZER,
  TOKENIZER_CONFIG,
  CHAT_TEMPLATE,
  ADDED_TOKENS,
  SPECIAL_TOKENS,
];

/**
 * Reads the tokenizer's files of a directory; null if it has no `tokenizer.json`.
 *
 * @throws {SyntaxError} if one is malformed
 */
export function readTokenizerFiles(directory: string): TokenizerFiles | null {
  const at = (name: string) => join(directory, name);
  if (!isFile(at(TOKENIZER))) return null;
  const optional = (name: string) => isFile(at(name)) ? readUniqueKeys(at(name)) : {};
  const joined = joinAddedTokens({
    tokenizer: readJsonObject(at(TOKENIZER)),
    config: optional(TOKENIZER_CONFIG),
    added: optional(ADDED_TOKENS),
    named: optional(SPECIAL_TOKENS),
  });
  const config = { ...joined.config };
  // Newer transformers keep the template in a file of its own, which wins over the key.
  if (isFile(at(CHAT_TEMPLATE))) config.chat_template = readText(at(CHAT_TEMPLATE));
  return { tokenizer: joined.tokenizer, config, generation: optional(GENERATION_CONFIG) };
}
