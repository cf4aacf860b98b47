// What the bundles call often, each under a name that a minifier can shorten; see build.mjs.
export { Fragment, h } from "preact";

const { isFinite } = Number;
const { abs, floor, max, min, round } = Math;

export {
  isFinite as "Number.isFinite",
  abs as "Math.abs",
  floor as "Math.floor",
  max as "Math.max",
  min as "Math.min",
  round as "Math.round",
};
