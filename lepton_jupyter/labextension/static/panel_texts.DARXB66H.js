import{a,b,c}from"./chunk.26SN3GJJ.js";import"./chunk.QRYQLSSW.js";import"./chunk.3PTUOMZI.js";import"./chunk.TZUARU4D.js";export{a as PANEL_CATALOGUES,c as speakInPanels,b as wordsOf};
