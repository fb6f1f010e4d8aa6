/* Personal codes are read here, in the browser, and sent once, to be printed; then the page forgets them. Nothing is put into
   any storage of the browser. */

import { contentOf, contentOfFile } from "../qr-reading.mjs";

const LOOK_MS = 300;
const form = /** @type {HTMLFormElement} */ (document.getElementById("codes-form"));
const list = /** @type {HTMLElement} */ (document.getElementById("codes-list"));
const lines = /** @type {HTMLTextAreaElement} */ (document.getElementById("codes-lines"));
const refused = /** @type {HTMLElement} */ (document.getElementById("codes-refused"));
const done = /** @type {HTMLElement} */ (document.getElementById("codes-done"));
const add = /** @type {HTMLElement} */ (document.getElementById("codes-add"));
const picture = /** @type {HTMLInputElement} */ (document.getElementById("codes-picture"));
const box = /** @type {HTMLElement} */ (document.querySelector(".code-camera"));
const video = /** @type {HTMLVideoElement} */ (box.querySelector("video"));

/** @type {{content: string, label: HTMLInputElement, copies: HTMLInputElement}[]} */
let codes = [];
/** @type {MediaStream | null} */
let stream = null;

for (const hidden of [add, document.querySelector(".code-ways")]) hidden?.removeAttribute("hidden");
add.addEventListener("click", addLines);
picture.addEventListener("change", addPictures);
document.getElementById("codes-camera")?.addEventListener("click", look);
document.getElementById("codes-stop")?.addEventListener("click", stop);
form.addEventListener("submit", print);
addEventListener("pagehide", forget);

function say(words) {
  refused.textContent = words;
  refused.hidden = !words;
  done.hidden = true;
}

function addLines() {
  for (const line of lines.value.split("\n")) if (line.trim()) put(line);
  lines.value = "";
}

async function addPictures() {
  say("");
  for (const file of picture.files || []) {
    const content = await contentOfFile(file).catch(() => null);
    if (content) put(content);
    else say(form.dataset.unread);
  }
  picture.value = "";
}

async function look() {
  say("");
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  } catch (error) {
    console.info(error);
    say(form.dataset.noCamera);
    return;
  }
  box.hidden = false;
  video.srcObject = stream;
  await video.play();
  watch(stream);
}

/** Reads what the camera sees until it is stopped. */
async function watch(own) {
  for (;;) {
    if (stream !== own) return;
    const content = video.readyState >= 2 ? await contentOf(video).catch(() => null) : null;
    if (content && !codes.some((code) => code.content === content)) {
      navigator.vibrate?.(60);
      put(content);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function stop() {
  for (const track of stream?.getTracks() || []) track.stop();
  stream = null;
  video.srcObject = null;
  box.hidden = true;
}

function put(content) {
  const item = document.createElement("li");
  const shown = document.createElement("code");
  shown.textContent = `${content.length} ${form.dataset.letters}: ${content}`;
  const label = field(item, form.dataset.label, "text", "");
  label.maxLength = 24;
  const copies = field(item, form.dataset.copies, "number", "1");
  copies.min = "1";
  const remove = document.createElement("button");
  Object.assign(remove, { type: "button", className: "button", textContent: form.dataset.remove });
  const code = { content, label, copies };
  remove.onclick = () => {
    codes = codes.filter((other) => other !== code);
    item.remove();
  };
  item.prepend(shown);
  item.append(remove);
  list.append(item);
  codes.push(code);
}

function field(item, name, type, value) {
  const label = document.createElement("label");
  const input = document.createElement("input");
  Object.assign(input, { type, value, autocomplete: "off" });
  label.append(name, input);
  item.append(label);
  return input;
}

async function print(event) {
  event.preventDefault();
  stop();
  addLines();
  const listed = codes.map(({ content, label, copies }) => ({ content, label: label.value, copies: Math.max(1, Math.round(Number(copies.value)) || 1) }));
  const body = new URLSearchParams({ list: JSON.stringify(listed) });
  if (event.submitter) event.submitter.disabled = true; // one click, one file
  const answer = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body, cache: "no-store" }).catch(() => null);
  if (event.submitter) event.submitter.disabled = false;
  if (!answer?.ok) {
    say((await answer?.json().catch(() => null))?.sentence || form.dataset.failed);
    return;
  }
  const address = URL.createObjectURL(await answer.blob());
  Object.assign(document.createElement("a"), { href: address, download: "ma-ca-nhan.pdf" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
  forget();
  say("");
  done.hidden = false;
}

function forget() {
  stop();
  codes = [];
  list.replaceChildren();
  lines.value = "";
}
