/* The QR at the door, read by the camera: finds its venue, or is noted for the venue that is open. Nothing leaves the
   phone but what the code says. */

import { sheet } from "./dialog.mjs";
import { el, FILES, t } from "./dom.mjs";

const LOOKS_EACH_MS = 200;
const LONGEST_SIDE = 720;
const LONGEST_CONTENT = 600;

export async function openScan(screen, venue) {
  const video = el("video", { muted: true, playsInline: true, autoplay: true });
  const view = el("div.camera-view", {}, video);
  const told = el("p", { role: "status" }, t("field.scan.title"));
  const actions = el("div.choices");
  let stream = null;
  let isOpen = true;
  const stop = () => {
    isOpen = false;
    for (const track of stream?.getTracks() || []) track.stop();
  };
  const dialog = sheet({ title: t("field.scan.title"), name: "scan", body: [view, told], actions: [actions], left: stop });
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
    if (!isOpen) return stop();
    video.srcObject = stream;
    await video.play();
    const read = await reader();
    const content = await firstCode(video, read, () => isOpen);
    if (content) await found(screen, venue, content.slice(0, LONGEST_CONTENT), { dialog, told, actions });
  } catch (error) {
    console.info(error);
    view.hidden = true; // nothing but black
    told.textContent = t("field.scan.no_camera");
  }
}

async function firstCode(video, read, isWanted) {
  while (isWanted()) {
    const content = video.readyState >= 2 ? await read(video).catch(() => null) : null;
    if (content) return content;
    await new Promise((resolve) => setTimeout(resolve, LOOKS_EACH_MS));
  }
  return null;
}

/** What reads a frame: the browser's own detector, else jsQR. */
async function reader() {
  if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats().catch(() => [])).includes("qr_code")) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue || null;
  }
  await jsQr();
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    const scale = Math.min(1, LONGEST_SIDE / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    return window.jsQR(data, width, height, { inversionAttempts: "dontInvert" })?.data || null;
  };
}

function jsQr() {
  if (window.jsQR) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const script = el("script", { src: `${FILES}vendor/jsqr/jsqr.js`, onload: resolve, onerror: reject });
    document.head.append(script);
  });
}

/** A code was read: say whose it is; tie it to the venue that is open, or open the venue that it belongs to. */
export async function found(screen, venue, content, { dialog, told, actions }) {
  navigator.vibrate?.(60);
  const owner = await screen.venues.ofCode(content);
  const note = async (of) => {
    await screen.record({ kind: "qr_seen", venue: of.code, venueName: of.name, payload: { content } });
    dialog.close();
  };
  if (venue) {
    told.textContent = owner === venue ? t("field.scan.mine") : owner ? t("field.scan.other", { name: owner.name }) : t("field.scan.unknown");
    actions.replaceChildren(el("button.primary", { onclick: () => note(venue) }, `${t("field.scan.tie")}: ${venue.name}`));
  } else if (owner) {
    await note(owner);
    screen.open(owner);
  } else told.textContent = t("field.scan.unknown");
}
