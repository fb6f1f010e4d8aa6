/* The navigation of the bar, where it is folded into a button: opened and closed, by Escape and by a click elsewhere. */
(() => {
  "use strict";

  const button = () => document.querySelector("[data-menu]");

  const set = (isOpen) => {
    if (!button()) return;
    button().setAttribute("aria-expanded", String(isOpen));
    button().closest("nav").classList.toggle("open", isOpen);
  };

  document.addEventListener("click", ({ target }) => {
    const pressed = target instanceof Element && target.closest("[data-menu]");
    if (pressed) set(pressed.getAttribute("aria-expanded") !== "true");
    else set(false);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || button()?.getAttribute("aria-expanded") !== "true") return;
    event.preventDefault(); // it closes this and nothing else
    set(false);
    button().focus();
  });
})();
