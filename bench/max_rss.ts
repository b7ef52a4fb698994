/** Most memory that this process has held in RAM, bytes: on a software adapter the GPU's memory is in it. */
export function maxRss(): number {
  if (Deno.build.os !== "linux") return Deno.memoryUsage().rss;
  const line = Deno.readTextFileSync("/proc/self/status").split("\n").find((text) => text.startsWith("VmHWM:"))!;
  return Number(line.replace(/\D/g, "")) * 1024;
}
