/** Starts a stopwatch. Returns a function that gives the seconds since, by a clock that never goes back. */
export function startStopwatch(): () => number {
  const began = performance.now();
  return () => (performance.now() - began) / 1000;
}
