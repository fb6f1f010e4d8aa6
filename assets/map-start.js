/* Starts the map's modules as early as a script of the page can, and lets Dash speak to them before they are there. */
(() => {
  "use strict";

  const here = document.currentScript.src;
  const module = import(new URL("map/map.mjs", here).href);
  // A module that cannot be loaded is said on the map's place, once it is there; here it must not go unhandled.
  module.catch(() => {});

  let last = Promise.resolve();

  /** One view after the other, so that a slow start never overtakes a later choice. */
  const show = (view, config) => {
    if (!config || !view) return; // not known yet
    last = last
      .then(() => module)
      .then((map) => map.show(view, config.address))
      .catch((error) => {
        console.error(error);
        const place = document.getElementById(config.place);
        if (place) place.dataset.failed = config.failed;
      });
  };

  window.hadong = window.hadong || {};
  window.hadong.map = { show, module };
})();
