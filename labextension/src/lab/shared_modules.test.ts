import { describe, expect, it } from "vitest";
import { sharedModule } from "./shared_modules";

const version = (name: string, more: object = {}) => ({ get: () => Promise.resolve(() => name), ...more });

describe("modules of the host", () => {
  it("are those in use, though a newer one is offered", async () => {
    const scope = { widgets: { "2.10.0": version("newest"), "2.9.1": version("in use", { loaded: 1 }) } };
    expect(await sharedModule(scope, "widgets")).toBe("in use");
  });

  it("are the newest where none is in use yet, and ten is newer than nine", async () => {
    const scope = { widgets: { "2.9.1": version("nine"), "2.10.0": version("ten") } };
    expect(await sharedModule(scope, "widgets")).toBe("ten");
  });

  it("are named when the host lacks them", async () => {
    await expect(sharedModule({}, "@lumino/widgets")).rejects.toThrow("@lumino/widgets");
  });
});
