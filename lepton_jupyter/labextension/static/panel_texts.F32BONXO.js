import{a,b,c}from"./chunk.TVC2VPZF.js";import"./chunk.QRYQLSSW.js";import"./chunk.AWQ6QWTR.js";import"./chunk.TZUARU4D.js";export{a as PANEL_CATALOGUES,c as speakInPanels,b as wordsOf};
