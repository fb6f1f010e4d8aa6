/* The photograph of a slip's form, shrunk on the phone as one at the door is, and the QR on it read. Without this script
   the photograph is sent as it is. */

import { shrunk } from "./field/photo.mjs";

for (const input of document.querySelectorAll("input[type=file]")) {
  input.addEventListener("change", () => taken(input));
  taken(input); // one may have been chosen before this script was there
}

async function taken(input) {
  const file = input.files[0];
  const form = input.form;
  tell(form, "");
  if (!file) return;
  try {
    const blob = await shrunk(file);
    const holder = new DataTransfer();
    holder.items.add(new File([blob], "anh.jpg", { type: "image/jpeg" }));
    input.files = holder.files;
    if (form.elements.qr) tell(form, await contentOf(blob));
  } catch (error) {
    console.info(error); // the server says whether it can be read
  }
}

function tell(form, content) {
  if (!form.elements.qr) return;
  const told = form.querySelector(".read");
  form.elements.qr.value = content || "";
  told.classList.toggle("is-unread", content === null);
  told.textContent = content ? told.dataset.read : content === null ? told.dataset.unread : "";
}

/** What the QR on the picture says; null: none was found. */
async function contentOf(blob) {
  const bitmap = await createImageBitmap(blob);
  if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats().catch(() => [])).includes("qr_code")) {
    const found = await new BarcodeDetector({ formats: ["qr_code"] }).detect(bitmap);
    return found[0]?.rawValue || null;
  }
  await jsQr();
  const canvas = document.createElement("canvas");
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  const context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
  return window.jsQR(data, width, height)?.data || null;
}

function jsQr() {
  if (window.jsQR) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "/assets/vendor/jsqr/jsqr.js";
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
}
