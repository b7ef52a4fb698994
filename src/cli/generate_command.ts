import { type AttributionText, GENERATION_OPTIONS, TEXT_OPTIONS } from "../explain/options/attribution_text.ts";
import { checkText } from "../explain/options/check_text.ts";
import type { GenerateOptions } from "../model/generate/continue_prompt.ts";
import { parseArguments } from "./arguments.ts";
import { flagsOf, givenOptions, parseOptions, refuseFlags } from "./declared_flags.ts";
import { flagHelp } from "./flag_help.ts";
import { MODEL_HELP, MODEL_OPTIONS, modelOptions, openModel } from "./model_flags.ts";
import { write } from "./write.ts";

const { prompt, generate, chat, history } = TEXT_OPTIONS;
const USUAL_TOKENS = 64;
const FLAGS = flagsOf({
  prompt,
  generate: { ...generate, help: "most tokens to generate", usual: String(USUAL_TOKENS) },
  chat,
  history,
  ...GENERATION_OPTIONS,
});

const HELP = `Continues a prompt and prints the text as it comes. Each token is the likeliest, unless tokens are drawn.

Usage: deno task generate --prompt TEXT [options]

${flagHelp(FLAGS)}${MODEL_HELP}  --help              this text
`;

/** Runs `generate` and returns the exit code. */
export async function runGenerateCommand(args: string[]): Promise<number> {
  const { values } = parseArguments(args, { ...parseOptions(FLAGS), ...MODEL_OPTIONS }, 0);
  if (values.help) {
    write(Deno.stdout, HELP);
    return 0;
  }
  const given = givenOptions(FLAGS, values);
  refuseFlags(checkText(given, null), FLAGS);
  const { prompt, generate = USUAL_TOKENS, chat, history, ...sampling } = given as AttributionText;
  const model = await openModel(modelOptions(values));
  try {
    const tokenizer = await model.tokenizer();
    const { tokens } = tokenizer.encodePrompt(prompt, { chat: chat === true || history !== undefined, history });
    const onText = (piece: string) => write(Deno.stdout, piece);
    const options = { ...sampling, onText } as GenerateOptions;
    await model.generate(tokens.map((token) => token.id), generate, options);
    write(Deno.stdout, "\n");
    return 0;
  } finally {
    model.close();
  }
}
