import { withModelCopy } from "./model_copy.ts";

/** A template that names roles, and adds a system message of its own where none is given. */
const TEMPLATE = "{% if messages[0].role != 'system' %}<system>Be kind.\n{% endif %}" +
  "{% for message in messages %}<{{ message.role }}>{{ message.content }}\n{% endfor %}<assistant>";

/**
 * Runs `check` on a copy of the embedded model that has a chat template; `change` changes its tokenizer's config
 * further.
 */
export function withChatModel(
  check: (directory: string) => Promise<void>,
  change: Record<string, unknown> = {},
): Promise<void> {
  return withModelCopy(async (directory) => {
    const path = `${directory}/tokenizer_config.json`;
    const config = JSON.parse(await Deno.readTextFile(path));
    await Deno.writeTextFile(path, JSON.stringify({ ...config, chat_template: TEMPLATE, ...change }));
    await check(directory);
  });
}
