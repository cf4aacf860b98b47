/** Keys that belong to a panel while it has the focus. */

/** Keys by which one leaves a panel, for JupyterLab's command mode or the next control. */
const WAYS_OUT: ReadonlySet<string> = new Set(["Escape", "Tab"]);
const MARK = "data-lm-suppress-shortcuts";

/**
 * Keeps plain keys from the notebook around a panel: in command mode `x` would cut the cell that shows it.
 *
 * JupyterLab leaves out what is marked `data-lm-suppress-shortcuts`, but its notebook's keys are bound to whatever has
 * the focus (`.jp-Notebook.jp-mod-commandMode :focus:not(:read-write)`), which is found before the mark of an element
 * around it. JupyterLab listens in the bubbling phase, so what stops here does not arrive; Notebook 7 listens before,
 * and `markFocused` is for that.
 */
export function keepKeys(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || WAYS_OUT.has(event.key)) return;
  event.stopPropagation();
}

/** Marks the very control that gets the focus. */
export function markFocused(event: FocusEvent): void {
  if (event.target instanceof HTMLElement) event.target.setAttribute(MARK, "true");
}
