import { parseArguments, write } from "./command.ts";

const HELP = `Tells what this machine offers and what is missing.

Usage: deno task doctor

Exit code: 0 where everything that Whence needs is there, 1 otherwise.
`;

/** The oldest Deno with stable text imports, also over http. */
const OLDEST_DENO = "2.8.3";

/** Runs `doctor` and returns the exit code. */
export async function runDoctorCommand(args: string[]): Promise<number> {
  const { values } = parseArguments(args, {}, 0);
  if (values.help) {
    write(Deno.stdout, HELP);
    return 0;
  }
  const rows: [string, string][] = [
    [
      "deno",
      `${Deno.version.deno}${isOlder(Deno.version.deno, OLDEST_DENO) ? ` (needs ${OLDEST_DENO} or newer)` : ""}`,
    ],
    ["system", `${Deno.build.os} ${Deno.build.arch}, ${navigator.hardwareConcurrency} cores`],
  ];
  const { ok, rows: adapterRows } = await describeAdapter();
  for (const [name, value] of [...rows, ...adapterRows]) write(Deno.stdout, `${name.padEnd(22)}${value}\n`);
  return ok && !isOlder(Deno.version.deno, OLDEST_DENO) ? 0 : 1;
}

async function describeAdapter(): Promise<{ ok: boolean; rows: [string, string][] }> {
  const { NoAdapterError, openGpu } = await import("../gpu/device.ts");
  try {
    const gpu = await openGpu();
    const mebibytes = (bytes: number) => `${Math.floor(bytes / 2 ** 20)} MiB`;
    const rows: [string, string][] = [
      ["adapter", `${gpu.adapter}${gpu.software ? " (software: a GPU's driver would be faster)" : ""}`],
      ["subgroups", gpu.features.subgroups ? "yes" : "no (slower kernels are used)"],
      ["timestamps", gpu.features.timestamps ? "yes" : "no (gpuSeconds is null)"],
      ["largest binding", mebibytes(gpu.limits.maxStorageBufferBindingSize)],
      ["largest buffer", mebibytes(gpu.limits.maxBufferSize)],
      ["workgroup memory", `${gpu.limits.maxComputeWorkgroupStorageSize} bytes`],
    ];
    gpu.close();
    return { ok: true, rows };
  } catch (error) {
    if (!(error instanceof NoAdapterError)) throw error;
    return { ok: false, rows: [["adapter", `none. ${error.message}`]] };
  }
}

function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split(/[.+-]/).slice(0, 3).map(Number));
  const at = a.findIndex((part, i) => part !== b[i]);
  return at >= 0 && a[at] < b[at];
}
