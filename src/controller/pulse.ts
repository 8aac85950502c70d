/**
 * Beats while agents run: their output goes to their session files and an exit is noticed, also that of a run which an
 * earlier daemon started. Without runs it stands still, so an idle board costs nothing.
 */
export type Pulse = { set(isRunning: boolean): void; stop(): Promise<void> };

export function createPulse(intervalMs: number, beat: () => Promise<void>): Pulse {
  let timer: NodeJS.Timeout | null = null;
  let current: Promise<void> | null = null;

  function onTime(): void {
    // A slow beat is not overtaken by the next.
    current ??= beat().finally(() => {
      current = null;
    });
  }
  return {
    set(isRunning) {
      if (isRunning && timer === null) timer = setInterval(onTime, intervalMs);
      if (!isRunning && timer !== null) {
        clearInterval(timer);
        timer = null;
      }
    },
    async stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      await current;
    },
  };
}
