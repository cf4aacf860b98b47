import{a,b,c}from"./chunk.G4Q6Y5YN.js";import"./chunk.LASURSHV.js";import"./chunk.HTD3PZMI.js";export{a as PANEL_CATALOGUES,c as speakInPanels,b as wordsOf};
