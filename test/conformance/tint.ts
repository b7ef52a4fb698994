/**
 * `deno run -A test/conformance/tint.ts KERNELS RESULT`: compiles the kernels of a JSON file with Tint, Chrome's
 * compiler, on Dawn's backend that has no device, and writes those that it refuses.
 */
import { create, globals } from "npm:webgpu@0.6";
import type { Kernel } from "../../src/gpu/kernel.ts";

const [from, to] = Deno.args;
const kernels: Kernel[] = JSON.parse(await Deno.readTextFile(from));
Object.assign(globalThis, globals);
const dawn = create(["backend=null", "enable-dawn-features=allow_unsafe_apis"]);
const adapter = await dawn.requestAdapter();
if (adapter === null) throw new Error("Cannot compile as Dawn must have its null backend: got no adapter");
const { maxComputeWorkgroupStorageSize, maxComputeInvocationsPerWorkgroup, maxStorageBuffersPerShaderStage } =
  adapter.limits;
const device = await adapter.requestDevice({
  requiredFeatures: ["subgroups" as GPUFeatureName],
  requiredLimits: {
    maxComputeWorkgroupStorageSize,
    maxComputeInvocationsPerWorkgroup,
    maxStorageBuffersPerShaderStage,
  },
});

// Dawn crashes when it collects what it compiled.
const kept: unknown[] = [dawn, adapter];

/** Returns the first error or warning of a kernel; null if there is none. */
async function complaint({ code }: Kernel): Promise<string | null> {
  device.pushErrorScope("validation");
  const module = device.createShaderModule({ code });
  const info = await module.getCompilationInfo();
  const messages = [...info.messages];
  kept.push(module, info, messages);
  const wrong = messages.find(({ type }) => type === "error") ?? messages[0];
  if (wrong !== undefined) {
    await device.popErrorScope();
    return `line ${wrong.lineNum}: ${wrong.message}`;
  }
  kept.push(device.createComputePipeline({ layout: "auto", compute: { module, entryPoint: "main" } }));
  return (await device.popErrorScope())?.message ?? null;
}

const refused: { readonly label: string; readonly message: string }[] = [];
for (const kernel of kernels) {
  const message = await complaint(kernel);
  if (message !== null) refused.push({ label: kernel.label, message });
}
await Deno.writeTextFile(to, JSON.stringify(refused));
Deno.exit(0);
