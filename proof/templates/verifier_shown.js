// The page around verifier_checks.js: files are read by the browser alone, and shown as text, never as markup.
(() => {
  "use strict";

  const { Fault, browserFault, onPaper, read, readKeys, verify } = window.proof;
  const TEXTS = JSON.parse(document.getElementById("texts").textContent);
  const OWN_KEYS = JSON.parse(document.getElementById("keys").textContent);
  const COLUMNS = ["ward", "name", "address", "what", "since"];
  const FIELDS = ["list", "register", "standing", "head-one", "head-two"];
  const NOT_PROVED = ["original", "true", "keys", "later"];

  // The field of that id.
  const field = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id));

  // ---- what is shown

  const day = (text) => (/^\d{4}-\d\d-\d\d$/.test(text) ? text.split("-").reverse().join("/") : text);

  function filled(text, values, language) {
    return text.replace(/\{(\w+)\}/g, (whole, name) => {
      const value = values[name];
      if (value === undefined) return whole;
      return typeof value === "number" ? value.toLocaleString(language === "vi" ? "vi-VN" : "en-GB") : value;
    });
  }

  function element(name, text = "", attributes = {}) {
    const made = document.createElement(name);
    made.textContent = text;
    for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
    return made;
  }

  // A sentence in Vietnamese with the English below it.
  function said(name, key, values = {}, attributes = {}) {
    const [vi, en] = TEXTS[key];
    const made = element(name, "", attributes);
    made.append(element("span", filled(vi, values, "vi")), element("span", filled(en, values, "en"), { lang: "en", class: "en" }));
    return made;
  }

  function verdict({ checks, stands }) {
    const isPublished = checks.every((each) => each.name === "standing" || each.passed !== false);
    if (!isPublished) return ["failed", "proof.page.verdict.failed"];
    if (stands === "stands") return ["passed", "proof.page.verdict.stands"];
    return stands === "unknown" ? ["unknown", "proof.page.verdict.unknown"] : ["failed", "proof.page.verdict.gone"];
  }

  function checkLine(each) {
    const state = each.passed === null ? "unknown" : each.passed ? "passed" : "failed";
    const line = said("li", each.key, each.values, { class: state, "data-check": each.name, "data-said": each.key });
    line.prepend(said("strong", `proof.page.state.${state}`));
    return line;
  }

  function contents(entries) {
    const table = element("table");
    const head = element("tr");
    for (const column of COLUMNS) head.append(said("th", `proof.page.column.${column}`, {}, { scope: "col" }));
    const body = element("tbody");
    for (const entry of entries) {
      const row = element("tr");
      for (const column of COLUMNS) row.append(element("td", day(String(entry[column] ?? ""))));
      body.append(row);
    }
    const header = element("thead");
    header.append(head);
    table.append(header, body);
    const details = element("details");
    details.append(said("summary", "proof.page.contents", { count: entries.length }), table);
    return details;
  }

  function show(result) {
    const [state, key] = verdict(result);
    const shown = document.getElementById("result");
    const checks = element("ul", "", { class: "checks" });
    checks.append(...result.checks.map(checkLine));
    shown.replaceChildren(said("p", key, {}, { class: `verdict ${state}`, "data-stands": result.stands }));
    if (result.file) {
      const { manifest } = result.file;
      const values = { title: manifest.title, version: String(manifest.version), day: day(manifest.day), list: manifest.list };
      shown.append(said("p", "proof.about", values, { class: "about" }));
    }
    shown.append(checks);
    if (state === "failed" && key === "proof.page.verdict.failed") return;
    if (result.file?.entries.some((entry) => "ward" in entry)) shown.append(contents(result.file.entries));
    const proves = element("ul");
    proves.append(...NOT_PROVED.map((name) => said("li", `proof.not_proved.${name}`)));
    shown.append(said("h2", "proof.page.not_proved"), proves);
  }

  // The heads that papers bear, looked up in the log of the standing file.
  function showHeads(standing) {
    const shown = document.getElementById("heads");
    const printed = ["head-one", "head-two"].map((id) => field(id).value.trim().toUpperCase()).filter(Boolean);
    if (!printed.length || !standing) {
      shown.replaceChildren(...(printed.length ? [said("p", "proof.page.heads_need")] : []));
      return;
    }
    const inLog = standing.heads.map(onPaper);
    const sizes = printed.map((head) => inLog.indexOf(head.replace(/[\s-]/g, "")));
    const lines = printed.map((head, place) => {
      const key = sizes[place] < 0 ? "proof.head.not_found" : "proof.head.found";
      return said("p", key, { head, size: sizes[place] }, { class: sizes[place] < 0 ? "failed" : "passed", "data-said": key });
    });
    if (!sizes.includes(-1)) lines.push(said("p", "proof.head.one_log", { size: standing.leaves.length }, { class: "passed" }));
    shown.replaceChildren(...lines);
  }

  // ---- what the reader chooses

  async function chosen(id) {
    const file = field(id).files[0];
    return file ? new Uint8Array(await file.arrayBuffer()) : null;
  }

  function tell(key) {
    document.getElementById("result").replaceChildren(said("p", key, {}, { class: "verdict unknown", "data-said": key }));
  }

  let asked = 0;

  async function react() {
    const turn = ++asked;
    try {
      const [list, register, standing] = await Promise.all(["list", "register", "standing"].map(chosen));
      if (!list) {
        tell("proof.page.choose");
        return;
      }
      if (!register && !OWN_KEYS) {
        tell("proof.page.choose_keys");
        return;
      }
      const known = await readKeys(register ? read(register) : OWN_KEYS);
      const result = await verify(list, known, standing);
      if (turn !== asked) return; // another file was chosen meanwhile
      show(result);
      showHeads(result.standing);
    } catch (error) {
      if (turn === asked) tell(error instanceof Fault ? "proof.register.unusable" : "proof.page.unreadable");
    }
  }

  async function begin() {
    const fault = await browserFault();
    if (fault) {
      tell(fault);
      return;
    }
    for (const id of FIELDS) {
      field(id).disabled = false;
      field(id).addEventListener("input", react);
    }
    await react();
  }

  begin();
})();
