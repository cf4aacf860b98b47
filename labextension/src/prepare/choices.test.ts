import { describe, expect, it } from "vitest";
import { chosenOf, kindIsOff, stepIsOff, withChoice, withKind, withStep } from "./choices";
import type { PlanChoices } from "./plan_message";

const none: PlanChoices = { without: [], options: {}, drop_leaks: false };
const age = { column: "age", options: ["scale"] };
const town = { column: "a:town", options: ["encode", "text"] };

describe("steps", () => {
  it("are switched for one column, and back to what was before", () => {
    const off = withStep(none, "a:b", "outliers", false);
    expect(off.without).toEqual(["a:b:outliers"]);
    expect(stepIsOff(off, "a:b", "outliers")).toBe(true);
    expect(stepIsOff(off, "b", "outliers")).toBe(false);
    expect(withStep(off, "a:b", "outliers", true)).toEqual(none);
  });

  it("are switched for all columns", () => {
    const off = withKind(none, "typos", false);
    expect(off.without).toEqual(["typos"]);
    expect(stepIsOff(off, "any", "typos")).toBe(true);
    expect(withKind(off, "typos", true)).toEqual(none);
  });

  it("that leave out leaks are asked for by an option of their own", () => {
    expect(kindIsOff(none, "leaks")).toBe(true);
    const on = withKind({ ...none, without: ["leaks"] }, "leaks", true);
    expect(on).toEqual({ ...none, drop_leaks: true });
    expect(withKind(on, "leaks", false)).toEqual(none);
  });
});

describe("a choice", () => {
  it("for one column holds before that for all", () => {
    const choices = { ...none, options: { scale: ["standard", "age:none"] } };
    expect(chosenOf(choices, age)).toEqual({ option: "scale", choice: "none" });
    expect(chosenOf(choices, { ...age, column: "fee" })).toEqual({ option: "scale", choice: "standard" });
  });

  it("is said only where it differs from that for all", () => {
    const all = { ...none, options: { scale: ["standard"] } };
    const robust = withChoice(all, age, "scale", "robust");
    expect(robust.options).toEqual({ scale: ["standard", "age:robust"] });
    expect(withChoice(robust, age, "scale", "standard")).toEqual(all);
    expect(withChoice(robust, age, "scale", "none").options).toEqual({ scale: ["standard", "age:none"] });
    expect(withChoice(withChoice(none, age, "scale", "power"), age, "scale", "none")).toEqual(none);
  });

  it("of another option replaces what was said of the column", () => {
    const encoded = withChoice(none, town, "encode", "count");
    expect(encoded.options).toEqual({ encode: ["a:town:count"] });
    const hashed = withChoice(encoded, town, "text", "hashed");
    expect(hashed.options).toEqual({ text: ["a:town:hashed"] });
    expect(chosenOf(hashed, town)).toEqual({ option: "text", choice: "hashed" });
  });
});
