/**
 * A user's code, checked with types that have no WebGPU of their own: those of `@webgpu/types` come with the modules.
 * Nothing here runs.
 *
 * @module
 */
import { loadModel } from "../../mod.ts";
import * as checkpoint from "../../checkpoint.ts";
import * as methods from "../../methods.ts";
import * as metrics from "../../metrics.ts";
import * as model from "../../model.ts";
import * as perturbation from "../../perturbation.ts";
import * as quadrature from "../../quadrature.ts";
import * as record from "../../record.ts";
import * as units from "../../units.ts";
import { openGpu } from "../../src/gpu/device.ts";

void [bufferOf, loadModel, checkpoint, methods, metrics, model, perturbation, quadrature, record, units];

async function bufferOf(bytes: number): Promise<GPUBuffer> {
  const { device } = await openGpu();
  // @ts-expect-error a buffer without a usage: the types are real ones
  device.createBuffer({ size: bytes });
  return device.createBuffer({ size: bytes, usage: GPUBufferUsage.STORAGE });
}
