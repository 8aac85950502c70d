/** What a rule such as `Read` or `Bash(npm test:*)` names. `pattern`: for the tool's input, `*` is anything; null: every use. */
export type ToolRule = { names: readonly string[]; pattern: string | null };

/**
 * Rules of tools in another agent's names. Settings and personas write them as Claude Code does, since that is what shared
 * personas use; a name in small letters is taken for the agent's own. A rule that cannot be said is a problem.
 */
export function translateTools(
  agent: string,
  rules: readonly string[],
  names: Readonly<Record<string, readonly string[]>>,
): readonly ToolRule[] | { problem: string } {
  const translated: ToolRule[] = [];
  for (const rule of rules) {
    const [, name = "", pattern] = /^([^(]+)(?:\((.*)\))?$/s.exec(rule) ?? [];
    const own = Object.hasOwn(names, name) ? names[name] : /^[a-z][a-z0-9_]*$/.test(name) ? [name] : undefined;
    if (own === undefined) return { problem: `${agent} has no tool '${rule}'` };
    translated.push({ names: own, pattern: pattern === undefined ? null : pattern.replace(/:\*$/, "*") });
  }
  return translated;
}
