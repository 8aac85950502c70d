import type { Settings } from "./settings.ts";

/** What a rule has to say, and the key it is about. */
export type Broken = { key: ReadonlyArray<string | number>; message: string; hint?: string };
export type Rule = (settings: Settings) => Broken[];

/** What no single key can say by itself. Each rule is one function; all of them are asked. */
export const RULES: readonly Rule[] = [
  hasSlots,
  slotNamesDiffer,
  commandsAreThere,
  agentsAreNotNamedLikeBuiltIns,
  refusedVariablesStayOut,
  baseIsBranch,
  waitsGrow,
];

function hasSlots({ slots }: Settings): Broken[] {
  return slots.length > 0
    ? []
    : [
        {
          key: ["slots"],
          message: "`slots` is an empty list; expected at least one slot (pause a board with `paused: true`)",
        },
      ];
}

function slotNamesDiffer({ slots }: Settings): Broken[] {
  const seen = new Map<string, number>();
  return slots.flatMap(({ name }, index) => {
    const earlier = seen.get(name.toLowerCase());
    seen.set(name.toLowerCase(), earlier ?? index);
    if (earlier === undefined) return [];
    return [
      {
        key: ["slots", index, "name"],
        message: `\`slots[${String(index)}].name\` is "${name}", as is that of slots[${String(earlier)}]; expected a name of its own`,
      },
    ];
  });
}

function commandsAreThere({ agents }: Settings): Broken[] {
  return Object.entries(agents).flatMap(([name, { use, command }]) =>
    use !== "command" || command.length > 0
      ? []
      : [{ key: ["agents", name], message: `\`agents.${name}.command\` is missing; expected the program to run` }],
  );
}

function agentsAreNotNamedLikeBuiltIns({ agents }: Settings): Broken[] {
  return Object.keys(agents)
    .filter((name) => ["shell", "command", "acp"].includes(name) || name.includes("/"))
    .map((name) => ({
      key: ["agents", name],
      message: `\`agents.${name}\` has a name that is taken or holds a \`/\`; expected another name`,
    }));
}

// They would point the agent's git or node, or ours inside of it, elsewhere; an agent that waits for one must not miss it in
// silence.
function refusedVariablesStayOut({ slots, agents }: Settings): Broken[] {
  const lists = [
    ...slots.map(({ env }, index) => ({ key: ["slots", index, "env"] as const, env })),
    ...Object.entries(agents).map(([name, { env }]) => ({ key: ["agents", name, "env"] as const, env })),
  ];
  return lists.flatMap(({ key, env }) =>
    env.flatMap((it) => {
      const whose = whoseVariable(it);
      return whose === null ? [] : [{ key, message: `\`env\` holds ${it}; variables of ${whose} are never inherited` }];
    }),
  );
}

function whoseVariable(name: string): string | null {
  if (/^GIT_/i.test(name)) return "git";
  if (name.startsWith("KANBAND_")) return "kanband";
  if (name.startsWith("npm_")) return "npm (but `NPM_…`)";
  return name === "NODE_OPTIONS" ? "node" : null;
}

function baseIsBranch({ base }: Settings): Broken[] {
  const isRefused = /^[-/.]|[/.]$|\.\.|\/\/|\/\.|@\{|\.lock(?:\/|$)|[\s~^:?*[\\]/.test(base) || base === "@";
  return isRefused
    ? [{ key: ["base"], message: `\`base\` is ${JSON.stringify(base)}; expected the name of a branch` }]
    : [];
}

function waitsGrow({ retry }: Settings): Broken[] {
  return retry.maxMs >= retry.baseMs
    ? []
    : [{ key: ["retry", "max"], message: "`retry.max` is below `retry.base`; expected at least as long" }];
}
