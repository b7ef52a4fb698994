/** Preload: refuses subgroups, as some adapters do. */
const own = GPUAdapter.prototype.requestDevice;
GPUAdapter.prototype.requestDevice = function (descriptor) {
  if ([...descriptor?.requiredFeatures ?? []].includes("subgroups" as GPUFeatureName)) {
    return Promise.reject(new TypeError("subgroups are refused"));
  }
  return own.call(this, descriptor);
};
