/* A signature drawn by finger or mouse; kept as a small PNG with its strokes and nothing else. */

import { el, t } from "./dom.mjs";

const LINE = 3; // pixels of the screen
const HIGH = 180;
const LONGEST_SIDE = 900;

/** The pad; `changed()` hears of each stroke and of its clearing. */
export function signaturePad(changed) {
  const canvas = el("canvas.pad", { role: "img", "aria-label": t("field.sign.pad") });
  const context = canvas.getContext("2d");
  const pad = { isEmpty: true };
  let last = null;
  const at = (event) => ({ x: event.offsetX, y: event.offsetY });
  /** The canvas has as many points as the screen; a change of its size would clear it, so it is set once. */
  const fit = () => {
    if (canvas.dataset.fitted || !canvas.clientWidth) return;
    const scale = Math.min(devicePixelRatio, LONGEST_SIDE / canvas.clientWidth);
    canvas.width = canvas.clientWidth * scale;
    canvas.height = HIGH * scale;
    context.scale(scale, scale);
    Object.assign(context, { lineWidth: LINE, lineCap: "round", lineJoin: "round", strokeStyle: "#000" });
    canvas.dataset.fitted = "true";
  };
  const stroke = (to) => {
    context.beginPath();
    context.moveTo(last.x, last.y);
    context.lineTo(to.x, to.y);
    context.stroke();
    last = to;
  };
  canvas.addEventListener("pointerdown", (event) => {
    fit();
    canvas.setPointerCapture(event.pointerId);
    last = at(event);
    stroke({ x: last.x + 0.1, y: last.y });
    pad.isEmpty = false;
    changed();
  });
  canvas.addEventListener("pointermove", (event) => last && stroke(at(event)));
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => (last = null));
  const clear = () => {
    context.clearRect(0, 0, canvas.width, canvas.height);
    pad.isEmpty = true;
    changed();
  };
  pad.element = el("div.signing", {}, canvas, el("button", { onclick: clear }, t("field.sign.clear")));
  pad.blob = () => new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"));
  return pad;
}
