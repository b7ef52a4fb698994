import { join } from "node:path";

/** Commands of `deno` that each block of shell gives, as their arguments. */
type BlockCommands = readonly (readonly string[])[];

// A command is the number of its arguments and these, each with NUL behind it, which none can hold.
const PRELUDE = `exec 3> "$COMMAND_LOG"
deno() { printf '%s\\0' "$#" "$@" >&3; }
`;
const BLOCK_END = `\nprintf 'end\\0' >&3\n`;

/**
 * Lets a shell read blocks, which make files and set variables, and returns the commands of `deno` that they give.
 * These are not run: the shell can use nothing of their output.
 *
 * @throws {RangeError} if the shell fails, or prints anything of its own
 */
export async function shellCommands(blocks: readonly string[], directory: string): Promise<BlockCommands[]> {
  const log = await Deno.makeTempFile();
  try {
    const { code, stdout, stderr } = await new Deno.Command("sh", {
      args: ["-eu", "-c", PRELUDE + blocks.map((block) => block + BLOCK_END).join("")],
      cwd: directory,
      env: { COMMAND_LOG: log },
      stdin: "null",
    }).output();
    const said = new TextDecoder().decode(new Uint8Array([...stdout, ...stderr]));
    if (code !== 0 || said !== "") {
      throw new RangeError(`Cannot run a recipe as its shell must succeed in silence: got exit code ${code}, ${said}`);
    }
    return readLog(await Deno.readTextFile(log));
  } finally {
    await Deno.remove(log);
  }
}

function readLog(log: string): BlockCommands[] {
  const words = log.split("\0").slice(0, -1);
  const blocks: string[][][] = [];
  let block: string[][] = [];
  for (let i = 0; i < words.length;) {
    if (words[i] === "end") {
      blocks.push(block);
      block = [];
      i++;
    } else {
      const count = Number(words[i]);
      block.push(words.slice(i + 1, i + 1 + count));
      i += 1 + count;
    }
  }
  return blocks;
}

/** Links to what a reader's checkout has, so that a recipe's paths are those of its directory. */
export function linkCheckout(root: string, directory: string): void {
  for (const name of ["experiments", "weights"]) Deno.symlinkSync(join(root, name), join(directory, name));
}
