/** Keys that belong to a panel while it has the focus. */

/** Keys by which one leaves a panel, for JupyterLab's command mode or the next control. */
const WAYS_OUT: ReadonlySet<string> = new Set(["Escape", "Tab"]);

/**
 * Keeps plain keys from the notebook around a panel: in command mode `x` would cut the cell that shows it.
 *
 * JupyterLab leaves out elements marked `data-lm-suppress-shortcuts`, but its notebook's keys are bound to whatever has
 * the focus (`.jp-Notebook.jp-mod-commandMode :focus:not(:read-write)`), which is found before the mark of an element
 * around it. It listens in the bubbling phase since 4.1, so what stops here does not arrive. Keys with Ctrl, Alt or
 * Meta go on: saving the notebook must work from anywhere.
 */
export function keepKeys(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || WAYS_OUT.has(event.key)) return;
  event.stopPropagation();
}
