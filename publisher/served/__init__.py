"""EDGE. output/ held in memory for the server: `scan` sees what lies there, `load` reads it,
`folder` keeps a snapshot that is exchanged as a whole."""
