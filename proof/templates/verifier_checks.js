// Verifies a published list in the browser, without a network: the same as proof/verify.py, whose names it uses.
(() => {
  "use strict";

  const LIST_FORMAT = "hadong-qr-list/1";
  const KEYS_FORMAT = "hadong-qr-keys/1";
  const STANDING_FORMAT = "hadong-qr-standing/1";
  const MANIFEST_TEXTS = ["list", "kind", "kind_of_leaf", "day", "sealed_at", "title", "key"];
  const MANIFEST = [...MANIFEST_TEXTS, "format", "version", "entries", "predecessor", "log"].sort();
  const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
  const TO_HANOI = 7 * 3600 * 1000; // Asia/Ho_Chi_Minh, without summer time
  const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const PAPER_BITS = 160;

  // A fault of a file that is told to the reader by the key of its text.
  class Fault extends Error {
    constructor(key, values = {}) {
      super(key);
      this.key = key;
      this.values = values;
    }
  }

  // ---- canonical JSON (RFC 8785 without fractions)

  function canonical(value) {
    if (value === null || typeof value === "boolean") return JSON.stringify(value);
    if (typeof value === "number") {
      if (!Number.isSafeInteger(value)) throw new Fault("proof.canonical.number", { value: String(value) });
      return JSON.stringify(value);
    }
    if (typeof value === "string") {
      if (/\p{Surrogate}/u.test(value)) throw new Fault("proof.canonical.text");
      return JSON.stringify(value);
    }
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    const names = Object.keys(value).sort(); // by UTF-16 units
    return `{${names.map((name) => `${canonical(name)}:${canonical(value[name])}`).join(",")}}`;
  }

  function read(bytes) {
    let text, value;
    try {
      text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
      value = JSON.parse(text);
    } catch {
      throw new Fault("proof.canonical.no_json");
    }
    if (canonical(value) !== text.replace(/[\r\n]+$/, "")) throw new Fault("proof.canonical.rewritten");
    return value;
  }

  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
  const areObjects = (value) => Array.isArray(value) && value.every(isObject);
  const isMoment = (value) => typeof value === "string" && MOMENT.test(value) && !Number.isNaN(Date.parse(value));

  // ---- hashes, signatures, the log (RFC 6962)

  const encoded = (text) => new TextEncoder().encode(text);
  const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const textHash = async (text) => hex(await sha256(encoded(text)));

  function fromHex(text) {
    if (!/^([0-9a-f]{2})*$/.test(text)) throw new Fault("proof.standing.unusable");
    return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  }

  function fromBase64(text) {
    try {
      return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    } catch {
      return new Uint8Array();
    }
  }

  const joined = (...parts) => new Uint8Array(parts.flatMap((part) => [...part]));
  const leafHash = (text) => sha256(joined([0], encoded(text)));
  const node = (left, right) => sha256(joined([1], left, right));

  // The heads over the first 0, 1, 2, … of the leaves.
  async function heads(leaves) {
    const found = [await sha256(new Uint8Array())];
    const subtrees = [];
    for (const leaf of leaves) {
      let size = 1;
      let top = leaf;
      while (subtrees.length && subtrees.at(-1).size === size) {
        top = await node(subtrees.pop().top, top);
        size *= 2;
      }
      subtrees.push({ size, top });
      let head = top;
      for (let place = subtrees.length - 2; place >= 0; place--) head = await node(subtrees[place].top, head);
      found.push(head);
    }
    return found;
  }

  // The head as paper has it, without blanks.
  function onPaper(head) {
    const bits = [...head].map((byte) => byte.toString(2).padStart(8, "0")).join("").slice(0, PAPER_BITS);
    return bits.match(/.{5}/g).map((five) => BASE32[parseInt(five, 2)]).join("");
  }

  async function hasSigned(key, signature, text) {
    if (typeof signature !== "string") return false;
    const known = await crypto.subtle.importKey("raw", key.public, { name: "Ed25519" }, false, ["verify"]);
    return crypto.subtle.verify({ name: "Ed25519" }, known, fromBase64(signature), encoded(text));
  }

  // Whether this browser can: the key and signature of RFC 8032, section 7.1, TEST 2.
  async function browserFault() {
    if (!globalThis.crypto?.subtle) return "proof.page.no_crypto";
    const raw = fromHex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    const signature = fromHex(
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    );
    try {
      const key = await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
      return (await crypto.subtle.verify({ name: "Ed25519" }, key, signature, fromHex("72"))) ? "" : "proof.page.no_ed25519";
    } catch {
      return "proof.page.no_ed25519";
    }
  }

  // ---- the office's keys

  async function readKeys(register) {
    const lines = isObject(register) && register.format === KEYS_FORMAT ? register.keys : null;
    if (!areObjects(lines)) throw new Fault("proof.register.unusable");
    return Promise.all(lines.map(readKey));
  }

  async function readKey(line) {
    const bytes = fromBase64(String(line.public));
    const id = hex(await sha256(bytes)).slice(0, 16);
    const ends = [line.to, line.revoked_from];
    if (line.algorithm !== "Ed25519" || line.id !== id || bytes.length !== 32 || !isMoment(line.from) ||
        !ends.every((end) => end === null || isMoment(end))) {
      throw new Fault("proof.register.unusable");
    }
    return { id, public: bytes, from: line.from, to: line.to, revokedFrom: line.revoked_from };
  }

  // Moments are texts of one form, which stand in the order of time.
  const isInForce = (key, at) =>
    key.from <= at && (key.to === null || at < key.to) && (key.revokedFrom === null || at < key.revokedFrom);

  // A moment for a reader: hour and day in Hanoi.
  function moment(text) {
    const told = new Date(Date.parse(text) + TO_HANOI).toISOString();
    return `${told.slice(11, 16)} ${told.slice(8, 10)}/${told.slice(5, 7)}/${told.slice(0, 4)}`;
  }

  // ---- the checks

  const check = (name, passed, key, values = {}) => ({ name, passed, key, values });

  function readPublished(bytes) {
    const file = read(bytes);
    const manifest = file?.manifest;
    const isOne =
      isObject(file) && Object.keys(file).sort().join() === "entries,manifest,signature" && isObject(manifest) &&
      Object.keys(manifest).sort().join() === MANIFEST.join() && manifest.format === LIST_FORMAT &&
      typeof file.signature === "string" && MANIFEST_TEXTS.every((name) => typeof manifest[name] === "string") &&
      Number.isSafeInteger(manifest.version) && areObjects(file.entries) && areObjects(manifest.entries) &&
      isObject(manifest.log);
    if (!isOne) throw new Fault("proof.form.other");
    return file;
  }

  function checkKey(key, named, sealedAt) {
    if (!key) return check("key", false, "proof.key.not_ours", { id: named });
    if (!isMoment(sealedAt)) return check("key", false, "proof.form.other");
    if (key.revokedFrom !== null && sealedAt >= key.revokedFrom) {
      return check("key", false, "proof.key.revoked", { id: key.id, moment: moment(key.revokedFrom) });
    }
    const passed = isInForce(key, sealedAt);
    return check("key", passed, passed ? "proof.key.passed" : "proof.key.not_in_force", { id: key.id, moment: moment(sealedAt) });
  }

  async function checkSignature(key, signature, text) {
    if (!key) return check("signature", false, "proof.signature.no_key");
    const passed = await hasSigned(key, signature, text);
    return check("signature", passed, passed ? "proof.signature.passed" : "proof.signature.failed");
  }

  async function checkEntries(sealed, entries) {
    const hashes = await Promise.all(entries.map((entry) => textHash(canonical(entry))));
    const wanted = new Set(sealed.map((each) => each.sha256));
    const kept = sealed.map((each) => canonical(each));
    let at = 0;
    for (const [number, hash] of hashes.entries()) {
      const place = kept.indexOf(canonical({ slug: entries[number].slug ?? null, sha256: hash }), at);
      if (place < 0) {
        const key = wanted.has(hash) ? "proof.entries.order" : "proof.entries.changed";
        return check("entries", false, key, { place: number + 1 });
      }
      at = place + 1;
    }
    const left = sealed.length - entries.length;
    const said = left > 0 ? "proof.entries.left" : "proof.entries.passed";
    return check("entries", true, said, { count: entries.length, left });
  }

  async function checkLog(manifest, text, standing) {
    const { size, root } = manifest.log;
    const { leaves } = standing;
    const isThere = Number.isSafeInteger(size) && size >= 0 && size < leaves.length;
    if (!isThere || hex(leaves[size]) !== hex(await leafHash(text))) return check("log", false, "proof.log.missing");
    if (hex(standing.heads[size]) !== root) return check("log", false, "proof.log.changed");
    return check("log", true, "proof.log.passed", { place: size + 1, size: leaves.length });
  }

  async function readStanding(bytes, known) {
    let file, key;
    try {
      file = read(bytes);
      key = known.find((each) => each.id === file.standing.key);
    } catch {
      throw new Fault("proof.standing.unusable");
    }
    const told = file.standing;
    const isOne =
      key && told.format === STANDING_FORMAT && isMoment(told.as_of) && isMoment(told.valid_until) &&
      areObjects(told.lists) && told.lists.every((each) => Number.isSafeInteger(each.version)) && Array.isArray(told.log);
    if (!isOne) throw new Fault("proof.standing.unusable");
    if (!isInForce(key, told.as_of) || !(await hasSigned(key, file.signature, canonical(told)))) {
      throw new Fault("proof.standing.unsigned");
    }
    const leaves = told.log.map(fromHex);
    return {
      asOf: told.as_of,
      validUntil: told.valid_until,
      lists: new Map(told.lists.map((each) => [each.list, each])),
      leaves,
      heads: await heads(leaves),
    };
  }

  async function howItStands(manifest, text, standing) {
    if (!standing) return ["unknown", "proof.stands.unknown", {}];
    const latest = standing.lists.get(manifest.list) ?? { version: 0, state: "other", sha256: "" };
    const values = { as_of: moment(standing.asOf), version: String(latest.version), until: moment(standing.validUntil) };
    const isLast = manifest.version === latest.version && (await textHash(text)) === latest.sha256;
    let stands = isLast ? "stands" : "other";
    if (latest.state === "withdrawn" || manifest.kind_of_leaf === "withdrawal") stands = "withdrawn";
    else if (latest.state === "expired") stands = "expired";
    else if (manifest.version > 0 && manifest.version < latest.version) stands = "replaced";
    if (stands === "stands" && new Date().toISOString() >= standing.validUntil) {
      return ["unknown", "proof.stands.outdated", values];
    }
    return [stands, `proof.stands.${stands}`, values];
  }

  // All checks of a file; the same as verify() of proof/verify.py.
  async function verify(bytes, known, standingBytes) {
    let file;
    try {
      file = readPublished(bytes);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return { checks: [check("form", false, error.key, error.values)], stands: "unknown" };
    }
    const { manifest } = file;
    const text = canonical(manifest);
    const key = known.find((each) => each.id === manifest.key);
    const checks = [
      check("form", true, "proof.form.passed"),
      checkKey(key, manifest.key, manifest.sealed_at),
      await checkSignature(key, file.signature, text),
      await checkEntries(manifest.entries, file.entries),
    ];
    let standing = null;
    if (standingBytes) {
      try {
        standing = await readStanding(standingBytes, known);
        checks.push(await checkLog(manifest, text, standing));
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        checks.push(check("standing", null, error.key));
      }
    }
    const [stands, told, values] = await howItStands(manifest, text, standing);
    checks.push(check("standing", stands === "unknown" ? null : stands === "stands", told, values));
    return { checks, stands, file, standing };
  }

  window.proof = { Fault, browserFault, moment, onPaper, read, readKeys, verify };
})();
