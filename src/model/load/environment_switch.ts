/** Returns "off" if a variable of the environment says so and may be read without asking, else "auto". */
export function environmentSwitch(variable: string): "auto" | "off" {
  const granted = Deno.permissions.querySync({ name: "env", variable }).state === "granted";
  return granted && Deno.env.get(variable) === "off" ? "off" : "auto";
}
