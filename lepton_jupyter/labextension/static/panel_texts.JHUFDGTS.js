import{a,b,c}from"./chunk.VL4Q2PTY.js";import"./chunk.K2VCJ53J.js";import"./chunk.HO7RMWSN.js";export{a as PANEL_CATALOGUES,c as speakInPanels,b as wordsOf};
