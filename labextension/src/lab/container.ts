/**
 * The extension as JupyterLab and Notebook 7 load it: a container of module federation, written by hand.
 *
 * A builder would install JupyterLab's packages to leave them out again. What is left of a container without them is
 * this: take the modules that the page shares, and give what is asked for by name. It is all that a page loads as a
 * script; what it gives is a module beside it, which loads the panels when one is shown.
 */

import type { ShareScope } from "./shared_modules";

/** Name of the built module beside this script; the build sets it. */
declare const EXTENSION_MODULE: string;

interface Container {
  init(scope: ShareScope): void;
  get(module: string): Promise<() => object>;
}

declare global {
  interface Window {
    _JUPYTERLAB?: Record<string, Container>;
  }
}

// Only while a script runs for the first time does the page tell where it came from.
const script = document.currentScript;
const address = script instanceof HTMLScriptElement ? script.src : "";
let shared: ShareScope = {};

(window._JUPYTERLAB ??= {})["lepton-jupyter"] = {
  init: (scope) => {
    shared = scope;
  },
  get: async (name) => {
    const { moduleOf } = (await import(
      new URL(EXTENSION_MODULE, address).href
    )) as typeof import("./extension");
    const content = await moduleOf(name, shared);
    if (content === undefined) throw new Error(`lepton-jupyter has no module ${name}.`);
    return () => ({ __esModule: true, default: content });
  },
};
