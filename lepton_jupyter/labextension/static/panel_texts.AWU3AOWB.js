import{a,b,c}from"./chunk.Q7OSPEBB.js";import"./chunk.QRYQLSSW.js";import"./chunk.FWLU65MZ.js";import"./chunk.TZUARU4D.js";export{a as PANEL_CATALOGUES,c as speakInPanels,b as wordsOf};
