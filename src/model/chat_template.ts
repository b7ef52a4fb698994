/** A text as a user's turn, rendered. */
export interface RenderedChat {
  readonly rendered: string;
  /** Where the user's text starts in `rendered`. */
  readonly userStart: number;
  /** The part of the user's text that is there: templates may trim it. */
  readonly textStart: number;
  readonly textEnd: number;
}

/** Renders one user's turn and the start of the answer. */
export type RenderChat = (text: string, system?: string) => RenderedChat;

/** Stands for the user's text to find where a template puts it; no template contains it. */
const PLACEHOLDER = "\u{F0000}user\u{F0001}";

/** Special tokens that templates refer to by name. */
const NAMED_TOKENS = ["bos_token", "eos_token", "pad_token", "unk_token"] as const;

/**
 * The chat template of a `tokenizer_config.json`, null where there is none.
 *
 * @throws SyntaxError where the template cannot be parsed
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
  const render = (content: string, system?: string) => {
    const turns = [{ role: "user", content }];
    const messages = system === undefined ? turns : [{ role: "system", content: system }, ...turns];
    // transformers passes these two as well, and some templates ask whether they are defined.
    return template.render({ ...named, messages, tools: null, documents: null, add_generation_prompt: true });
  };
  return (text, system) => locate(text, render(text, system), render(PLACEHOLDER, system));
}

/** Config files hold a template, or a list of named ones of which `default` is the chat's. */
function templateSource(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return null;
  const named = value.find((entry) => entry?.name === "default") ?? value[0];
  return typeof named?.template === "string" ? named.template : null;
}

function tokenText(value: unknown): string {
  if (typeof value === "string") return value;
  return (value as { content?: string } | null | undefined)?.content ?? "";
}

function locate(text: string, rendered: string, pattern: string): RenderedChat {
  const userStart = pattern.indexOf(PLACEHOLDER);
  const [before, after] = [pattern.slice(0, userStart), pattern.slice(userStart + PLACEHOLDER.length)];
  const trimmed = text.trim();
  for (const shown of [text, trimmed]) {
    if (userStart >= 0 && rendered === before + shown + after) {
      const textStart = text.indexOf(shown);
      return { rendered, userStart, textStart, textEnd: textStart + shown.length };
    }
  }
  throw new RangeError("Cannot encode a chat as its template must hold the user's text as it is: got another text");
}
