/* Loads the page again when something changed. A hidden tab listens to nothing: a browser opens
   only six connections to one place. */
"use strict";
(() => {
  const script = document.currentScript;
  let seen = script.dataset.number || document.documentElement.dataset.number || null;
  let events = null;
  function listen() {
    if (events || document.hidden) return;
    events = new EventSource("/events");
    events.addEventListener("number", (event) => {
      if (seen === null) seen = event.data;
      if (event.data !== seen) location.reload();
    });
  }
  function rest() {
    if (events) events.close();
    events = null;
  }
  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : listen()));
  addEventListener("pagehide", rest);
  addEventListener("pageshow", listen);
  listen();
})();
