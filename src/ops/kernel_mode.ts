/** Which of an op's kernels: of its value, its reverse or its tangent. */
export type KernelMode = "forward" | "backward" | "tangent";

/** The flags of a mode in shaders. */
export function modeFlags(mode: KernelMode): Readonly<Record<"FORWARD" | "BACKWARD" | "TANGENT", boolean>> {
  return { FORWARD: mode === "forward", BACKWARD: mode === "backward", TANGENT: mode === "tangent" };
}
