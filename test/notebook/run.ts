/**
 * `deno task test:notebook`: runs docs/notebook.ipynb in Deno's Jupyter kernel, by nbclient in a Python environment of
 * its own in .cache/notebook. `deno task notebook` also stores the outputs in the file.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDER = join(ROOT, ".cache", "notebook");
const PACKAGES = ["nbclient==0.11.0", "nbformat==5.11.1"];
const NOTEBOOK = "docs/notebook.ipynb";

async function run(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<void> {
  const { code } = await new Deno.Command(command, { args: [...args], cwd: ROOT, env, stdin: "null" }).spawn().status;
  if (code !== 0) {
    throw new Error(`Cannot run the notebook as ${command} ${args[0]} must succeed: got exit code ${code}`);
  }
}

/** Makes the environment, unless it has these packages, and returns its Python. */
async function preparePython(): Promise<string> {
  const python = join(FOLDER, "venv", Deno.build.os === "windows" ? "Scripts/python.exe" : "bin/python");
  const stamp = join(FOLDER, "packages.txt");
  try {
    if (Deno.readTextFileSync(stamp) === PACKAGES.join("\n")) return python;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  await run("python3", ["-m", "venv", "--clear", join(FOLDER, "venv")]);
  await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...PACKAGES]);
  Deno.writeTextFileSync(stamp, PACKAGES.join("\n"));
  return python;
}

const python = await preparePython();
// The kernel is described in this folder, not in the user's home; the package cache stays the user's.
const data = join(FOLDER, "share");
await run(Deno.execPath(), ["jupyter", "--install", "--force"], { XDG_DATA_HOME: data });
await run(python, ["test/notebook/execute.py", NOTEBOOK, ...Deno.args], { JUPYTER_PATH: join(data, "jupyter") });
