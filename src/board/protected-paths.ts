/**
 * Paths that a task may not change unless its `touches` name them: who changes these changes what git, the pipeline or
 * the next agent does. Case does not count. Of several that match, the last one counts; `!` takes paths out.
 */
export const PROTECTED_PATHS: readonly string[] = [
  // What git obeys: filters, submodules, what is left out of every later commit.
  "**/.git*",
  "!**/.gitkeep",
  // What runs elsewhere with other rights, or at the next commit of a person.
  ".circleci/**",
  ".buildkite/**",
  ".forgejo/**",
  ".woodpecker/**",
  ".woodpecker.{yml,yaml}",
  ".drone.{yml,yaml}",
  ".cirrus.{yml,yaml}",
  ".travis.{yml,yaml}",
  "{,.}appveyor.{yml,yaml}",
  "{,.}azure-pipelines.{yml,yaml}",
  ".azure-pipelines/**",
  "bitbucket-pipelines.{yml,yaml}",
  "**/jenkinsfile{,.*}",
  ".build{,s}.{yml,yaml}",
  ".builds/**",
  ".tekton/**",
  ".semaphore/**",
  ".husky/**",
  ".pre-commit-config.{yml,yaml}",
  "{,.}lefthook.{yml,yaml}",
  // What an editor or a shell runs when somebody opens the folder.
  "**/.vscode/**",
  "**/.devcontainer/**",
  "**/.devcontainer.json",
  "**/.envrc",
  // What agents obey.
  "**/{agents,agents.override,claude,claude.local,gemini,qwen}.md",
  "**/.{agents,amp,claude,codex,continue,cursor,gemini,goose,junie,kilocode,kiro,opencode,qwen,roo,trae,windsurf,zed}/**",
  "**/.{mcp,claude}.json",
  "**/.{cursor,windsurf,cline,goose}rules",
  "**/.clinerules/**",
  "**/.aider*",
  "**/opencode.{json,jsonc}",
];
