import { historyOf } from "./attribute_inputs.ts";
import { number, text } from "./argument_values.ts";
import { type Options, parseArguments, UsageError } from "./arguments.ts";
import { MODEL_HELP, MODEL_OPTIONS, modelOptions, openModel } from "./model_flags.ts";
import { write } from "./write.ts";
import { SAMPLING_HELP, SAMPLING_OPTIONS, samplingOptions } from "./sampling_flags.ts";

const HELP = `Continues a prompt and prints the text as it comes. Each token is the likeliest, unless tokens are drawn.

Usage: deno task generate --prompt TEXT [options]

  --prompt TEXT       the text to continue
  --generate N        at most N tokens (64)
  --chat              put the prompt into the model's chat template
  --history ROLE:TEXT an earlier message of the chat, of system, user or assistant; once for each, in order
${SAMPLING_HELP}  --seed N            seed of the draws; the same seed gives the same text (0)
${MODEL_HELP}  --help              this text
`;

const OPTIONS = {
  ...MODEL_OPTIONS,
  ...SAMPLING_OPTIONS,
  prompt: { type: "string" },
  generate: { type: "string" },
  chat: { type: "boolean" },
  history: { type: "string", multiple: true },
  seed: { type: "string" },
} as const satisfies Options;

/** Runs `generate` and returns the exit code. */
export async function runGenerateCommand(args: string[]): Promise<number> {
  const { values } = parseArguments(args, OPTIONS, 0);
  if (values.help) {
    write(Deno.stdout, HELP);
    return 0;
  }
  const prompt = text("prompt", values.prompt);
  if (prompt === undefined) throw new UsageError("Cannot generate as --prompt must be given: got none");
  const count = number("generate", values.generate, { least: 1, whole: true }) ?? 64;
  const history = historyOf(values);
  const sampling = samplingOptions(values, "seed");
  const model = await openModel(modelOptions(values));
  try {
    const tokenizer = await model.tokenizer();
    const { tokens } = tokenizer.encodePrompt(prompt, { chat: values.chat === true || history !== undefined, history });
    const onText = (piece: string) => write(Deno.stdout, piece);
    await model.generate(tokens.map((token) => token.id), count, { ...sampling, onText });
    write(Deno.stdout, "\n");
    return 0;
  } finally {
    model.close();
  }
}
