import type { Gpu } from "./device.ts";
import { GpuError } from "./gpu_error.ts";

/** Buffers of one owner, with the bytes that they hold. */
export interface Allocator {
  /** Bytes held now. */
  readonly bytes: number;
  /** Most bytes held at any time. */
  readonly peakBytes: number;
  create(label: string, bytes: number, usage: number): GPUBuffer;
  free(buffer: GPUBuffer): void;
  freeAll(): void;
}

/** Storage buffers that kernels use and the host writes and reads by copies. */
export const STORAGE: number = 0x80 | 0x40 | 0x8 | 0x4; // STORAGE | UNIFORM | COPY_DST | COPY_SRC

/** Rounds up to WebGPU's granularity for sizes of copies and bindings. */
export function paddedBytes(bytes: number): number {
  return Math.max(16, Math.ceil(bytes / 16) * 16);
}

/**
 * Makes an allocator whose sizes are checked against the adapter's limits before WebGPU sees them. A device that was
 * lost gives none.
 */
export function createAllocator(gpu: Gpu): Allocator {
  const held = new Set<GPUBuffer>();
  let bytes = 0;
  let peakBytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    get peakBytes() {
      return peakBytes;
    },
    create(label, size, usage) {
      gpu.check();
      const padded = paddedBytes(size);
      assertFits(gpu, label, padded, usage);
      const buffer = gpu.device.createBuffer({ label, size: padded, usage });
      held.add(buffer);
      bytes += padded;
      peakBytes = Math.max(peakBytes, bytes);
      return buffer;
    },
    free(buffer) {
      if (!held.delete(buffer)) return;
      bytes -= buffer.size;
      // Garbage collection does not see GPU memory.
      buffer.destroy();
    },
    freeAll() {
      for (const buffer of held) buffer.destroy();
      held.clear();
      bytes = 0;
    },
  };
}

/** @throws {GpuError} if a buffer of that size cannot exist or be bound on this adapter */
function assertFits(gpu: Gpu, label: string, bytes: number, usage: number): void {
  const limit = usage & 0x80
    ? Math.min(gpu.limits.maxBufferSize, gpu.limits.maxStorageBufferBindingSize)
    : gpu.limits.maxBufferSize;
  if (bytes > limit) {
    throw new GpuError(
      `Cannot allocate ${label}: it takes ${bytes} bytes and this adapter allows ${limit} in one ` +
        (usage & 0x80 ? "storage binding" : "buffer"),
    );
  }
}
