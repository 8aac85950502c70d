import type { Lane } from "../../../src/board/lane.ts";

/** What the agent of a task does, and how the task has to end. */
export type Kind = {
  name: string;
  ends: Extract<Lane, "done" | "blocked">;
  /** The true reason, where it ends in blocked/. */
  blockedAs: RegExp | null;
  /** Lines of `work/<task>.txt` besides the first that the base has in the end. */
  adds: readonly string[];
};

function ends(name: string, adds: readonly string[] = []): Kind {
  return { name, ends: "done", blockedAs: null, adds };
}

export const HONEST = ends("honest");
/** Changes a line of a shared file that others change, too; where it finds marks of a conflict it keeps both sides. */
export const CONFLICTS = ends("conflicts");
/** Its first work fails the checks of the board. */
export const RED = ends("red");

/** Say what is not so, and mend it once they are refuted. */
export const MENDING_LIARS: readonly Kind[] = [
  ends("ghost-file", ["mended"]),
  ends("idle", ["mended"]),
  ends("ghost-commit", ["mended"]),
];

/** Say it again and again. Nothing may depend on them. */
export const STUBBORN_LIARS: readonly Kind[] = [
  { name: "stubborn-ghost", ends: "blocked", blockedAs: /^checks failed after \d reworks?: .*ghost\.txt/, adds: [] },
  { name: "stubborn-idle", ends: "blocked", blockedAs: /^checks failed after \d reworks?: .*no commit/, adds: [] },
];

/**
 * `sh work.sh <kind> <group> <task it depends on>…` is what every agent does; it lies in the repository. What it depends on
 * has to be there when it starts. Each start is noted outside of what git knows.
 */
export const WORK = `
kind=$1 shared=shared/$2.txt id=$KANBAND_TASK
shift 2
echo "start $id $KANBAND_RUN" >> ../../journal
for it in "$@"; do
  [ -s "work/$it.txt" ] || { echo "the work of $it is not here"; exit 3; }
done
claim() { printf '~~~claims\\n- { %s }\\n~~~\\n' "$1"; }
mkdir -p work
mine=work/$id.txt
is_refuted() { [ -e .session/checks.md ]; }
mend() { echo "ok by $id" > "$mine"; echo mended >> "$mine"; }
case $kind in
honest) echo "ok by $id" > "$mine" ;;
conflicts)
  echo "ok by $id" > "$mine"
  if grep -q '^<<<<<<< ' "$shared"; then
    sed '/^<<<<<<< /d; /^||||||| /d; /^=======$/d; /^>>>>>>> /d' "$shared" | awk '!seen[$0]++' > mended.txt
    mv mended.txt "$shared"
  elif grep -qx nobody "$shared"; then
    sed "s/^nobody$/$id/" "$shared" > mended.txt
    mv mended.txt "$shared"
  elif ! grep -qx "$id" "$shared"; then
    echo "$id" >> "$shared"
  fi
  ;;
red) if [ -e "$mine" ]; then echo "ok by $id" > "$mine"; else echo "bad by $id" > "$mine"; fi ;;
ghost-file) if is_refuted; then mend; else echo "ok by $id" > "$mine"; claim "file: work/ghost.txt"; fi ;;
ghost-commit) if is_refuted; then mend; else echo "ok by $id" > "$mine"; claim "commit: ${"1".repeat(40)}"; fi ;;
idle) if is_refuted; then mend; fi ;;
stubborn-ghost) echo "ok by $id" >> "$mine"; claim "file: work/ghost.txt" ;;
stubborn-idle) ;;
esac
echo "All of it is done."
`;

/** What the board demands of every tree that is merged. */
export const CHECK = `
for it in work/*.txt; do
  [ -e "$it" ] || continue
  grep -q '^ok by ' "$it" || { echo "$it is not ok"; exit 1; }
done
if grep -lE '^(<<<<<<<|=======|>>>>>>>)' shared/*.txt; then exit 1; fi
`;
