import{a,b,c}from"./chunk.CXUVH3YS.js";import"./chunk.R4PPZ5GL.js";import"./chunk.OXKNWU2Q.js";import"./chunk.J4GWARVA.js";export{a as PANEL_CATALOGUES,c as speakInPanels,b as wordsOf};
