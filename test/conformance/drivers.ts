import { openGpu } from "../../src/gpu/device.ts";

/** A driver that a process can take in place of its own. */
interface OtherDriver {
  readonly env: Record<string, string>;
  /** Null if it is there. */
  readonly missing: string | null;
}

/** Returns the cause why the software driver cannot have vectors of 16 lanes; null if it can. */
export async function wideVectors(): Promise<string | null> {
  const gpu = await openGpu();
  gpu.close();
  if (!/llvmpipe/i.test(gpu.adapter)) return `the adapter is not Mesa's software, but ${gpu.adapter}`;
  const processor = await textOf("/proc/cpuinfo");
  return /\bavx512f\b/.test(processor) ? null : "the processor has no AVX-512";
}

/** Folders where distributions and Chromium put SwiftShader's manifest. */
const MANIFESTS = [
  "/usr/lib/chromium/vk_swiftshader_icd.json",
  "/opt/google/chrome/vk_swiftshader_icd.json",
  "/usr/lib/chromium-browser/vk_swiftshader_icd.json",
];

/** Finds SwiftShader by WHENCE_SWIFTSHADER, the path of its manifest, or where it usually lies. */
export async function swiftShader(): Promise<OtherDriver> {
  const named = Deno.env.get("WHENCE_SWIFTSHADER");
  for (const path of named === undefined ? MANIFESTS : [named]) {
    if (await textOf(path) !== "") return { env: { VK_DRIVER_FILES: path, VK_ICD_FILENAMES: path }, missing: null };
  }
  return { env: {}, missing: "no vk_swiftshader_icd.json is there; WHENCE_SWIFTSHADER names one" };
}

async function textOf(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}
