/** Point in time as files keep it: "2026-11-23T14:05:09.123Z". */
export function timestampText(time: Date = new Date()): string {
  return time.toISOString();
}

/** Day in UTC: "2026-11-23". */
export function dayText(time: Date): string {
  return timestampText(time).slice(0, 10);
}

/** Time left, as a progress bar shows it: "12 s left", "3 min 5 s left". */
export function timeLeftText(seconds: number): string {
  const left = Math.round(seconds);
  return left < 60 ? `${left} s left` : `${Math.floor(left / 60)} min ${left % 60} s left`;
}
