import assert from "node:assert/strict";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";

/** A Slurm of one node with two CPUs, by processes of this one. */
export interface Cluster {
  /** Variables by which Slurm's programs find it. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs one of Slurm's programs, which must succeed. Returns what it writes. */
  ask(name: string, ...args: string[]): Promise<string>;
  /** Ends every job, and Slurm. */
  stop(): Promise<void>;
}

/** Debian has daemons where no user's PATH leads. */
const PATH = `${Deno.env.get("PATH")}:/usr/sbin:/sbin`;
/** Milliseconds to start in, on a machine that does much else. */
const [PATIENCE, PAUSE] = [60_000, 250];

/**
 * Starts Slurm, with munge, in a directory of its own.
 *
 * @throws {Error} if it is not installed, or does not start; with its logs
 */
export async function startCluster(directory: string): Promise<Cluster> {
  const path = (name: string) => join(directory, name);
  for (const name of ["state", "spool"]) Deno.mkdirSync(path(name));
  Deno.writeFileSync(path("munge.key"), crypto.getRandomValues(new Uint8Array(1024)), { mode: 0o400 });
  Deno.writeTextFileSync(path("slurm.conf"), configuration(path));
  const env = { SLURM_CONF: path("slurm.conf"), PATH };
  const daemons: Deno.ChildProcess[] = [];
  const start = (name: string, ...args: string[]) => daemons.push(daemon(name, args, env));
  const ask = (name: string, ...args: string[]) => output(name, args, env);
  const end = async () => {
    for (const process of daemons.reverse()) {
      try {
        process.kill();
      } catch {
        // It has ended by itself: its log says why.
      }
      await process.status;
    }
  };
  try {
    const files = [["key-file", "key"], ["socket", "socket"], ["pid-file", "pid"], ["log-file", "log"], [
      "seed-file",
      "seed",
    ]];
    start("munged", "--force", "--foreground", ...files.map(([flag, end]) => `--${flag}=${path(`munge.${end}`)}`));
    await until("munged listens", () => isThere(path("munge.socket")));
    start("slurmctld", "-D", "-f", env.SLURM_CONF);
    start("slurmd", "-D", "-f", env.SLURM_CONF);
    await until("the node is idle", async () => /^idle/m.test(await ask("sinfo", "-h", "-o", "%T").catch(() => "")));
  } catch (error) {
    await end();
    const logs = ["munge.log", "slurmctld.log", "slurmd.log"].map((name) =>
      isThere(path(name)) ? lastLines(path(name)) : ""
    );
    throw new Error([(error as Error).message, ...logs].join("\n"));
  }
  return {
    env,
    ask,
    async stop() {
      await ask("scancel", "--user", userInfo().username).catch(() => {});
      await until("all jobs have ended", async () => await ask("squeue", "-h") === "");
      await end();
    },
  };
}

/** Waits until something is so. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>, most = PATIENCE): Promise<void> {
  for (const start = performance.now(); !await isSo();) {
    if (performance.now() - start > most) {
      throw new Error(`Cannot go on as ${what} must come: got nothing in ${most} ms`);
    }
    await new Promise((done) => setTimeout(done, PAUSE));
  }
}

function configuration(path: (name: string) => string): string {
  const [node, user] = [hostname().split(".")[0], userInfo().username];
  return `ClusterName=whence
SlurmctldHost=${node}(127.0.0.1)
SlurmctldPort=${freePort()}
SlurmdPort=${freePort()}
AuthType=auth/munge
# A job that is queued again waits for as long as credentials are valid.
AuthInfo=socket=${path("munge.socket")},cred_expire=5
SlurmUser=${user}
SlurmdUser=${user}
StateSaveLocation=${path("state")}
SlurmdSpoolDir=${path("spool")}
SlurmctldPidFile=${path("slurmctld.pid")}
SlurmdPidFile=${path("slurmd.pid")}
SlurmctldLogFile=${path("slurmctld.log")}
SlurmdLogFile=${path("slurmd.log")}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MailProg=/bin/true
SchedulerType=sched/builtin
SchedulerParameters=batch_sched_delay=0,sched_interval=1
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=5
NodeName=${node} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=test Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`;
}

function freePort(): number {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return port;
}

function daemon(name: string, args: string[], env: Record<string, string>): Deno.ChildProcess {
  return new Deno.Command(program(name), { args, env, stdin: "null", stdout: "null", stderr: "null" }).spawn();
}

async function output(name: string, args: string[], env: Record<string, string>): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program(name), { args, env }).output();
  assert.ok(success, `${name} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

/** Path of a program that may lie where daemons do. */
function program(name: string): string {
  const found = PATH.split(":").map((folder) => join(folder, name)).find(isThere);
  assert.ok(found !== undefined, `${name} is not installed: sh setup.sh --slurm installs it`);
  return found;
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path) !== null;
  } catch {
    return false;
  }
}

function lastLines(path: string): string {
  return Deno.readTextFileSync(path).split("\n").slice(-12).join("\n");
}
