import { describe, expect, it } from "vitest";
import {
  decimalsOfError,
  decimalsOfTable,
  duration,
  fixed,
  milliseconds,
  percent,
  short,
  signed,
  size,
} from "./formats";

describe("formats", () => {
  it.each([
    [0.009, 3],
    [0.012, 3],
    [0.02, 2],
    [0.0004, 4],
    [13.05, 0],
    [1.2, 1],
  ])("shows an error of %d with %d decimals", (error, decimals) => {
    expect(decimalsOfError(error, 1)).toBe(decimals);
  });

  it("takes decimals from the value where there is no error", () => {
    expect([decimalsOfError(null, 0.86), decimalsOfError(0, 507.7), decimalsOfError(NaN, null)]).toEqual([
      3, 1, 3,
    ]);
  });

  it.each([
    [[0.86, 0.5], 4],
    [[5.2], 4],
    [[507.7, 4005], 1],
    [[123456], 0],
    [[0.0123], 5],
    [[NaN], 4],
  ])("gives a column of %j %d decimals", (values, decimals) => {
    expect(decimalsOfTable(values)).toBe(decimals);
  });

  it("prints signs, groups and what is missing", () => {
    expect([signed(0.0144, 3), signed(-0.0144, 3), signed(-0.0001, 3), signed(NaN, 3)]).toEqual([
      "+0.014",
      "−0.014",
      "+0.000",
      "–",
    ]);
    expect([fixed(4005.15, 0), fixed(-2, 1), fixed(null, 2), fixed(-0, 1)]).toEqual([
      "4,005",
      "−2.0",
      "–",
      "0.0",
    ]);
  });

  it.each([
    [6.6, "7 s"],
    [119, "119 s"],
    [250, "4 min 10 s"],
    [300, "5 min"],
    [3900, "1 h 5 min"],
    [-1, "0 s"],
    [NaN, "–"],
  ])("says %d seconds as %s", (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });

  it("keeps units apart", () => {
    expect([612_400, 1_100_000, 18_400_000, 2_345_678_901, 640].map((bytes) => size(bytes))).toEqual([
      { amount: "612", unit: "kB" },
      { amount: "1.1", unit: "MB" },
      { amount: "18.4", unit: "MB" },
      { amount: "2.3", unit: "GB" },
      { amount: "0.6", unit: "kB" },
    ]);
    expect([milliseconds(0.434), milliseconds(312.4), milliseconds(0.0031)]).toEqual([
      "0.43",
      "312",
      "0.0031",
    ]);
    expect([percent(0), percent(0.003), percent(0.126)]).toEqual(["0 %", "< 1 %", "13 %"]);
    expect([short(0.05), short(31), short(1e-7), short(-0.5)]).toEqual(["0.05", "31", "1e−7", "−0.5"]);
  });
});
