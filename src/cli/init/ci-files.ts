/** A workflow for GitHub Actions that judges the board of what is to be merged. `boardBranch`: null when it is in the same tree. */
export function workflowText(version: string, boardBranch: string | null): string {
  const ref = boardBranch === null ? "" : `          ref: ${JSON.stringify(boardBranch)}\n`;
  return `# Made by \`kanband init --ci\`. Fails while a task is in doing/, or in for_review/ without a pull request of its own, a file
# of the board is broken, an id is in two lanes, or tasks wait for each other. Require the check "board" for the base branch.
name: kanband
on:
  pull_request:
  merge_group:
permissions:
  contents: read
jobs:
  board:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          persist-credentials: false
${ref}      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - run: npx --yes kanband@${version} check --ci
`;
}

/** The hooks `pre-commit` and `pre-merge-commit`, the same text for both. */
export const HOOK_TEXT = `#!/bin/sh
# Made by \`kanband init --ci\`, as pre-commit and pre-merge-commit. A commit needs a board without errors; a merge, one
# that is at rest besides, unless it brings in what a remote has of this very branch. \`--no-verify\` goes past it.
top=$(git rev-parse --show-toplevel) || exit 1
# What an agent commits is checked by the daemon.
case "$top" in */.kanband/worktrees/*) exit 0 ;; esac
[ -d "$top/board" ] || [ -d "$top/kanban/board" ] || exit 0
if ! command -v kanband >/dev/null 2>&1; then
  echo "kanband is not on the PATH: the board was not checked" >&2
  exit 0
fi
merging=$(git rev-parse --git-path MERGE_HEAD)
is_of_this_branch() {
  branch=$(git symbolic-ref -q HEAD) && upstream=$(git for-each-ref --format='%(upstream)' "$branch") || return 1
  # As pre-merge-commit runs, git names them in the environment alone.
  heads=$(cat "$merging" 2>/dev/null || env | sed -n 's/^GITHEAD_\\([0-9a-f]*\\)=.*/\\1/p')
  [ -n "$heads" ] || return 1
  for head in $heads; do
    refs=$(git for-each-ref --contains "$head" "refs/remotes/*/\${branch#refs/heads/}" "\${upstream:-$branch}")
    [ -n "$refs" ] || return 1
  done
}
if { [ "\${0##*/}" = pre-merge-commit ] || [ -e "$merging" ]; } && ! is_of_this_branch; then
  exec kanband check --ci
fi
exec kanband check
`;
