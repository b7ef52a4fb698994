import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { arrayScript, mergeScript, type SlurmJob } from "../../../src/experiment/slurm/array_script.ts";
import { inScratch } from "../../support/in_scratch.ts";

/** A name that a shell would take for much else. */
const HOSTILE = `a b"c'd$(touch stolen)\`e\`%j#f;&`;
const CONFIG = "name: trial\n";

function jobIn(directory: string, program: readonly string[], replace: Partial<SlurmJob> = {}): SlurmJob {
  return {
    name: "trial of $(it)",
    count: 16,
    atOnce: 4,
    sbatch: { array: [["--time=8:00:00", "--comment=a b"]], merge: [["--mem=4G"]] },
    setup: [],
    container: null,
    command: program,
    threadsByCpus: true,
    cwd: directory,
    config: { file: `${HOSTILE}.yaml`, sha256: createHash("sha256").update(CONFIG).digest("hex") },
    out: `${directory}/${HOSTILE}`,
    environment: { HF_HOME: HOSTILE },
    ...replace,
  };
}

interface Run {
  readonly code: number;
  readonly output: string;
  /** Arguments with which scontrol was called. */
  readonly requeued: string | null;
}

/**
 * Runs the script of an array as Slurm does, with a program in bash.
 *
 * @param signal sent to the script when the program has said "ready"
 */
async function runScript(
  program: string,
  { signal, replace, script = arrayScript }: {
    readonly signal?: Deno.Signal;
    readonly replace?: (directory: string) => Partial<SlurmJob>;
    readonly script?: (job: SlurmJob) => string;
  } = {},
): Promise<Run> {
  let run: Run;
  await inScratch(async (directory) => {
    const executable = (name: string, text: string) =>
      Deno.writeTextFileSync(`${directory}/${name}`, `#!/bin/bash\n${text}`, { mode: 0o755 });
    executable("scontrol", `echo "$*" > ${directory}/requeued`);
    executable(`${HOSTILE}.sh`, program);
    Deno.writeTextFileSync(`${directory}/${HOSTILE}.yaml`, CONFIG);
    Deno.mkdirSync(`${directory}/${HOSTILE}/records`, { recursive: true });
    const job = jobIn(directory, [`./${HOSTILE}.sh`, "experiment", `${HOSTILE}.yaml`], replace?.(directory));
    const env = {
      PATH: `${directory}:${Deno.env.get("PATH")}`,
      SLURM_ARRAY_TASK_ID: "3",
      SLURM_JOB_ID: "77",
      SLURM_CPUS_ON_NODE: "5",
    };
    const shell = new Deno.Command("bash", { args: ["-c", script(job)], env, stdout: "piped", stderr: "piped" })
      .spawn();
    const errors = new Response(shell.stderr).text();
    let output = "";
    let sent = false;
    for await (const text of shell.stdout.pipeThrough(new TextDecoderStream())) {
      output += text;
      if (signal === undefined || sent || !output.includes("ready")) continue;
      sent = true;
      shell.kill(signal);
    }
    const { code } = await shell.status;
    assert.ok(![...Deno.readDirSync(directory)].some(({ name }) => name === "stolen"), "a name was executed");
    const requeued = await Deno.readTextFile(`${directory}/requeued`).catch(() => null);
    run = { code, output: output + await errors, requeued };
  });
  return run!;
}

/** Stores a cell where the third of 16 shards has its file, waits, and ends as the program does at SIGTERM. */
const STORE = `echo cell >> ${"'" + HOSTILE.replaceAll("'", "'\\''") + "'"}/records/shard-03-of-16.records`;
const WAIT =
  `trap 'kill $sleep; trap - TERM; kill -TERM $$' TERM\nsleep 30 > /dev/null 2>&1 & sleep=$!\necho ready\nwait`;

Deno.test("arrayScript() begins with what sbatch reads, in which the options given come last", () => {
  const [shell, ...lines] = arrayScript(jobIn("/w", ["whence"])).split("\n\n")[0].split("\n");
  assert.equal(shell, "#!/bin/bash");
  assert.deepEqual(lines, [
    "#SBATCH --job-name=whence-trial-of-it-",
    "#SBATCH --array=1-16%4",
    `#SBATCH "--output=/w/a b\\"c'd$(touch stolen)\`e\`%%j#f;&/slurm/%A_%a.log"`,
    "#SBATCH --open-mode=append --requeue",
    "#SBATCH --signal=B:USR1@90",
    `#SBATCH --time=8:00:00 "--comment=a b"`,
  ]);
});

Deno.test("arrayScript() gives the program its shard, its CPUs, and names as they are", async () => {
  const { code, output, requeued } = await runScript(`printf '<%s>' "$@"; echo "[$HF_HOME]"`);
  assert.equal(code, 0, output);
  assert.ok(output.includes(`<experiment><${HOSTILE}.yaml><--shard><3/16><--threads><5>[${HOSTILE}]`), output);
  assert.equal(requeued, null);
});

for (const code of [1, 2, 3]) {
  Deno.test(`arrayScript() ends with ${code} where the program does, and queues nothing again`, async () => {
    const run = await runScript(`${STORE}; exit ${code}`);
    assert.deepEqual([run.code, run.requeued], [code, null]);
  });
}

Deno.test("arrayScript() is queued again where its time ends, once the program has ended", async () => {
  const { code, output, requeued } = await runScript(`${STORE}\n${WAIT}`, { signal: "SIGUSR1" });
  assert.deepEqual([code, requeued], [0, "requeue 77\n"], output);
  assert.match(output, /its time ends soon: stopping\n.*ended with 143: queued again/);
});

Deno.test("arrayScript() is queued again where its program was killed", async () => {
  const { code, output, requeued } = await runScript(`${STORE}\nkill -KILL $$`);
  assert.deepEqual([code, requeued], [0, "requeue 77\n"], output);
});

Deno.test("arrayScript() is not queued again where it has stored nothing, as it would be so for ever", async () => {
  const killed = await runScript("kill -KILL $$");
  assert.deepEqual([killed.code, killed.requeued], [137, null]);
  assert.match(killed.output, /ended with 137 before any cell was done, so it is not queued again/);
  const late = await runScript(WAIT, { signal: "SIGUSR1" });
  assert.deepEqual([late.code, late.requeued], [143, null]);
});

Deno.test("arrayScript() ends the program, and is not queued again, where somebody ends it", async () => {
  const { code, output, requeued } = await runScript(`${STORE}\n${WAIT}`, { signal: "SIGTERM" });
  assert.deepEqual([code, requeued], [143, null], output);
});

Deno.test("arrayScript() does not wait for a program that hangs at the end of its time", async () => {
  const { code, output, requeued } = await runScript(
    `${STORE}\ntrap '' TERM\necho ready\nwhile :; do sleep 0.1; done`,
    {
      signal: "SIGUSR1",
      script: (job) => arrayScript(job).replace("left = 60", "left = 1"),
    },
  );
  assert.deepEqual([code, requeued], [0, "requeue 77\n"], output);
  assert.match(output, /ended with 137: queued again/);
});

Deno.test("arrayScript() refuses a configuration that has changed since", async () => {
  const { code, output } = await runScript("echo computed", {
    replace: () => ({ config: { file: `${HOSTILE}.yaml`, sha256: "0".repeat(64) } }),
  });
  assert.equal(code, 2);
  assert.match(output, /must be as it was when it was submitted: got another content; submit it again/);
  assert.ok(!output.includes("computed"));
});

Deno.test("arrayScript() runs the lines of --setup, which may use what is not set, and fails where one does", async () => {
  const set = { replace: () => ({ setup: ["export A=$NOBODY_SET_IT-b"] }) };
  assert.match((await runScript(`echo "a$A"`, set)).output, /^a-b$/m);
  const { code, output } = await runScript("echo computed", { replace: () => ({ setup: ["false"] }) });
  assert.equal(code, 1);
  assert.ok(!output.includes("computed"), output);
});

Deno.test("arrayScript() runs the program in a container, with directories bound", async () => {
  const { output } = await runScript(`printf '<%s>' "$@"`, {
    replace: (directory) => {
      Deno.writeTextFileSync(`${directory}/apptainer`, `#!/bin/bash\nprintf '<%s>' "$@"`, { mode: 0o755 });
      return { container: { image: "./a b.sif", binds: ["/x y", "/z"] } };
    },
  });
  assert.ok(output.includes(`<exec><--nv><--bind></x y><--bind></z><./a b.sif><./${HOSTILE}.sh><experiment>`), output);
});

Deno.test("mergeScript() merges, and ends with the program's code", async () => {
  const { code, output } = await runScript(`printf '<%s>' "$@"; exit 1`, { script: mergeScript });
  assert.equal(code, 1);
  assert.ok(output.endsWith(`<${HOSTILE}.yaml><--merge>`), output);
});
