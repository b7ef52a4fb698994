const ROOT = new URL("../", import.meta.url);

/**
 * Runs a script of bench/ in a process of its own, so that its memory is its own too, and reads the JSON that it
 * prints last.
 *
 * @param args the script's path below the repository, then its arguments
 * @throws {Error} if it fails
 */
export function elsewhere<T>(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<T> {
  // The peers' packages stay out of the lock file.
  return lastJson(Deno.execPath(), ["run", "-A", "--no-lock", ...args], env);
}

/**
 * Runs a program at the root of the repository and reads the JSON of its last line.
 *
 * @throws {Error} if it fails
 */
export async function lastJson<T>(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<T> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args: [...args], env, cwd: ROOT }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  if (code !== 0) {
    throw new Error(`Cannot measure ${args.join(" ")} as it must succeed: got ${text(stderr).slice(-2000)}`);
  }
  return JSON.parse(text(stdout).split("\n").at(-1)!);
}
