import type { Files, FuzzArea } from "./area.ts";
import { diceOf } from "./dice.ts";
import { tryInput } from "./judge.ts";
import { peakBytes } from "./process_figures.ts";

/** Cases after which garbage is collected: what is left then is kept for good. */
const COLLECT = 500;

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** Puts the files of a case in the place of those of the case before. */
function put(directory: string, files: Files): void {
  try {
    Deno.removeSync(directory, { recursive: true });
  } catch {
    // The first case, or one whose files were kept.
  }
  Deno.mkdirSync(directory);
  for (const [file, bytes] of Object.entries(files)) Deno.writeFileSync(`${directory}/${file}`, bytes);
}

/**
 * Runs cases and says on stdout which one begins and how it ended, for guard.ts, which watches the process.
 *
 * @param args name of the area, seed, first case, end of cases, scratch directory, bytes beyond the usual
 */
export async function runCases(area: FuzzArea, args: readonly string[]): Promise<void> {
  const [name, seed, from, to, scratch, most] = args;
  const directory = `${scratch}/input`;
  const collect = (globalThis as { gc?: () => void }).gc;

  for (const files of area.originals) {
    put(directory, files);
    await tryInput(area, directory, { files, sound: true });
  }
  collect?.();
  const normal = peakBytes();
  say(`ready ${normal}`);
  for (let number = Number(from); number < Number(to); number++) {
    say(`case ${number}`);
    const input = area.make(diceOf(name, Number(seed), number));
    put(directory, input.files);
    let outcome: string;
    try {
      outcome = await tryInput(area, directory, input);
    } catch (error) {
      Deno.renameSync(directory, `${scratch}/${number}`);
      outcome = `finding ${JSON.stringify((error as Error).message)}`;
    }
    const more = peakBytes() - normal;
    if (more > Number(most)) {
      say(`memory ${more}`);
      break;
    }
    say(outcome);
    if (number % COLLECT === 0) collect?.();
  }
  await area.close?.();
  say("end");
}
