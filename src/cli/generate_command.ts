import { type AttributionText, GENERATION_OPTIONS, TEXT_OPTIONS } from "../explain/options/attribution_text.ts";
import { checkText } from "../explain/options/check_text.ts";
import type { GenerateOptions } from "../model/generate/continue_prompt.ts";
import { parseArguments } from "./arguments.ts";
import { flagsOf, givenOptions, parseOptions, refuseFlags } from "./declared_flags.ts";
import { flagHelp } from "./flag_help.ts";
import { MODEL_HELP, MODEL_OPTIONS, modelOptions, openModel } from "./model_flags.ts";
import { openStatusBar, type StatusBar } from "./progress/status_bar.ts";
import { followTokens } from "./progress/work_progress.ts";
import { textFileHelp, textFileOptions, withTextFiles } from "./text_files.ts";
import { write } from "./write.ts";
import { PROGRAM } from "./invocation.ts";
import { helpText } from "./output/help_layout.ts";

const { prompt, generate, chat, history } = TEXT_OPTIONS;
const USUAL_TOKENS = 64;
const TEXT_FILES = ["prompt"] as const;
const FLAGS = flagsOf({
  prompt,
  generate: { ...generate, help: "most tokens to generate", usual: String(USUAL_TOKENS) },
  chat,
  history,
  ...GENERATION_OPTIONS,
});

const HELP = `Continues a prompt and prints the text as it comes. Each token is the likeliest, unless tokens are drawn.

Usage: ${PROGRAM} generate --prompt TEXT [options]

${flagHelp(FLAGS)}${textFileHelp(TEXT_FILES)}${MODEL_HELP}  --help              this text
`;

/** Runs `generate` and returns the exit code. */
export async function runGenerateCommand(args: string[]): Promise<number> {
  const { values } = parseArguments(
    args,
    { ...parseOptions(FLAGS), ...MODEL_OPTIONS, ...textFileOptions(TEXT_FILES) },
    0,
  );
  if (values.help) {
    write(Deno.stdout, helpText(HELP));
    return 0;
  }
  const given = givenOptions(FLAGS, withTextFiles(values, TEXT_FILES));
  refuseFlags(checkText(given, null), FLAGS);
  const { prompt, generate = USUAL_TOKENS, chat, history, ...sampling } = given as AttributionText;
  const bar = openStatusBar();
  let onWork = () => {};
  try {
    const model = await openModel(modelOptions(values), { bar, onWork: () => onWork() });
    try {
      const tokenizer = await model.tokenizer();
      const asked = { chat: chat === true || history !== undefined, history };
      const { tokens } = await tokenizer.encodePrompt(prompt, asked);
      onWork = showTokens(bar, { prompt: tokens.length, most: generate });
      const onText = (piece: string) => {
        if (Deno.stdout.isTerminal()) {
          // The text is progress enough, and stands on the same screen.
          onWork = () => {};
          bar?.clear();
        }
        write(Deno.stdout, piece);
      };
      const options = { ...sampling, onText } as GenerateOptions;
      await model.generate(tokens.map((token) => token.id), generate, options);
      bar?.clear();
      write(Deno.stdout, "\n");
      return 0;
    } finally {
      model.close();
    }
  } finally {
    bar?.close();
  }
}

/** Shows the reading of the prompt, and returns a function that shows another token. */
function showTokens(bar: StatusBar | null, { prompt, most }: { prompt: number; most: number }): () => void {
  const follow = followTokens(prompt, most);
  bar?.show(follow(0));
  let runs = 0;
  return () => bar?.show(follow(++runs));
}
