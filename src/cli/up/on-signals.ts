import { constants } from "node:os";

export type SignalWatch = { signal: AbortSignal; dispose(): void };

/**
 * Aborts at the first signal; at the second the process ends at once, with the exit code shells expect of that signal.
 * A closed terminal counts as a signal only where there is one: a daemon in the background outlives it.
 * `dispose` puts everything back.
 */
export function onSignals(options: { hasTerminal: boolean; exit(code: number): void; onFirst(): void }): SignalWatch {
  const controller = new AbortController();
  function onSignal(name: NodeJS.Signals): void {
    if (controller.signal.aborted) return options.exit(128 + constants.signals[name]);
    options.onFirst();
    controller.abort();
  }
  const watched: readonly NodeJS.Signals[] = [
    "SIGINT",
    "SIGTERM",
    ...(options.hasTerminal ? (["SIGHUP"] as const) : []),
  ];
  for (const name of watched) process.on(name, onSignal);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of watched) process.off(name, onSignal);
    },
  };
}
