/* A photograph from the camera, shrunk on the phone: drawn anew, so that it holds a picture and nothing else (no place, no
   device), and small enough for a poor line. */

const LONGEST_SIDE = 1280;
const QUALITIES = [0.8, 0.65, 0.5];
const MOST_BYTES = 900e3;

/** A JPEG of what is in `file`; throws where the browser cannot read it. */
export async function shrunk(file) {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  let blob = null;
  for (const quality of QUALITIES) {
    blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
    if (blob && blob.size <= MOST_BYTES) break;
  }
  if (!blob) throw new Error("no picture");
  return blob;
}
