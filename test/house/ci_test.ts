import assert from "node:assert/strict";
import { readEntries, ROOT } from "./source_files.ts";

const { tasks, lock } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));

/** Commands of a task or a script line, with those of the tasks that it runs in their place. */
function commandsOf(line: string): string[] {
  return line.split(" && ").flatMap((command) => {
    const task = /^deno task ([\w:]+)$/.exec(command)?.[1];
    return task === undefined ? [command] : commandsOf(tasks[task]);
  });
}

Deno.test(".ci/run runs the README's test command and each check once", async () => {
  const lines = (await Deno.readTextFile(`${ROOT}.ci/run`)).split("\n");
  const commands = lines.filter((line) => /^(?:sh|deno) /.test(line)).flatMap(commandsOf);
  const readme = /^ {4}(sh setup\.sh && deno task test)$/m.exec(await Deno.readTextFile(`${ROOT}README.md`));
  assert.ok(readme, "the README has a test command");
  const others = ["conformance", "test:report", "test:slurm", "weights", "test:weights", "test:notebook"]
    .map((name) => `deno task ${name}`);
  const wanted = [readme[1], "deno task ok", "sh setup.sh --browser", "sh setup.sh --slurm", ...others].flatMap(
    commandsOf,
  );
  assert.deepEqual(new Set(commands), new Set(wanted));
  assert.equal(commands.length, new Set(commands).size, "a check runs twice");
});

Deno.test("the lock file is frozen", () => {
  assert.equal(lock.frozen, true);
});

Deno.test("exports of deno.json names every module at the root, which deno task lint:doc checks", async () => {
  const modules = Array.from(Deno.readDirSync(ROOT), ({ name }) => name).filter((name) => name.endsWith(".ts"));
  assert.deepEqual([...(await readEntries()).keys()].sort(), modules.sort());
  assert.equal(tasks["lint:doc"], "deno doc -q --lint *.ts");
});
