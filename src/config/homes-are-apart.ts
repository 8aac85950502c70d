import type { Broken } from "./rules.ts";
import type { Settings } from "./settings.ts";

/**
 * No slot's HOME holds the board or the code: programs write into their HOME as they like, and a sandbox opens it. Without a
 * `boardRoot`, only relative paths can be told.
 */
export function homesAreApart({ slots, code }: Settings, boardRoot: string | null): Broken[] {
  const root = boardRoot ?? "/board";
  const held = [partsOf(root, "."), ...(code === null ? [] : [partsOf(root, code)])];
  return slots.flatMap(({ home }, index) => {
    if (home === null || (boardRoot === null && home.startsWith("/"))) return [];
    const parts = partsOf(root, home);
    if (!held.some((it) => parts.every((part, at) => part === it[at]))) return [];
    const message = `\`slots[${String(index)}].home\` is ${JSON.stringify(home)}, which holds the repository; expected a folder of its own`;
    const hint = "Name one that holds nothing else, such as `profiles/a`, and log in there.";
    return [{ key: ["slots", index, "home"], message, hint }];
  });
}

function partsOf(root: string, path: string): string[] {
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${root}/${path}`).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts;
}
