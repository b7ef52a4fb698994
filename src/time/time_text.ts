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
  return `${durationText(seconds)} left`;
}

/** Length of time: "12 s", "3 min 5 s", "2 h 10 min", "3 d 4 h". */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return pair(whole, MINUTE, "min", 1, "s");
  return whole < DAY ? pair(whole, HOUR, "h", MINUTE, "min") : pair(whole, DAY, "d", HOUR, "h");
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function pair(seconds: number, large: number, largeName: string, small: number, smallName: string): string {
  return `${Math.floor(seconds / large)} ${largeName} ${Math.floor((seconds % large) / small)} ${smallName}`;
}
