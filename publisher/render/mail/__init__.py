"""PURE. The parts of drawing a mail: text made fit, entries as rows, MJML compiled and checked."""
