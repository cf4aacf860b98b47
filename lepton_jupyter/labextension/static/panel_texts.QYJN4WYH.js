import{a,b,c}from"./chunk.QVJFWBUZ.js";import"./chunk.K2VCJ53J.js";import"./chunk.HTD3PZMI.js";export{a as PANEL_CATALOGUES,c as speakInPanels,b as wordsOf};
