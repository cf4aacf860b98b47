var t=null,x=n=>t?.(n)??n;function o(n){return n==="en"||t!==null}async function B(n,e){return o(n)||({told:t}=(await import("./phrases_zh.22I7WWJK.js")).CHINESE_BOOK),e}export{x as a,o as b,B as c};
