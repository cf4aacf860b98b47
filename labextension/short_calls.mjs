// What the bundles call often, each under a name that a minifier can shorten; see build.mjs.
export { Fragment, h } from "preact";

const { isFinite } = Number;
const { abs, ceil, floor, log, log10, max, min, round } = Math;

export {
  isFinite as "Number.isFinite",
  abs as "Math.abs",
  ceil as "Math.ceil",
  floor as "Math.floor",
  log as "Math.log",
  log10 as "Math.log10",
  max as "Math.max",
  min as "Math.min",
  round as "Math.round",
};
