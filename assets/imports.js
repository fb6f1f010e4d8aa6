// The import screen: sends files in pieces (tus), goes on where a piece was lost, and writes progress into the cards.
// What has come in and what became of it the server says; this page only knows of the files that it sends itself.
(() => {
  const ENDPOINT = "/imports/uploads";
  const PIECE_BYTES = 8 * 1024 * 1024;
  const AT_ONCE = 2;
  const RETRY_MS = [0, 1000, 3000, 5000, 10_000, 20_000, 30_000];
  const DROP = "imports-drop", CHOOSE = "imports-choose", SENDING = "imports-sending", ARRIVED = "imports-arrived";

  const waiting = [];
  const underWay = new Set();
  const cardsHidden = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, cardsHidden];

  const texts = () => JSON.parse(document.getElementById(DROP).dataset.texts);
  const most = () => Number(document.getElementById(DROP).dataset.most);
  const tellServerSide = () => window.dash_clientside.set_props(ARRIVED, { data: Date.now() });

  // --- Choosing and dropping --------------------------------------------------------------------------------------

  const chooser = document.createElement("input");
  Object.assign(chooser, { type: "file", multiple: true, id: "imports-file", tabIndex: -1, hidden: true });
  document.body.append(chooser);
  chooser.addEventListener("change", () => {
    [...chooser.files].forEach(add);
    chooser.value = "";
  });
  document.addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest(`#${CHOOSE}`)) chooser.click();
  });

  const holdsFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  let depth = 0;
  const mark = () => document.body.classList.toggle("dragging", depth > 0);
  document.addEventListener("dragenter", (event) => { if (holdsFiles(event)) { depth += 1; mark(); } });
  document.addEventListener("dragleave", (event) => { if (holdsFiles(event)) { depth = Math.max(0, depth - 1); mark(); } });
  document.addEventListener("dragover", (event) => { if (holdsFiles(event)) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    depth = 0;
    mark();
    for (const item of event.dataTransfer.items) {
      const file = item.getAsFile();
      if (!file) continue;
      if (item.webkitGetAsEntry?.()?.isDirectory) new Row(file).fail(texts().folder);
      else add(file);
    }
  });

  // --- Sending ----------------------------------------------------------------------------------------------------

  function add(file) {
    const row = new Row(file);
    if (file.size > most()) return row.fail(texts().too_large);
    row.say(texts().waiting);
    waiting.push(row);
    next();
  }

  function next() {
    while (underWay.size < AT_ONCE && waiting.length) waiting.shift().start();
  }

  class Row {
    constructor(file) {
      this.file = file;
      this.line = document.createElement("li");
      this.line.dataset.name = file.name;
      this.name = Object.assign(document.createElement("b"), { textContent: file.name });
      this.bar = Object.assign(document.createElement("progress"), { max: Math.max(file.size, 1), value: 0 });
      this.bar.setAttribute("aria-label", file.name);
      this.text = Object.assign(document.createElement("span"), { className: "text" });
      this.button = Object.assign(document.createElement("button"), { type: "button", className: "button", hidden: true });
      this.button.addEventListener("click", () => this.toggle());
      this.line.append(this.name, this.bar, this.text, this.button);
      document.getElementById(SENDING).append(this.line);
    }

    async start() {
      underWay.add(this);
      this.offer("stop");
      this.upload = new window.tus.Upload(this.file, {
        endpoint: ENDPOINT,
        chunkSize: PIECE_BYTES,
        retryDelays: RETRY_MS,
        removeFingerprintOnSuccess: true,
        metadata: { filename: this.file.name },
        onUploadUrlAvailable: () => { hideCards(); tellServerSide(); },
        onProgress: (sent, all) => this.show(sent, all),
        onShouldRetry: (error) => this.mayRetry(error),
        onSuccess: () => this.arrived(),
        onError: (error) => this.interrupted(error),
      });
      const before = await this.upload.findPreviousUploads().catch(() => []);
      if (before.length) this.upload.resumeFromPreviousUpload(before[0]);
      this.upload.start();
    }

    mayRetry(error) {
      const status = error.originalResponse?.getStatus() ?? 0;
      this.say(texts().interrupted);
      return status === 0 || status === 409 || status === 423 || status === 429 || status >= 500 && status !== 507;
    }

    show(sent, all) {
      this.bar.value = sent;
      this.say(`${Math.floor(100 * sent / Math.max(all, 1))} %`);
    }

    arrived() {
      this.end();
      this.line.remove();
      tellServerSide();
    }

    interrupted(error) {
      this.end();
      this.fail(error.originalResponse?.getBody()?.trim() || texts().failed);
      this.offer("resume");
      tellServerSide();
    }

    toggle() {
      if (underWay.has(this)) {
        this.upload.abort();
        this.end();
        this.offer("resume");
        tellServerSide();
      } else {
        this.line.classList.remove("failed");
        waiting.push(this);
        next();
      }
    }

    end() {
      underWay.delete(this);
      hideCards();
      next();
    }

    say(text) { this.text.textContent = text; }

    fail(text) {
      this.line.classList.add("failed");
      this.line.setAttribute("role", "alert");
      this.say(text);
    }

    offer(what) {
      this.button.hidden = false;
      this.button.textContent = texts()[what];
      this.button.setAttribute("aria-label", `${texts()[what]}: ${this.file.name}`);
    }
  }

  // A file that this page is sending stands in the page's own list; its card from the server would say it twice.
  function hideCards() {
    const numbers = [...underWay].map(({ upload }) => /\/(\d+)$/.exec(upload?.url ?? "")?.[1]).filter(Boolean);
    cardsHidden.replaceSync(numbers.map((number) => `#file-${number} { display: none; }`).join("\n"));
  }

  window.addEventListener("beforeunload", (event) => {
    if (underWay.size) event.preventDefault();
  });

  // --- Progress of jobs -------------------------------------------------------------------------------------------

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.imports = {
    progress(jobs) {
      for (const [job, { value, max, text, elapsed }] of Object.entries(jobs ?? {})) {
        for (const place of document.querySelectorAll(`[data-job="${job}"]`)) {
          Object.assign(place.querySelector("progress"), { max, value });
          place.querySelector(".text").textContent = text;
          place.querySelector(".elapsed").textContent = elapsed;
        }
      }
    },
  };
})();
