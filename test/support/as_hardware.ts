/** Hides that adapters are software, so that they get the kernels of a GPU. Returns a function that undoes it. */
export function hideSoftware(): () => void {
  const own = Object.getOwnPropertyDescriptor(GPUAdapterInfo.prototype, "description")!;
  Object.defineProperty(GPUAdapterInfo.prototype, "description", {
    configurable: true,
    get() {
      return String(own.get!.call(this)).replace(/llvmpipe|lavapipe|swiftshader|softpipe/gi, "pretended");
    },
  });
  return () => Object.defineProperty(GPUAdapterInfo.prototype, "description", own);
}

/** Opens something while adapters look like hardware. */
export async function asHardware<T>(open: () => Promise<T>): Promise<T> {
  const undo = hideSoftware();
  try {
    return await open();
  } finally {
    undo();
  }
}
