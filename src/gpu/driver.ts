import { createHash } from "node:crypto";
import { join } from "node:path";

/**
 * Describes an adapter's driver for a key. WebGPU tells no version, so that on Linux the kernel module of NVIDIA and
 * the manifests of the Vulkan drivers, which change with every release of Mesa, stand for it.
 */
export async function driverText(info: GPUAdapterInfo): Promise<string> {
  const { vendor, architecture, device, description } = info;
  const words = [vendor, architecture, device, description].filter((word) => word !== "").join(" ");
  const nvidia = await textOf("/proc/driver/nvidia/version");
  const manifests = await Promise.all((await manifestPaths()).map(textOf));
  const digest = createHash("sha256").update(manifests.join("\n")).digest("hex").slice(0, 16);
  return [words, nvidia.split("\n")[0].trim(), `manifests ${digest}`].filter((text) => text !== "").join("; ");
}

const FOLDERS = ["/etc/vulkan/icd.d", "/usr/share/vulkan/icd.d"];

async function manifestPaths(): Promise<string[]> {
  const named = await fromEnvironment("VK_DRIVER_FILES") ?? await fromEnvironment("VK_ICD_FILENAMES");
  if (named !== undefined) return named.split(":");
  const paths: string[] = [];
  for (const folder of FOLDERS) {
    if (!await granted({ name: "read", path: folder })) continue;
    try {
      for await (const { name } of Deno.readDir(folder)) paths.push(join(folder, name));
    } catch {
      // No drivers are there.
    }
  }
  return paths.sort();
}

async function fromEnvironment(variable: string): Promise<string | undefined> {
  return await granted({ name: "env", variable }) ? Deno.env.get(variable) : undefined;
}

/** The text of a file, or nothing if it cannot be read. */
async function textOf(path: string): Promise<string> {
  if (!await granted({ name: "read", path })) return "";
  try {
    return await Deno.readTextFile(path);
  } catch {
    return "";
  }
}

/** Nobody should be asked for a permission for the sake of a key. */
async function granted(descriptor: Deno.PermissionDescriptor): Promise<boolean> {
  return (await Deno.permissions.query(descriptor)).state === "granted";
}
