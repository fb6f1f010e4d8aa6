/* The web font of the labels. MapLibre draws each letter into its atlas once, when it first needs it; it waits for the
   family, but not for the part of it that holds the Vietnamese letters (the font is cut into ranges). */

const LETTERS = "Aa ăâđêôơư ĂÂĐÊÔƠƯ ảãạắằẳẵặấầẩẫậếềểễệốồổỗộớờởỡợứừửữự ý";

export async function loadFonts() {
  const faces = ["400 16px 'Be Vietnam Pro'", "600 16px 'Be Vietnam Pro'"];
  // Without the font the labels are drawn in the system's; that is no reason to draw no map.
  await Promise.allSettled(faces.map((face) => document.fonts.load(face, LETTERS)));
}
