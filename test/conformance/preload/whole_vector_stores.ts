/** Preload: makes stores of components of vectors read, change and write the whole vector, as WGSL allows. */
import { wholeVectorStores } from "../component_stores.ts";

const own = GPUDevice.prototype.createShaderModule;
GPUDevice.prototype.createShaderModule = function (descriptor) {
  return own.call(this, { ...descriptor, code: wholeVectorStores(descriptor.code) });
};
