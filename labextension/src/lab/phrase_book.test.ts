import { describe, expect, it } from "vitest";
import { PhraseBook } from "./phrase_book";

const { told } = new PhraseBook(
  [
    ["waits for {}", "wartet auf {1}"],
    ["{#} row(s)", "{1} Zeilen"],
    ["{} rejected at {#}: {*}", "{1} bei {2} abgelehnt: {3}"],
    ["too late", "zu spät"],
    ["{} before {}", "{2} nach {1}"],
    ["what [is] (it)? a+b", "was"],
  ],
  [
    [". ", "! "],
    ["; ", " / "],
    [", ", " und "],
  ],
  "!",
);

describe("a phrase book", () => {
  it("keeps what stands for anything, and translates what is a phrase itself", () => {
    expect(told("waits for too late")).toBe("wartet auf too late");
    expect(told("LightGBM rejected at −1,204.5: too late")).toBe("LightGBM bei −1,204.5 abgelehnt: zu spät");
    expect(told("a before b")).toBe("b nach a");
  });

  it("takes plurals and singulars, and numbers alone for numbers", () => {
    expect([told("1 row"), told("7,043 rows"), told("many rows")]).toEqual([
      "1 Zeilen",
      "7,043 Zeilen",
      "many rows",
    ]);
  });

  it("translates clauses of which it knows some, and enumerations of which it knows all", () => {
    expect(told("too late; the disk is full")).toBe("zu spät / the disk is full");
    expect(told("3 rows, too late")).toBe("3 Zeilen und zu spät");
    expect(told("3 rows, the disk is full")).toBe("3 rows, the disk is full");
    expect(told("Too late. 3 rows.")).toBe("zu spät! 3 Zeilen!");
  });

  it("leaves what it does not know, and takes no phrase for a pattern", () => {
    expect(told("the disk is full.")).toBe("the disk is full.");
    expect(told("")).toBe("");
    expect(told("what [is] (it)? a+b")).toBe("was");
    expect(told("what i it? aab")).toBe("what i it? aab");
    expect(told("x".repeat(5000))).toBe("x".repeat(5000));
  });
});
