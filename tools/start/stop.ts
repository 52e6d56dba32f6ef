/** Reasons to stop: a signal, the terminal, or that whoever started us has died. */

const PARENT_CHECK_MS = 500;

/**
 * Aborts at the first of them. Ctrl-C reaches a whole process group and npm passes it on besides, so a signal often comes two or
 * three times: later ones change nothing.
 */
export function onStop(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.on(name, () => controller.abort(name));
  watchParent(() => controller.abort('the parent process has ended'));
  // Writing to a terminal that has gone must not cut the stopping short.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  return controller.signal;
}

/** Waits for it; one that has aborted already is not waited for, since it says so only once: a Ctrl-C in between would be lost for good. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Without this, killing npm or the shell alone would leave the port taken by processes nobody knows of. */
function watchParent(died: () => void): void {
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || died(), PARENT_CHECK_MS).unref();
  // Another launcher's number is inherited from whoever started us, such as `npm test`: that one is not our parent.
  if (process.env.LOCKKEEPER_LAUNCHED !== String(process.ppid)) return;
  delete process.env.LOCKKEEPER_LAUNCHED;
  process.channel?.unref();
  if (process.connected) process.on('disconnect', died);
  else died();
}
