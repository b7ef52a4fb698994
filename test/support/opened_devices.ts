/** Runs `body` with a list of all devices that are opened meanwhile. */
export async function withOpenedDevices(body: (devices: readonly GPUDevice[]) => Promise<void>): Promise<void> {
  const { requestDevice } = GPUAdapter.prototype;
  const devices: GPUDevice[] = [];
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    const device = await requestDevice.call(this, descriptor);
    devices.push(device);
    return device;
  };
  try {
    await body(devices);
  } finally {
    GPUAdapter.prototype.requestDevice = requestDevice;
  }
}
