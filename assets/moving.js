/* The buttons of the drawer that move a venue's point, and the server's answers, handed to the map's script. */
(() => {
  "use strict";

  const withMap = async (work) => {
    const module = await window.hadong.map.module;
    work(await module.moving());
  };

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const button = target?.closest("[data-move], [data-move-back]");
    if (!button) return;
    if (button.dataset.move) withMap((moving) => moving.start(JSON.parse(button.dataset.move)));
    else withMap((moving) => moving.goBack(JSON.parse(button.dataset.moveBack)));
  });

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.moving = {
    answered(answer) {
      if (answer) withMap((moving) => moving.answer(answer));
    },
  };
})();
