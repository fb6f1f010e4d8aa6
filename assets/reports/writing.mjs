/* A report is kept as it is typed. What somebody else has written meanwhile is shown beside one's own, and nothing is
   written over; without an answer of the server what was typed stays here, and is sent again. */

const form = /** @type {HTMLFormElement} */ (document.querySelector(".rep-writing"));
const serial = /** @type {HTMLInputElement} */ (form.elements.namedItem("serial"));
const told = form.querySelector(".rep-told");
const others = document.getElementById("others");
const fields = /** @type {HTMLTextAreaElement[]} */ ([...form.querySelectorAll("textarea")]);
const address = `/reports/${form.dataset.report}`;
const WAIT_MS = 900;
const AGAIN_MS = 5000;
const BEAT_MS = 10000;

const kept = new Map(fields.map((field) => [field.name, field.dataset.kept]));
let timer = 0;
let isSending = false;

for (const field of fields) field.addEventListener("input", () => soon(WAIT_MS));
form.addEventListener("submit", leave);
for (const box of unsettled()) {
  const field = fields.find(({ name }) => name === box.dataset.of);
  ask(field, field.dataset.kept, box.querySelector(".by").textContent);
}
addEventListener("beforeunload", hold);
addEventListener("online", () => soon(0));
setInterval(beat, BEAT_MS);
beat();

const changed = () => fields.filter((field) => field.value !== kept.get(field.name));

/** The parts of which it is not decided yet whose words stand. */
function unsettled() {
  return /** @type {HTMLElement[]} */ ([...form.querySelectorAll(".rep-theirs:not([hidden])")]);
}

/** Nothing is kept or sent by the buttons over what somebody else wrote, nor while what was typed is on its way. */
function leave(event) {
  const [undecided] = unsettled();
  if (!undecided && !isSending) {
    clearTimeout(timer);
    removeEventListener("beforeunload", hold);
    return;
  }
  event.preventDefault();
  if (undecided) {
    say(form.dataset.choose, true);
    undecided.querySelector("button").focus();
  } else {
    setTimeout(() => form.requestSubmit(event.submitter), 100);
  }
}

function hold(event) {
  if (changed().length) event.preventDefault();
}

function soon(ms) {
  clearTimeout(timer);
  timer = setTimeout(save, ms);
}

function say(words, isWrong = false) {
  told.textContent = words;
  told.classList.toggle("wrong", isWrong);
}

async function save() {
  const waiting = changed();
  if (isSending || !waiting.length || unsettled().length) return;
  isSending = true;
  say(form.dataset.saving);
  const sent = new Map(waiting.map((field) => [field.name, field.value]));
  const body = new URLSearchParams([["serial", serial.value], ...sent]);
  try {
    const answer = await fetch(`${address}/save${location.search}`, { method: "POST", headers: { Accept: "application/json" }, body });
    const said = await answer.json().catch(() => ({ error: "broken" }));
    if (answer.ok && !said.error) {
      for (const [name, value] of sent) kept.set(name, value);
      serial.value = said.serial;
      say(`${form.dataset.saved} ${new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" })}`);
    } else if (said.error === "changed") {
      merge(said);
    } else {
      refuse(answer.status, said);
    }
  } catch (error) {
    console.info(error);
    say(form.dataset.away, true);
    soon(AGAIN_MS);
  } finally {
    isSending = false;
  }
  if (!told.classList.contains("wrong") && changed().length) soon(WAIT_MS);
}

/** Says why the server has not kept what was typed; what may pass by itself is tried again. */
function refuse(status, { sentence }) {
  say(sentence || (status === 401 ? form.dataset.ended : form.dataset.broken), true);
  if (!sentence) soon(AGAIN_MS);
}

/** Takes in what somebody else wrote: of parts that only they changed at once, of the others whoever reads decides. */
function merge({ serial: newest, texts, by }) {
  serial.value = newest;
  for (const field of fields) {
    const theirs = texts[field.name] ?? "";
    if (theirs === kept.get(field.name)) continue;
    const isMine = field.value !== kept.get(field.name) && field.value !== theirs;
    kept.set(field.name, theirs);
    if (isMine) ask(field, theirs, by);
    else field.value = theirs;
  }
  say("");
  soon(0);
}

function ask(field, theirs, by) {
  const box = form.querySelector(`.rep-theirs[data-of="${field.name}"]`);
  box.querySelector(".by").textContent = by;
  box.querySelector("blockquote").textContent = theirs || "–";
  const choose = (value) => () => {
    field.value = value();
    box.hidden = true;
    soon(0);
  };
  box.querySelector(".keep-both").onclick = choose(() => [theirs, field.value].filter(Boolean).join("\n"));
  box.querySelector(".take-theirs").onclick = choose(() => theirs);
  box.querySelector(".keep-mine").onclick = choose(() => field.value);
  box.hidden = false;
}

/** Says that one is here, and hears who else is; what they have kept is taken in when nothing of one's own waits. */
async function beat() {
  const answer = await fetch(`${address}/present`, { method: "POST", headers: { Accept: "application/json" } }).catch(() => null);
  const said = answer?.ok ? await answer.json().catch(() => null) : null;
  if (!said) return;
  others.hidden = !said.others.length;
  others.textContent = said.others.length ? `${form.dataset.others} ${said.others.join(", ")}` : "";
  if (said.state !== "draft") say(form.dataset.gone, true);
  else if (said.serial !== Number(serial.value) && !isSending) take();
}

async function take() {
  const answer = await fetch(`${address}/texts`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (answer?.ok && !isSending) merge(await answer.json());
}
