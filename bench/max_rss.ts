/** Reads the most memory that this process has held in RAM, in bytes. A software adapter's memory is part of it. */
export function maxRss(): number {
  if (Deno.build.os !== "linux") return Deno.memoryUsage().rss;
  const line = Deno.readTextFileSync("/proc/self/status").split("\n").find((text) => text.startsWith("VmHWM:"))!;
  return Number(line.replace(/\D/g, "")) * 1024;
}
