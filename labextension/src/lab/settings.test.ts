import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { LAB_TEXTS, speak } from "./lab_texts";
import { DEFAULTS, PLUGIN, SETTINGS, followSettings, readSettings } from "./settings";
import type { Settings } from "./settings";

const FILE = join(import.meta.dirname, "../../schema", `${PLUGIN.split(":")[1] ?? ""}.json`);
const schema = JSON.parse(readFileSync(FILE, "utf8")) as {
  properties: Record<string, { default: unknown; enum?: unknown[]; pattern?: string }>;
};

afterEach(() => {
  Object.assign(SETTINGS, DEFAULTS);
  speak("en");
});

describe("settings", () => {
  it("are those of the schema, with its defaults and choices", () => {
    const defaults = Object.fromEntries(
      Object.entries(schema.properties).map(([name, each]) => [name, each.default]),
    );
    expect(defaults).toEqual(DEFAULTS);
    for (const [name, { enum: choices = [] }] of Object.entries(schema.properties))
      for (const choice of choices)
        expect(readSettings({ [name]: choice })).toMatchObject({ [name]: choice });
  });

  it.each(["2m", "90s", "40trials", "1.5h", ""])("take %j as a budget, as the schema does", (budget) => {
    expect(readSettings({ budget }).budget).toBe(budget);
    expect(budget).toMatch(new RegExp(schema.properties["budget"]?.pattern ?? "^$"));
  });

  it.each([7, '2m"; import os', "2m\n!rm", "soon", null])("do not take %j as a budget", (budget) => {
    expect(readSettings({ budget }).budget).toBe("");
  });

  it("that make no sense are as if they were not set", () => {
    expect(readSettings({ runsPanel: "top", runsOnDisk: "yes", language: "tlh" })).toEqual(DEFAULTS);
  });

  it("are followed, and the language is JupyterLab's until another is chosen", async () => {
    const slots: ((sender: unknown, value: unknown) => void)[] = [];
    const loaded = {
      composite: { runsPanel: "right" } as Record<string, unknown>,
      changed: { connect: (slot: (typeof slots)[number]) => slots.push(slot), disconnect: () => undefined },
    };
    const applied: Settings[] = [];
    const registry = { load: () => Promise.resolve(loaded) };
    await followSettings(registry, "zh_CN", (settings) => applied.push({ ...settings }));
    expect(applied.map(({ runsPanel }) => runsPanel)).toEqual(["right"]);
    expect(LAB_TEXTS.stop).toBe("停止");
    loaded.composite = { language: "en", runsPanel: "none" };
    slots[0]?.(null, null);
    expect(applied.at(-1)?.runsPanel).toBe("none");
    expect(LAB_TEXTS.stop).toBe("Stop");
  });

  it("are the defaults where the page keeps none, or lacks our schema", async () => {
    for (const registry of [null, { load: () => Promise.reject(new Error("no schema")) }]) {
      const applied: Settings[] = [];
      await followSettings(registry, "en", (settings) => applied.push({ ...settings }));
      expect(applied).toEqual([DEFAULTS]);
    }
  });
});
