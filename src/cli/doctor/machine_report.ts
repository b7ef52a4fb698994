import { hubSettings } from "../../checkpoint/hub/hub_settings.ts";
import { withoutUser } from "../../checkpoint/hub/redact.ts";
import { type Gpu, NoAdapterError, openGpu } from "../../gpu/device.ts";
import { cpuText } from "../../graph/cpu_executor.ts";
import { chooseDevice } from "../../model/load/choose_device.ts";
import { readTuning, tuningKey } from "../../model/tune/tuning_cache.ts";
import { write, writeHint } from "../write.ts";

/** The oldest Deno with stable text imports, also over http. */
const OLDEST_DENO = "2.8.3";

/**
 * Prints the runtime, the adapter and the hub.
 *
 * @returns true if nothing is missing
 */
export async function describeMachine(): Promise<boolean> {
  const rows: [string, string][] = [
    [
      "deno",
      `${Deno.version.deno}${isOlder(Deno.version.deno, OLDEST_DENO) ? ` (needs ${OLDEST_DENO} or newer)` : ""}`,
    ],
    ["system", `${Deno.build.os} ${Deno.build.arch}, ${navigator.hardwareConcurrency} cores`],
  ];
  const { ok, rows: adapterRows } = await describeAdapter();
  for (const [name, value] of [...rows, ...adapterRows, ...await describeCpu(), ...describeHub()]) {
    write(Deno.stdout, `${name.padEnd(22)}${value}\n`);
  }
  return ok && !isOlder(Deno.version.deno, OLDEST_DENO);
}

async function describeAdapter(): Promise<{ ok: boolean; rows: [string, string][] }> {
  try {
    const gpu = await openGpu();
    const mebibytes = (bytes: number) => `${Math.floor(bytes / 2 ** 20)} MiB`;
    const { tuning, hint } = await readTuning(tuningKey(gpu));
    const rows: [string, string][] = [
      ["adapter", `${gpu.adapter}${gpu.software ? " (software)" : ""}`],
      ["driver", gpu.driver],
      ["subgroups", subgroupText(gpu)],
      ["timestamps", gpu.features.timestamps ? "yes" : "no (gpuSeconds is null)"],
      ["largest binding", mebibytes(gpu.limits.maxStorageBufferBindingSize)],
      ["largest buffer", mebibytes(gpu.limits.maxBufferSize)],
      ["workgroup memory", `${gpu.limits.maxComputeWorkgroupStorageSize} bytes`],
      ["tuning", `${tuning.name}${tuning.choices.size > 0 ? `, ${tuning.choices.size} families of kernels` : ""}`],
    ];
    gpu.close();
    if (hint !== null) writeHint(hint);
    return { ok: true, rows };
  } catch (error) {
    if (!(error instanceof NoAdapterError)) throw error;
    return { ok: false, rows: [["adapter", `none. ${error.message}`]] };
  }
}

/** Says what subgroups do, or why kernels do without them. */
function subgroupText({ subgroupTrial: trial }: Gpu): string {
  if (trial === null) return "no (slower kernels are used)";
  const { size, faults } = trial;
  return faults.length === 0 ? `yes, of ${size} lanes` : `no (slower kernels are used): ${faults[0]}`;
}

/** Tells of ONNX Runtime, and which device a run takes by itself. */
async function describeCpu(): Promise<[string, string][]> {
  const { device, reason, slow } = await chooseDevice();
  return [
    ["device cpu", await cpuText().catch((error: Error) => `none. ${error.message}`)],
    ["device auto", `${device}, as ${reason}${slow ? " (slow)" : ""}`],
  ];
}

/** Tells the source of models and the folder that keeps them. */
function describeHub(): [string, string][] {
  try {
    const { endpoint, cache, token, tokenSource, offline } = hubSettings();
    return [
      ["hub", offline ? "not asked (HF_HUB_OFFLINE)" : withoutUser(endpoint)],
      ["hub cache", cache],
      ["hub token", token === null ? "none" : `of ${tokenSource}`],
    ];
  } catch (error) {
    return [["hub", (error as Error).message]];
  }
}

function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split(/[.+-]/).slice(0, 3).map(Number));
  const at = a.findIndex((part, i) => part !== b[i]);
  return at >= 0 && a[at] < b[at];
}
