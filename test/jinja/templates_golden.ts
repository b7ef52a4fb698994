import { compileTemplate, type JsonValue } from "../../src/jinja/template.ts";
import { TemplateError } from "../../src/jinja/template_error.ts";

type Variables = Readonly<Record<string, JsonValue>>;

/** Text that Jinja2 renders; its error; or neither, where the text is another each time. */
interface Outcome {
  readonly text?: string;
  readonly error?: string;
}

/** Templates with their outcomes. */
interface TemplatesGolden {
  readonly now: string;
  readonly sample: Variables;
  readonly given: Variables;
  readonly conversations: Readonly<Record<string, Variables>>;
  readonly cases: readonly { readonly template: string; readonly outcome: Outcome }[];
  readonly chats: readonly { readonly name: string; readonly outcomes: Readonly<Record<string, Outcome>> }[];
}

const FOLDER = new URL("../golden/", import.meta.url);

/** Reads test/golden/templates.json.gz. */
export async function readTemplatesGolden(): Promise<TemplatesGolden> {
  const packed = await Deno.readFile(new URL("templates.json.gz", FOLDER));
  const text = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return await new Response(text).json();
}

/** Reads a chat template, a byte order mark and all line ends included. */
export async function readChatTemplate(name: string): Promise<string> {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(
    await Deno.readFile(new URL(`templates/${name}.jinja`, FOLDER)),
  );
}

/** Renders a template at a time; what is thrown is its reason. */
export function outcomeOf(template: string, variables: Variables, now: Date): Outcome {
  try {
    return { text: compileTemplate(template).render(variables, now) };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { error: error.reason };
  }
}

/** Renders a template without variables. */
export function render(template: string, variables: Variables = {}): string {
  return compileTemplate(template).render(variables, new Date(2025, 2, 9, 14, 5, 7));
}
