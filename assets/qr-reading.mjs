/* The QR on a picture, read in the browser: by its own detector where it has one, else by jsQR. */

const LONGEST_SIDE = 1600;

/** What the QR on the picture file says; null: none was found. */
export const contentOfFile = async (blob) => contentOf(await createImageBitmap(blob));

/** The same of a bitmap, or of a video that plays. */
export async function contentOf(source) {
  if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats().catch(() => [])).includes("qr_code")) {
    const found = await new BarcodeDetector({ formats: ["qr_code"] }).detect(source);
    return found[0]?.rawValue || null;
  }
  await jsQr();
  const canvas = document.createElement("canvas");
  const [width, height] = [source.videoWidth || source.width, source.videoHeight || source.height];
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
  return whole(window.jsQR(pixels.data, pixels.width, pixels.height));
}

/* jsQR passes over bytes that are no UTF-8: with the rest alone it would be another code. */
function whole(found) {
  return found?.chunks.every((chunk) => chunk.type === "eci" || chunk.text) ? found.data : null;
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
