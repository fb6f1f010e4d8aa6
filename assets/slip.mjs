/* The photograph of a slip's form, shrunk on the phone as one at the door is, and the QR on it read. Without this script
   the photograph is sent as it is. */

import { shrunk } from "./field/photo.mjs";
import { contentOfFile } from "./qr-reading.mjs";

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
    if (form.elements.qr) tell(form, await contentOfFile(blob));
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
