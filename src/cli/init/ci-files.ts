/** A workflow for GitHub Actions that judges the board of what is to be merged. `boardBranch`: null when it is in the same tree. */
export function workflowText(version: string, boardBranch: string | null): string {
  const ref = boardBranch === null ? "" : `          ref: ${JSON.stringify(boardBranch)}\n`;
  return `# Made by \`kanband init --ci\`. Fails while a task is in doing/ or for_review/, a file of the board is broken,
# an id is in two lanes, or tasks wait for each other. Require the check "board" for the base branch.
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
# that is at rest besides. \`--no-verify\` goes past it.
top=$(git rev-parse --show-toplevel) || exit 1
# What an agent commits is checked by the daemon.
case "$top" in */.kanband/worktrees/*) exit 0 ;; esac
[ -d "$top/board" ] || [ -d "$top/kanban/board" ] || exit 0
if ! command -v kanband >/dev/null 2>&1; then
  echo "kanband is not on the PATH: the board was not checked" >&2
  exit 0
fi
if [ "\${0##*/}" = pre-merge-commit ] || [ -e "$(git rev-parse --git-path MERGE_HEAD)" ]; then
  exec kanband check --ci
fi
exec kanband check
`;
