/**
 * Modules of the page around the extension, by module federation: the host's own `@lumino/widgets`, not a second one.
 *
 * A host lists what it shares as `{name: {version: {get, loaded, eager}}}`. A class or token of ours must be the very
 * object that the host uses, so of several versions the one that is in use is taken, else the newest.
 */

export interface SharedVersion {
  get(): Promise<() => unknown>;
  loaded?: boolean | number;
  eager?: boolean;
}
export type ShareScope = Record<string, Record<string, SharedVersion> | undefined>;

/** Gives a module of the host; an error names one that it does not share. */
export async function sharedModule(scope: ShareScope, name: string): Promise<unknown> {
  const versions = Object.entries(scope[name] ?? {});
  const inUse = versions.filter(([, each]) => Boolean(each.loaded) || each.eager === true);
  const [found] = (inUse.length > 0 ? inUse : versions).sort(([one], [other]) => newerFirst(one, other));
  if (found === undefined) throw new Error(`This page shares no module ${name}.`);
  const factory = await found[1].get();
  return factory();
}

/** Gives what a module of the host exports, or nothing where the host has no such module. */
export async function optionalModule(scope: ShareScope, name: string): Promise<Record<string, object>> {
  return scope[name] === undefined ? {} : ((await sharedModule(scope, name)) as Record<string, object>);
}

function newerFirst(one: string, other: string): number {
  return other.localeCompare(one, "en", { numeric: true });
}
