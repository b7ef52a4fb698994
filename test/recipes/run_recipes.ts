/**
 * Runs blocks of recipes in the current directory, and prints what each wrote as JSON. A process of its own: a recipe's
 * paths are relative to the directory of its reader.
 */
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { write } from "../../src/cli/write.ts";
import { runCli } from "../support/run_cli.ts";
import type { RecipeBlock } from "./recipe_blocks.ts";
import { linkCheckout, shellCommands } from "./shell_commands.ts";

/** Standard output of a block. */
export interface BlockOutput {
  readonly stdout: string;
  /** Commands that failed, with their exit codes and what they wrote to standard error. */
  readonly failures: readonly string[];
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const MAIN = "deno run -A src/cli/main.ts";
/** Commands that open a model, which the tests open on the CPU. */
const ON_DEVICE = ["attribute", "experiment", "generate", "compare-weights"];

if (import.meta.main) {
  const pages: Record<string, RecipeBlock[]> = JSON.parse(await new Response(Deno.stdin.readable).text());
  const outputs: Record<string, BlockOutput[]> = {};
  for (const [page, blocks] of Object.entries(pages)) outputs[page] = await runPage(blocks);
  write(Deno.stdout, JSON.stringify(outputs));
}

async function runPage(blocks: readonly RecipeBlock[]): Promise<BlockOutput[]> {
  const directory = await Deno.makeTempDir({ prefix: "whence_recipe_" });
  const before = Deno.cwd();
  try {
    linkCheckout(ROOT, directory);
    Deno.chdir(directory);
    const shell = blocks.filter(({ language }) => language === "sh");
    const commands = await shellCommands(shell.map(({ text }) => text), directory);
    const outputs: BlockOutput[] = [];
    for (const [i, block] of blocks.entries()) {
      outputs.push(
        block.language === "sh"
          ? await runCommands(commands[shell.indexOf(block)])
          : await runModule(block.text, join(directory, `${i}.ts`)),
      );
    }
    return outputs;
  } finally {
    Deno.chdir(before);
    await Deno.remove(directory, { recursive: true });
  }
}

async function runCommands(commands: readonly (readonly string[])[]): Promise<BlockOutput> {
  const failures: string[] = [];
  let output = "";
  for (const [task, name, ...args] of commands) {
    const device = ON_DEVICE.includes(name) && !args.includes("--device") ? ["--device", "cpu"] : [];
    const { code, stdout, stderr } = task === "task" && await isTask(name)
      ? await runCli([name, ...args, ...device])
      : { code: 1, stdout: "", stderr: "the tests run commands by `deno task` alone" };
    if (code !== 0) failures.push(`${name} ${args.join(" ")} ended with ${code}: ${stderr}`);
    output += stdout;
  }
  return { stdout: output, failures };
}

/** Asks whether `deno task NAME` is the command NAME. */
async function isTask(name: string): Promise<boolean> {
  const { tasks } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  return tasks[name] === `${MAIN} ${name}`;
}

/** Runs a module that imports from the checkout's root, with what it logs caught. */
async function runModule(text: string, path: string): Promise<BlockOutput> {
  const source = text.replace(/from "\.\/(\w+\.ts)"/g, (_, file) => `from "${pathToFileURL(join(ROOT, file))}"`);
  await Deno.writeTextFile(path, source);
  const { log } = globalThis.console;
  let stdout = "";
  const collect = (...values: unknown[]) => {
    stdout += `${values.map((value) => typeof value === "string" ? value : Deno.inspect(value)).join(" ")}\n`;
  };
  globalThis.console.log = collect;
  try {
    await import(pathToFileURL(path).href);
    return { stdout, failures: [] };
  } catch (error) {
    return { stdout, failures: [String(error)] };
  } finally {
    globalThis.console.log = log;
  }
}
