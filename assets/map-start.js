/* Starts the map's modules as early as a script of the page can, and lets Dash speak to them before they are there. */
(() => {
  "use strict";

  const here = /** @type {HTMLScriptElement} */ (document.currentScript).src;
  const module = import(new URL("map/map.mjs", here).href);
  // A module that cannot be loaded is said on the map's place, once it is there; here it must not go unhandled.
  module.catch(() => {});

  const RETRY_MS = 4000;
  let last = Promise.resolve();
  let wanted = null;

  /** Say in the map's place why there is none; with no words, that there is one. */
  const tell = (config, words) => {
    const place = document.getElementById(config.place);
    if (!place) return;
    if (words) place.dataset.failed = words;
    else delete place.dataset.failed;
  };

  /** One view after the other, so that a slow start never overtakes a later choice. */
  const show = (view, config) => {
    if (!config || !view) return; // not known yet
    wanted = view;
    last = last
      .then(() => module)
      .then((map) => map.show(view, config.address))
      .then(() => tell(config, null))
      .catch((error) => {
        console.error(error);
        tell(config, error.isTemporary ? config.retrying : config.failed);
        if (error.isTemporary) setTimeout(() => wanted === view && show(view, config), RETRY_MS);
      });
  };

  window.hadong = window.hadong || {};
  window.hadong.map = { show, module };
})();
