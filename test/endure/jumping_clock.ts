/** Milliseconds of ten years, by which the clock may be wrong. */
const FARTHEST = 10 * 365 * 86_400_000;

/** Makes the wall clock of this process jump, back or forth, at every other reading. */
export function jumpClock(seed: number): void {
  const RealDate = Date;
  let state = seed >>> 0 || 1;
  let off = 0;
  const now = () => {
    state = Math.imul(state, 1664525) + 1013904223 >>> 0;
    if (state & 1 << 16) off = Math.floor((state / 2 ** 32 - 0.5) * 2 * FARTHEST);
    return RealDate.now() + off;
  };
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given) => given.length === 0 ? new target(now()) : Reflect.construct(target, given),
    apply: () => new RealDate(now()).toString(),
    get: (target, key) => key === "now" ? now : Reflect.get(target, key),
  });
}
