import { render } from "preact";
import { act } from "preact/test-utils";
import { expect, it } from "vitest";
import { Kept } from "./kept";

it("draws again what has changed, and nothing else", () => {
  const root = document.createElement("div");
  const drawn: string[] = [];
  const show = (by: unknown[], words: string): void => {
    void act(() => {
      render(
        <Kept
          by={by}
          draw={() => {
            drawn.push(words);
            return words;
          }}
        />,
        root,
      );
    });
  };
  const part = {};
  show([1, NaN, part], "first");
  show([1, NaN, part], "same");
  expect(root.textContent).toBe("first");
  show([1, NaN, {}], "other");
  expect(root.textContent).toBe("other");
  expect(drawn).toEqual(["first", "other"]);
});
