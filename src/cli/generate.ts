import {
  MODEL_HELP,
  MODEL_OPTIONS,
  modelOptions,
  number,
  openModel,
  type Options,
  parseArguments,
  text,
  UsageError,
  write,
} from "./command.ts";

const HELP = `Continues a prompt greedily.

Usage: deno task generate --prompt TEXT [options]

  --prompt TEXT       what the model reads
  --generate N        at most N tokens (64)
  --chat              put the prompt into the model's chat template
${MODEL_HELP}  --help              this text
`;

const OPTIONS = {
  ...MODEL_OPTIONS,
  prompt: { type: "string" },
  generate: { type: "string" },
  chat: { type: "boolean" },
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
  const model = await openModel(modelOptions(values));
  try {
    const tokenizer = await model.tokenizer();
    const { tokens } = tokenizer.encodePrompt(prompt, { chat: values.chat === true });
    const ids = await model.generate(tokens.map((token) => token.id), count);
    write(Deno.stdout, `${tokenizer.decode(ids)}\n`);
    return 0;
  } finally {
    model.close();
  }
}
