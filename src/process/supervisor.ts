/**
 * The program that stands between the daemon and an agent: a POSIX shell script, because a node process would cost 60 ms
 * a start and 40 MB. It leads its own session and process group, so the daemon may die and come back.
 *
 * Arguments: the run's folder, wall seconds (0: no limit), output bytes, grace seconds, then the agent's command.
 *
 * - `started` is made with noclobber, which is atomic: whoever makes it first, this script or `voidRun`, decides whether the
 *   run happens. It holds the identity that the daemon recognises later.
 * - TERM, INT and HUP are caught and not ignored: what is ignored would stay ignored in the agent.
 * - Each step runs in the foreground, so it has its usual signals, and `$?` is its own status whoever holds its output.
 *   The file `step` names its process for the watchdog.
 * - The watchdog keeps the caps while no daemon is there, and ends the group when the run's folder or the supervisor is gone.
 * - The exit record is the name of an empty file: it is there or not, never half, even on a full disk.
 * - At the end the whole group is killed, with the watchdog, its sleep and the script itself.
 */
export const SUPERVISOR = `
run=$1 wall=$2 bytes=$3 grace=$4
shift 4
trap : TERM INT HUP
kanband_self() {
  if [ -r /proc/self/stat ]; then read -r self rest < /proc/self/stat
  else self=$(exec /bin/sh -c 'echo $PPID'); fi
}
kanband_identity() {
  if [ -r "/proc/$$/stat" ]; then
    read -r stat < "/proc/$$/stat"
    set -- \${stat##*) }
    group=$3 start=\${20}
  else
    set -- $(ps -o pgid= -p $$)
    group=$1 start=$(LC_ALL=C ps -o lstart= -p $$)
  fi
}
kanband_identity
[ "$group" = "$$" ] || exit 70
set -C
printf '%s %s\\n' "$$" "$start" > "$run/started" || exit 0
set +C
kanband_watch() {
  trap : TERM INT HUP
  ticks=0 over=
  while [ -z "$over" ]; do
    sleep 1
    case $? in 126 | 127) exit ;; esac
    if [ ! -e "$run/started" ] || ! kill -0 $$; then kill -KILL 0; fi
    ticks=$((ticks + 1))
    if [ "$wall" -gt 0 ] && [ "$ticks" -ge "$wall" ]; then over=wall
    elif [ -n "$(find "$run/stdout" "$run/stderr" -size "+\${bytes}c")" ]; then over=output; fi
  done
  printf '%s\\n' "$over" > "$run/cause"
  kill -TERM 0
  sleep "$grace"
  read -r step < "$run/step" && kill -KILL "$step"
  sleep 5
  kill -KILL 0
}
kanband_step() (
  kanband_self
  printf '%s\\n' "$self" > "$run/step"
  exec "$@"
)
kanband_end() {
  why=$1
  if [ -s "$run/cause" ]; then read -r why < "$run/cause"; fi
  : > "$run/exit.$code.$why"
  kill -KILL 0
}
kanband_watch &
if [ -s "$run/setup" ]; then
  kanband_step /bin/sh "$run/setup" < /dev/null > "$run/setup.out" 2>&1
  code=$?
  [ "$code" -eq 0 ] || kanband_end setup
fi
kanband_is_program() {
  case $1 in
    */*) [ -f "$1" ] && [ -x "$1" ] ;;
    *) command -v "$1" > /dev/null ;;
  esac
}
if ! kanband_is_program "$1"; then
  printf '%s: not found, or not a program\\n' "$1" >> "$run/stderr"
  code=127
  kanband_end spawn
fi
kanband_step "$@" < "$run/stdin" >> "$run/stdout" 2>> "$run/stderr"
code=$?
kanband_end exit
`;
