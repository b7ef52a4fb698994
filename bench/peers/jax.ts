import type { Contender, Task } from "./contender.ts";

// Not a literal, so that neither the type check nor the lock file needs the package.
const PACKAGE: string = "npm:@jax-js/jax@0.1.25";

/** The part of jax-js that is used. Each use of an array but that of its `ref` consumes it. */
interface Jax {
  init(device: "webgpu"): Promise<string[]>;
  defaultDevice(device: "webgpu"): void;
  jit(f: (a: JaxArray, b: JaxArray) => JaxArray): (a: JaxArray, b: JaxArray) => JaxArray;
  blockUntilReady(x: JaxArray): Promise<unknown>;
  readonly numpy: {
    array(values: Float32Array): JaxArray;
    matmul(a: JaxArray, b: JaxArray): JaxArray;
    transpose(a: JaxArray): JaxArray;
  };
}
interface JaxArray {
  readonly ref: JaxArray;
  reshape(shape: number[]): JaxArray;
  data(): Promise<Float32Array>;
  dispose(): void;
}

/** jax-js on WebGPU, dense: it has no 4-bit weights. */
export async function jaxJs({ transposed, rows, inner, outputs, input, values }: Task): Promise<Contender> {
  const jax: Jax = await import(PACKAGE);
  const found = await jax.init("webgpu");
  if (!found.includes("webgpu")) throw new Error(`Cannot run jax-js as it must find WebGPU: got ${found.join(", ")}`);
  jax.defaultDevice("webgpu");
  const { array, matmul, transpose } = jax.numpy;
  const w = array(values).reshape([outputs, inner]);
  const x = array(input).reshape([rows, input.length / rows]);
  const product = jax.jit((a, b) => matmul(a, transposed ? b : transpose(b)));
  return {
    name: "jax-js 0.1.25, f32",
    result: () => product(x.ref, w.ref).data(),
    async repeat(times) {
      // A result that is disposed of too early is never computed, so all are kept until all are there.
      const results = Array.from({ length: times }, () => product(x.ref, w.ref));
      for (const y of results) await jax.blockUntilReady(y.ref);
      for (const y of results) y.dispose();
    },
    dispose() {
      x.dispose();
      w.dispose();
    },
  };
}
