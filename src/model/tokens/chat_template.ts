import type { ChatMessage } from "./chat_turns.ts";

/** Renders messages and the start of the answer. */
export type RenderChat = (messages: readonly ChatMessage[]) => string;

/** Special tokens that templates refer to by name. */
const NAMED_TOKENS = ["bos_token", "eos_token", "pad_token", "unk_token"] as const;

/**
 * Returns the chat template of a `tokenizer_config.json`, null if there is none. Rendering throws a RangeError if the
 * template refuses the messages.
 *
 * @throws {SyntaxError} if the template cannot be parsed
 */
export async function chatTemplate(config: Record<string, unknown>): Promise<RenderChat | null> {
  const source = templateSource(config.chat_template);
  if (source === null) return null;
  const { Template } = await import("npm:@huggingface/jinja@0.5");
  let template: InstanceType<typeof Template>;
  try {
    template = new Template(source);
  } catch (error) {
    throw new SyntaxError(`Cannot load chat_template as it must be a Jinja template: got ${(error as Error).message}`);
  }
  const named = Object.fromEntries(NAMED_TOKENS.map((name) => [name, tokenText(config[name])]));
  return (messages) => {
    try {
      // transformers passes the two nulls as well, and some templates ask if they are defined.
      return template.render({ ...named, messages, tools: null, documents: null, add_generation_prompt: true });
    } catch (error) {
      throw new RangeError(
        `Cannot encode a chat as its template must take the messages: got ${(error as Error).message}`,
      );
    }
  };
}

/** Returns the source of the chat's template: config files hold one, or a list of named ones with a `default`. */
export function templateSource(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return null;
  const named = value.find((entry) => entry?.name === "default") ?? value[0];
  return typeof named?.template === "string" ? named.template : null;
}

function tokenText(value: unknown): string {
  if (typeof value === "string") return value;
  return (value as { content?: string } | null | undefined)?.content ?? "";
}
