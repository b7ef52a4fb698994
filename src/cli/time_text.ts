/** Time left, as a bar shows it: "12 s left", "3 min 5 s left". */
export function timeLeftText(seconds: number): string {
  const left = Math.round(seconds);
  return left < 60 ? `${left} s left` : `${Math.floor(left / 60)} min ${left % 60} s left`;
}
