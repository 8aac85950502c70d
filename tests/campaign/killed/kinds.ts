import type { Lane } from "../../../src/board/lane.ts";

/** What the agent of a task does, what a person does with it, and how it has to end. */
export type Kind = {
  name: string;
  /** Else a program of our own. */
  isReal: boolean;
  /** Keys of its task file. */
  keys: string;
  person: "accepts" | "interrupts" | null;
  ends: Lane;
  attempts: number;
};

const LEAVES = "(cd / && setsid nohup sleep 904 > /dev/null 2>&1 &) ; sleep 0.3";

export const KINDS: readonly Kind[] = [
  { name: "edits", isReal: true, keys: "", person: null, ends: "for_review", attempts: 1 },
  { name: "leaves", isReal: true, keys: "", person: null, ends: "for_review", attempts: 1 },
  { name: "slow", isReal: true, keys: "", person: null, ends: "for_review", attempts: 1 },
  { name: "hangs", isReal: true, keys: "", person: "interrupts", ends: "for_review", attempts: 2 },
  // Its checks leave something, too.
  { name: "accepted", isReal: true, keys: `verify: ["${LEAVES}"]\n`, person: "accepts", ends: "done", attempts: 1 },
  { name: "fails", isReal: false, keys: "agent: fails\n", person: null, ends: "blocked", attempts: 2 },
  { name: "rages", isReal: false, keys: "agent: rages\ntimeout: 4s\n", person: null, ends: "blocked", attempts: 2 },
];

/** Agents that are none of the real ones: each does the work of its name. */
export const OWN_AGENTS = ["fails", "rages", "leaves"] as const;

/** `sh work.sh <kind>` is what every agent does; it lies in the repository. What goes its own way gets the time to do so. */
export const WORK = `
ours=$KANBAND_TASK
echo "start $KANBAND_RUN" >> "starts-$ours.txt"
case $1 in
slow) sleep 6 ;;
leaves)
  (setsid sleep 900 > /dev/null 2>&1 &)
  (cd / && setsid nohup sleep 901 > /dev/null 2>&1 &)
  sleep 902 > /dev/null 2>&1 &
  sleep 0.3
  ;;
hangs)
  if [ ! -e "begun-$ours.txt" ]; then
    trap '' TERM
    (cd / && setsid sleep 903 > /dev/null 2>&1 &)
    echo begun > "begun-$ours.txt"
    sleep 905
  fi
  ;;
fails)
  (cd / && setsid sleep 906 > /dev/null 2>&1 &)
  sleep 0.3
  echo "I give up."
  exit 3
  ;;
rages)
  trap '' TERM
  while :; do
    echo "I go on."
    (cd / && setsid sleep 907 > /dev/null 2>&1 &)
    sleep 0.3
  done
  ;;
esac
echo "$1 by $ours" > "out-$ours.txt"
echo "It is done."
`;
