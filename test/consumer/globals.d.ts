/** Globals of a library of types without WebGPU, as far as Whence asks for them. */
interface Navigator {
  readonly hardwareConcurrency: number;
}
declare const navigator: Navigator;
declare const performance: { now(): number };
declare const self: Pick<Worker, "onmessage" | "postMessage">;
declare class Worker {
  constructor(url: URL, options: { readonly type: "module"; readonly name?: string });
  onmessage: ((event: MessageEvent) => unknown) | null;
  onerror: ((event: ErrorEvent) => unknown) | null;
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  terminate(): void;
}
