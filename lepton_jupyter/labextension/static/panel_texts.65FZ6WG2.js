import{a,b,c}from"./chunk.CQOIVEDG.js";import"./chunk.QRYQLSSW.js";import"./chunk.ECASWLUV.js";import"./chunk.TZUARU4D.js";export{a as PANEL_CATALOGUES,c as speakInPanels,b as wordsOf};
