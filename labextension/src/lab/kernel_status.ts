/** What JupyterLab calls a kernel whose memory is gone. */
const GONE: ReadonlySet<string> = new Set(["restarting", "autorestarting", "dead", "terminating"]);

export function isGone(status: string): boolean {
  return GONE.has(status);
}
