import { expect, it } from "vitest";
import { inChinese, isBookOpen, withBook } from "./phrases";

it("opens the book where Chinese is spoken, before the part that speaks it is there", async () => {
  await expect(withBook("en", Promise.resolve("a board"))).resolves.toBe("a board");
  expect([isBookOpen("en"), isBookOpen("zh-CN")]).toEqual([true, false]);
  expect(inChinese("set aside")).toBe("set aside");

  await expect(withBook("zh-CN", Promise.resolve("a board"))).resolves.toBe("a board");
  expect(isBookOpen("zh-CN")).toBe(true);
  expect(inChinese("set aside")).toBe("搁置");
});

it("says why a part could not be loaded", async () => {
  await expect(withBook("zh-CN", Promise.reject(new Error("no such part")))).rejects.toThrow("no such part");
});
