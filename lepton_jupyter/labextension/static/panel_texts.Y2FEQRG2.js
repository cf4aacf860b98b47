import{a,b,c}from"./chunk.WIPMJADK.js";import"./chunk.K2VCJ53J.js";import"./chunk.5IAUY2L3.js";export{a as PANEL_CATALOGUES,c as speakInPanels,b as wordsOf};
