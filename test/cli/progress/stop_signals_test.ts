import assert from "node:assert/strict";

const STATUS_WORKER = new URL("../../../src/cli/progress/status_worker.ts", import.meta.url).href;

/** Keeps its main thread busy, as a device may, until something ends it. */
const BUSY = `
  const worker = new Worker(${JSON.stringify(STATUS_WORKER)}, { type: "module" });
  const cleared = new Int32Array(new SharedArrayBuffer(4));
  worker.onmessage = ({ data }) => Deno.exit(data.code);
  worker.postMessage({ farewell: "Stopped. \\x1b[31mGo on." });
  worker.postMessage({ clear: 1, cleared });
  Atomics.wait(cleared, 0, 0);
  console.log("ready");
  const until = Date.now() + 20000;
  while (Deno.args[0] === "busy" && Date.now() < until);
  if (Deno.args[0] !== "busy") await new Promise((resolve) => setTimeout(resolve, 20000));
`;

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  for (const [state, flags] of [["busy", ["-A"]], ["idle", ["--allow-all", "--deny-run"]]] as const) {
    Deno.test(`${signal} ends a process that is ${state} with ${code} and a last word`, async () => {
      const file = await Deno.makeTempFile({ suffix: ".ts" });
      try {
        await Deno.writeTextFile(file, BUSY);
        const child = new Deno.Command(Deno.execPath(), {
          args: ["run", ...flags, "--no-prompt", "--no-check", file, state],
          ...{ stdin: "null", stdout: "piped", stderr: "piped" },
        }).spawn();
        const output = child.stdout.getReader();
        await output.read();
        child.kill(signal);
        const [status, stderr] = await Promise.all([child.status, new Response(child.stderr).text()]);
        await output.cancel();
        assert.deepEqual([status.code, stderr], [code, "Stopped. \\u{1b}[31mGo on.\n"]);
      } finally {
        await Deno.remove(file);
      }
    });
  }
}
