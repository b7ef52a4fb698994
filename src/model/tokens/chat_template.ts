import type { TemplateError } from "../../jinja/template_error.ts";
import type { Template } from "../../jinja/template.ts";
import type { RenderChat } from "./chat_turns.ts";

/** Special tokens that templates refer to by name; one that a tokenizer lacks is undefined. */
const NAMED_TOKENS = [
  "bos_token",
  "eos_token",
  "unk_token",
  "sep_token",
  "pad_token",
  "cls_token",
  "mask_token",
] as const;

/** Characters of a template's own message that an error shows. */
const MOST_SHOWN = 300;

/**
 * Returns the chat template of a `tokenizer_config.json`, null if there is none. Rendering throws a RangeError if the
 * template refuses the messages, uses something of Jinja2 that is missing here, or is too much work.
 *
 * @throws {SyntaxError} if the template cannot be parsed
 */
export async function chatTemplate(config: Record<string, unknown>): Promise<RenderChat | null> {
  const source = templateSource(config.chat_template);
  if (source === null) return null;
  const [{ compileTemplate }, { TemplateError }] = await Promise.all([
    import("../../jinja/template.ts"),
    import("../../jinja/template_error.ts"),
  ]);
  const refused = (error: unknown) => {
    if (!(error instanceof TemplateError)) return error;
    return new RangeError(`Cannot encode a chat as its template must ${reasonOf(error, "take the messages")}`);
  };
  let template: Template;
  try {
    template = compileTemplate(source);
  } catch (error) {
    if (error instanceof TemplateError && error.reason === "fails") {
      throw new SyntaxError(`Cannot load chat_template as it must ${reasonOf(error, "be a Jinja template")}`);
    }
    // The model can be used without a chat.
    return () => {
      throw refused(error);
    };
  }
  const named = Object.fromEntries(NAMED_TOKENS.flatMap((name) => {
    const text = tokenText(config[name]);
    return text === null ? [] : [[name, text]];
  }));
  return (messages, now) => {
    const given = messages.map(({ role, content }) => ({ role, content }));
    // transformers passes the two nulls as well, and some templates ask if they are defined.
    const variables = { ...named, messages: given, tools: null, documents: null, add_generation_prompt: true };
    try {
      return template.render(variables, now);
    } catch (error) {
      throw refused(error);
    }
  };
}

/** Says what a template must be or do, what it does, and in which line. */
function reasonOf({ reason, message, line }: TemplateError, must: string): string {
  const shown = message.length > MOST_SHOWN ? `${message.slice(0, MOST_SHOWN)}…` : message;
  const where = line === null ? "" : `, in line ${line}`;
  switch (reason) {
    case "fails":
      return `${must}: got ${shown}${where}`;
    case "missing":
      return `use nothing of Jinja2 that is missing here: got ${shown}${where}`;
    case "bound":
      return `do with ${shown}: got more${where}`;
  }
}

/** Returns the source of the chat's template: config files hold one, or a list of named ones with a `default`. */
export function templateSource(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return null;
  const named = value.find((entry) => entry?.name === "default");
  return typeof named?.template === "string" ? named.template : null;
}

/** Returns the text of a token that is written as such or as an object; null where there is none. */
function tokenText(value: unknown): string | null {
  const text = typeof value === "object" && value !== null ? (value as { content?: unknown }).content : value;
  return typeof text === "string" ? text : null;
}
