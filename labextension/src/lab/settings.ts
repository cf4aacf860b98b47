/** What a person has set in JupyterLab's settings: read from unknown JSON, and followed. */

import type { SettingRegistry } from "./host";
import { CATALOGUES, languageOf, speak } from "./lab_texts";
import type { Language } from "./lab_texts";
import { isBookOpen, withBook } from "./phrases";
import { AREAS } from "./runs_area";
import type { Area } from "./runs_area";

/** Plugin by whose id JupyterLab keeps the settings; the twin of `schema/plugin.json`. */
export const PLUGIN = "lepton-jupyter:plugin";

export interface Settings {
  /** Budget that a notebook begins with, such as "2m"; empty: as lepton is configured. */
  budget: string;
  runsPanel: Area;
  runsOnDisk: boolean;
  /** "auto": as JupyterLab. */
  language: Language | "auto";
}

export const DEFAULTS: Settings = { budget: "", runsPanel: "left", runsOnDisk: true, language: "auto" };

/** Those in force. */
export const SETTINGS: Settings = { ...DEFAULTS };

/** A time or a number of trials as `%lepton` reads it, and nothing that could end the text around it. */
const BUDGET = /^\d+(\.\d+)?(ms|s|m|min|h|trials)$/;

/** Settings in a JSON object; what makes no sense is as if it were not set. */
export function readSettings(found: Record<string, unknown>): Settings {
  const { budget, runsPanel, runsOnDisk, language } = found;
  return {
    budget: typeof budget === "string" && BUDGET.test(budget.trim()) ? budget.trim() : DEFAULTS.budget,
    runsPanel: AREAS.find((each) => each === runsPanel) ?? DEFAULTS.runsPanel,
    runsOnDisk: typeof runsOnDisk === "boolean" ? runsOnDisk : DEFAULTS.runsOnDisk,
    language: typeof language === "string" && language in CATALOGUES ? (language as Language) : "auto",
  };
}

/** Reads the settings and follows them; `apply` is called now and after each change, whether or not there are any. */
export async function followSettings(
  registry: SettingRegistry | null,
  locale: string,
  apply: (settings: Settings) => void,
): Promise<void> {
  const take = async (found: Record<string, unknown>): Promise<void> => {
    Object.assign(SETTINGS, readSettings(found));
    const language = SETTINGS.language === "auto" ? languageOf(locale) : SETTINGS.language;
    if (!isBookOpen(language)) await withBook(language, Promise.resolve());
    speak(language);
    apply(SETTINGS);
  };
  // Before anything is read: what is drawn meanwhile is in the page's language.
  speak(languageOf(locale));
  try {
    const settings = await registry?.load(PLUGIN);
    await take(settings?.composite ?? {});
    settings?.changed.connect(() => {
      void take(settings.composite);
    });
  } catch {
    // A server without our schema, such as one of an older version that was not started again.
    await take({});
  }
}
