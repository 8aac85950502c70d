// The rooms of src/ and the only imports each may have besides errors.ts and log.ts. Read as a sentence:
// cli starts controller; controller runs observe, decide, apply; observe and apply know the world; decide knows only values.
export const ROOMS = {
  board: { may: [], why: "The convention as values: everybody knows it, so it knows nobody." },
  config: { may: ["board"], why: "Settings speak of lanes and are read from Markdown; nothing else." },
  decide: {
    may: ["board", "config"],
    why: "Pure: it owns Snapshot and Action, and the outside meets it at these types.",
  },
  agents: { may: ["board"], why: "An adapter is data; it must not know how or where it is run." },
  "acp-client": { may: ["agents"], why: "A program of its own that holds one agent: the daemon only starts it." },
  files: { may: [], why: "The one door for durable writes; it knows no boards." },
  git: {
    may: ["files", "process"],
    why: "Git for anybody: it knows no boards, but who still lives that holds a lock.",
  },
  process: { may: ["files"], why: "Child processes for anybody: it knows neither boards nor agents." },
  observe: {
    may: ["board", "config", "decide", "agents", "git", "process"],
    why: "Reads the world into one Snapshot; what it cannot import it cannot write with.",
  },
  apply: {
    may: ["board", "config", "decide", "agents", "git", "process", "files"],
    why: "Carries out one action at a time; it neither looks at the world as a whole nor chooses.",
  },
  controller: {
    may: ["config", "decide", "observe", "apply", "process", "files"],
    why: "The loop only connects: rules about boards, git or agents belong to other rooms.",
  },
  cli: {
    may: ["board", "config", "decide", "agents", "git", "process", "observe", "apply", "controller", "files"],
    why: "The outermost room: it may start and show everything.",
  },
};

// Room -> rooms of which it may know the types and nothing that runs.
export const TYPES_ONLY = {
  decide: ["config"],
  observe: ["decide"],
  apply: ["decide"],
};

// Who may import a package. A package that is not named here may be imported by nobody.
const PACKAGES = {
  "@agentclientprotocol/sdk": { owners: "^src/acp-client/", why: "The daemon speaks to no agent." },
  "simple-git": { owners: "^src/git/", why: "One hardened way to run git." },
  diff: { owners: "^src/observe/line-hunks", why: "What changed in a text is asked in one place." },
  execa: { owners: "^src/process/", why: "One room knows how children live and die." },
  chokidar: { owners: "^src/controller/", why: "An event only wakes the loop." },
  "gray-matter": { owners: "^$", why: "It runs code and hides errors; docs/decisions/03-one-yaml-reader.md." },
  "js-yaml": { owners: "^src/board/front-matter", why: "One reading of YAML for every file, and edits by its ranges." },
  yaml: { owners: "^$", why: "One reader of YAML, and it is js-yaml; docs/decisions/03-one-yaml-reader.md." },
  picomatch: { owners: "^src/(board|apply)/", why: "Globs mean the same everywhere." },
  valibot: { owners: "^src/(board|config)/", why: "What comes from files is checked once, at the door." },
  ms: { owners: "^src/(board|config|cli)/", why: "Durations are text in files and on the screen, numbers elsewhere." },
  yargs: { owners: "^src/cli/", why: "Only commands have arguments." },
  "fast-string-width": { owners: "^src/cli/", why: "Only cli prints." },
  pino: { owners: "^src/log\\.ts$", why: "One logger, made in one place." },
};

// Node's own modules that are a way to act on the world, and who may have them.
const NODE_MODULES = {
  "child-process": {
    modules: ["child_process"],
    owners: "^src/(git|process|acp-client)/",
    why: "git/ runs git, process/ starts everything else; the client of an agent starts that agent.",
  },
  timers: {
    modules: ["timers", "timers/promises"],
    owners: "^src/(controller|git|process|acp-client)/",
    why: "The loop rests in one place; git/ and process/ may wait for locks and for the end of a process.",
  },
  files: {
    modules: ["fs", "fs/promises"],
    owners: "^src/(files|git|process|acp-client|observe|apply|controller|cli)/|^src/log\\.ts$",
    why: "agents/ is data and config/ is told its text.",
  },
  network: {
    modules: ["net", "http", "https", "http2", "dgram", "tls", "dns", "dns/promises"],
    owners: "^$",
    why: "There is no server and no client: git and Markdown are the only interface.",
  },
  evaluation: {
    modules: ["vm", "worker_threads", "cluster", "inspector", "repl"],
    owners: "^$",
    why: "Nothing that came from a file is ever run by the daemon itself.",
  },
};

const rooms = Object.keys(ROOMS);
const named = Object.keys(PACKAGES).join("|");
const packagePath = (name) => `(^|/)node_modules/(@types/)?${name}/`;

const roomRules = Object.entries(ROOMS).map(([room, { may, why }]) => ({
  name: `room-${room}`,
  comment: why,
  severity: "error",
  from: { path: `^src/${room}/` },
  to: { path: "^src/", pathNot: `^src/(errors\\.ts$|log\\.ts$|${[room, ...may].join("/|")}/)` },
}));

const typesOnlyRules = Object.entries(TYPES_ONLY).map(([room, targets]) => ({
  name: `types-only-${room}`,
  comment: `${room} meets these rooms at their types; calling them would join what is kept apart.`,
  severity: "error",
  from: { path: `^src/${room}/` },
  to: { path: `^src/(${targets.join("|")})/`, dependencyTypesNot: ["type-only"] },
}));

const packageRules = Object.entries(PACKAGES).map(([name, { owners, why }]) => ({
  name: `package-${name}`,
  comment: why,
  severity: "error",
  from: { path: "^src/", pathNot: owners },
  to: { path: packagePath(name) },
}));

const nodeRules = Object.entries(NODE_MODULES).map(([name, { modules, owners, why }]) => ({
  name: `node-${name}`,
  comment: why,
  severity: "error",
  from: { path: "^src/", pathNot: owners },
  to: { dependencyTypes: ["core"], path: `^(node:)?(${modules.join("|")})$` },
}));

export default {
  forbidden: [
    ...roomRules,
    ...typesOnlyRules,
    ...packageRules,
    ...nodeRules,
    {
      name: "pure-rooms-without-node",
      comment: "board and decide are values and functions: the same input gives the same output.",
      severity: "error",
      from: { path: "^src/(board|decide)/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "pure-rooms-without-log",
      comment: "What a pure room has to say it returns.",
      severity: "error",
      from: { path: "^src/(board|decide|errors\\.ts$)" },
      to: { path: "^src/log\\.ts$" },
    },
    {
      name: "errors-import-nothing",
      comment: "Everybody imports the catalogue.",
      severity: "error",
      from: { path: "^src/errors\\.ts$" },
      to: {},
    },
    {
      name: "log-imports-errors-only",
      comment: "Everybody but the pure rooms may log, so the logger knows no room.",
      severity: "error",
      from: { path: "^src/log\\.ts$" },
      to: { path: "^src/", pathNot: "^src/errors\\.ts$" },
    },
    {
      name: "main-imports-cli",
      comment: "The bin hands its arguments to cli and turns errors into exit codes.",
      severity: "error",
      from: { path: "^src/main\\.ts$" },
      to: { path: "^src/", pathNot: "^src/(cli/|errors\\.ts$)" },
    },
    {
      name: "nobody-imports-main",
      comment: "main.ts runs when it is loaded.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^src/main\\.ts$" },
    },
    {
      name: "rooms-only",
      comment: "Every folder of src/ is a room of the table above; every file is in a room.",
      severity: "error",
      from: { path: "^src/", pathNot: `^src/(${rooms.join("|")})/|^src/(main|errors|log)\\.ts$` },
      to: {},
    },
    {
      name: "packages-have-owners",
      comment: "A new package is a decision: name its owner and the reason here.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "node_modules/", pathNot: `(^|/)node_modules/((@types/)?(${named})|@types/node)/` },
    },
    {
      name: "no-cycles",
      comment: "Types included: a cycle means that two files are one idea, or that a type lives with the wrong owner.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "resolvable",
      comment: "What is not found is not checked.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "no-dev-dependencies",
      comment: "An installed package does not have them.",
      severity: "error",
      from: { path: "^src/" },
      to: {
        dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown", "npm-optional"],
        pathNot: "node_modules/@types/",
      },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // Type-only imports count: the compiler drops them, the reader does not.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};
