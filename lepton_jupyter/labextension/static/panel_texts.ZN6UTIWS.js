import{a,b,c}from"./chunk.HRSZZZOD.js";import"./chunk.NCIICZZK.js";import"./chunk.FWLU65MZ.js";import"./chunk.TZUARU4D.js";export{a as PANEL_CATALOGUES,c as speakInPanels,b as wordsOf};
