/* Buttons of actions, and the rows of the table that are ticked for them. The dialog is loaded with the first press. */
(() => {
  "use strict";

  const here = /** @type {HTMLScriptElement} */ (document.currentScript).src;
  const ticked = new Set(); // codes of venues, whatever rows the table holds by now
  let isOpen = false; // a second press of a double click opens nothing

  const bar = () => document.getElementById("ticked");

  /** Say in the bar how many are ticked; without any there is no bar. */
  const tell = () => {
    if (!bar()) return;
    bar().hidden = !ticked.size;
    const count = bar().querySelector("[data-count]");
    count.textContent = count.dataset.count.replace("{count}", String(ticked.size));
    const printed = /** @type {HTMLAnchorElement} */ (bar().querySelector("a")); // posters of these
    const to = new URL(printed.href);
    to.searchParams.set("codes", [...ticked].join(" "));
    printed.href = to.href;
  };

  const tick = (code, isOn) => {
    if (isOn) ticked.add(code);
    else ticked.delete(code);
    tell();
  };

  const untick = () => {
    ticked.clear();
    document.querySelectorAll("#table input.tick").forEach((box) => (/** @type {HTMLInputElement} */ (box).checked = false));
    tell();
  };

  /** Below the buttons, that the server did not answer; with no words, nothing any more. */
  const say = (button, words) => {
    button.parentElement.querySelector(".action-failed")?.remove();
    if (!words) return;
    const said = Object.assign(document.createElement("p"), { className: "action-failed", textContent: words });
    said.setAttribute("role", "alert");
    button.parentElement.append(said);
  };

  const open = async (button) => {
    if (isOpen) return;
    isOpen = true;
    try {
      await act(button);
    } finally {
      isOpen = false;
    }
  };

  const act = async (button) => {
    const { openDialog } = await import(new URL("actions/dialog.mjs", here).href);
    const wanted = {
      venues: "ticked" in button.dataset ? [...ticked] : button.dataset.venues && JSON.parse(button.dataset.venues),
      filters: "filtered" in button.dataset ? window.location.search : null,
    };
    const isDone = await openDialog(button.dataset.action, wanted);
    say(button, isDone === null && button.dataset.failed);
    if (!isDone) return;
    untick();
    // The map asks whether the data have changed, as it does by the clock; other pages show what is so by now.
    if (document.getElementById("page")) window.dash_clientside.set_props("pulse", { n_intervals: Date.now() });
    else window.location.reload();
  };

  document.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element)) return;
    const button = target.closest("[data-action][data-venues], [data-action][data-filtered], [data-action][data-ticked]");
    if (button) open(button);
    if (target.closest("[data-untick]")) untick();
  });

  // In the grid the blank ticks the row, where it would open the venue elsewhere (the grid itself is told to let it be).
  document.addEventListener("keydown", (event) => {
    const cell = event.key === " " && event.target instanceof Element && event.target.closest("[col-id='tick']");
    const box = cell && !(event.target instanceof HTMLInputElement) && cell.querySelector("input");
    if (!box) return;
    event.preventDefault();
    box.click();
  });

  const components = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  components.Tick = ({ data, label }) => {
    if (!data?.code) return null;
    const keep = (box) => {
      if (!box || box.dataset.code === data.code) return;
      box.dataset.code = data.code;
      box.checked = ticked.has(data.code);
      box.onchange = () => tick(box.dataset.code, box.checked);
      box.onclick = (event) => event.stopPropagation(); // the row would open the venue
    };
    return window.React.createElement("input", {
      type: "checkbox",
      className: "tick",
      "aria-label": `${label} ${data.name}`,
      ref: keep,
    });
  };
})();
