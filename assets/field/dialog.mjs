/* Sheets from below: one at a time, closed by a button, by Escape and by going back. */

import { el, t } from "./dom.mjs";

let open = null;

export const isSheetOpen = () => open !== null;
export const closeSheet = () => open?.close();

/** `button` does `work` once, however often it is touched; what could not be kept can be tried again. */
export function once(button, work) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await work();
    } catch (error) {
      button.disabled = false;
      throw error;
    }
  });
}

/** Show `body` with `actions` at the foot, where a thumb reaches; `left()` is called once when it is gone. */
export function sheet({ title, body, actions = [], left = () => {}, name = "" }) {
  open?.close();
  const closing = el("button.close", { onclick: () => dialog.close(), "aria-label": t("field.close") }, "×");
  const heading = el("h2", { id: "sheet-title" }, title);
  const dialog = el(
    `dialog.sheet${name && `.${name}`}`,
    { "aria-labelledby": "sheet-title" },
    el("div.sheet-head", {}, heading, closing),
    el("div.sheet-body", {}, body),
    el("div.sheet-actions", {}, actions),
  );
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    if (open === dialog) open = null;
    dialog.remove();
    left();
  });
  document.body.append(dialog);
  dialog.showModal();
  open = dialog;
  return dialog;
}
