/** Why a symbolic link at a path, with this text, may not be committed; null when it stays in the repository. */
export function linkProblem(path: string, target: string): string | null {
  if (target.startsWith("/") || /^[A-Za-z]:|\\/.test(target)) return `leads out of the repository, to ${show(target)}`;
  const names = target.split("/").filter((it) => it !== "" && it !== ".");
  const down = names.findIndex((it) => it !== "..");
  const ups = down === -1 ? names.length : down;
  const rest = names.slice(ups);
  const depth = path.split("/").length - 1;
  if (ups > depth) return `leads out of the repository, to ${show(target)}`;
  // Behind another link, `..` is somewhere else than it looks.
  if (rest.includes("..")) return `goes back up on its way to ${show(target)}, and what it leads to cannot be told`;
  const whole = [...path.split("/").slice(0, depth - ups), ...rest];
  if (whole.some((it) => it.toLowerCase() === ".git")) return `leads into git's own folder, to ${show(target)}`;
  return null;
}

function show(target: string): string {
  return JSON.stringify(target.slice(0, 200));
}
