import{a,b,c}from"./chunk.VXUUWKY4.js";import"./chunk.APEV4GAC.js";import"./chunk.5IAUY2L3.js";export{a as PANEL_CATALOGUES,c as speakInPanels,b as wordsOf};
