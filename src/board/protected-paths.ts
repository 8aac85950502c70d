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
  // What says how commands run, and no file of the project speaks of: shells, interpreters, wrappers, start-up hooks, and the
  // tools that are installed. A folder by its name alone, since a link may stand for it.
  "**/{.npmrc,.yarnrc,.yarnrc.{yml,yaml},pnpm-workspace.yaml,bunfig.toml,.corepack.env}",
  "**/{.pnpmfile.{cjs,mjs,js},pnpmfile.js,.pnp.{cjs,js},.pnp.loader.mjs}",
  "**/{node_modules,.yarn,.nx,.turbo}/**",
  "**/{.venv,__pypackages__}/**",
  "**/{pyvenv.cfg,pip.conf,pip.ini,sitecustomize.py,usercustomize.py}",
  "**/.cargo/**",
  "**/rust-toolchain{,.toml}",
  "**/{.bundle,.dart_tool}/**",
  "**/{.mvn,gradle/wrapper}/**",
  "**/{mvnw,gradlew}{,.bat,.cmd}",
  "**/.{jvm,sbt}opts",
  "**/{nuget.config,dotnet-tools.json,directory.build.rsp,msbuild.rsp}",
  "**/.bazel{rc,iskrc,version}",
  "tools/bazel{,.*}",
  "**/.buckconfig{,.*}",
  "**/{.proverc,.rprofile,.renviron}",
  "**/{{,.}mise{,.*}.toml,.tool-versions}",
  // What agents obey.
  "**/{agents,agents.override,claude,claude.local,gemini,qwen}.md",
  "**/.{agents,amp,claude,codex,continue,cursor,gemini,goose,junie,kilocode,kiro,opencode,qwen,roo,trae,windsurf,zed}/**",
  "**/.{mcp,claude}.json",
  "**/.{cursor,windsurf,cline,goose}rules",
  "**/.clinerules/**",
  "**/.aider*",
  "**/opencode.{json,jsonc}",
];
