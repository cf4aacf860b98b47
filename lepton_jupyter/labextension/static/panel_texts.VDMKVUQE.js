import{a,b,c}from"./chunk.B2ZARSGG.js";import"./chunk.5IAUY2L3.js";export{a as PANEL_CATALOGUES,c as speakInPanels,b as wordsOf};
