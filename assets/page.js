/* The page in the browser: the address bar is the one state. Every choice becomes a change of the address, and every
   change of the address is handed to Dash (dcc.Location listens), drawn on the map and mirrored in the controls. */
(() => {
  "use strict";

  window.hadong = window.hadong || {};

  // In the order in which data/filters.py writes them; then what is not a filter.
  const FILTER_KEYS = ["day", "status", "ward", "category", "q", "area", "located"];
  const KEYS = [...FILTER_KEYS, "venue", "place", "drawer", "measure", "lang"];
  const SCOPE_KEYS = [...FILTER_KEYS, "lang"];
  const LISTS = ["status", "ward", "category"];
  const MEASURES = ["compliant", "violating", "density"];
  const DAY_MS = 86400000;
  const PAUSE_MS = 250;

  const read = (search) => {
    const given = new URLSearchParams(search || "");
    return Object.fromEntries(KEYS.filter((key) => given.get(key)).map((key) => [key, given.get(key)]));
  };

  const write = (state, keys = KEYS) => {
    const parts = keys
      .filter((key) => state[key])
      .map((key) => `${key}=${encodeURIComponent(state[key]).replaceAll("%2C", ",").replaceAll("%3B", ";")}`);
    return parts.length ? `?${parts.join("&")}` : "";
  };

  const list = (text) => (text ? text.split(",").filter(Boolean) : []);
  const joined = (values) => (values && values.length ? [...values].sort().join(",") : null);
  /** What of a list in the address there is to choose; a value that does not exist is told by the server. */
  const offeredOf = (text, options) => list(text).filter((code) => (options || []).some(({ value }) => value === code));
  const withTable = (work) => {
    if (document.getElementById("table") && window.dash_ag_grid) window.dash_ag_grid.getApiAsync("table").then(work);
  };
  let marked = null; // the venue whose row was chosen here and by no person
  /** The row of the venue in the address, and no other, if it has come. */
  const markOpenVenue = (api) => {
    const row = api.getRowNode(read(window.location.search).venue || "");
    if (!row) api.deselectAll();
    else if (!row.isSelected()) {
      marked = row.id;
      row.setSelected(true, true);
    }
  };
  const noUpdate = () => window.dash_clientside.no_update;

  /** Whether the newest entry of the history was made by typing: more letters replace it, so that "back" skips them. */
  let isTyped = false;

  /** Change the address by a patch; null takes a key out. */
  const go = (patch, { isTyping = false } = {}) => {
    // A venue that was not picked from the list of a place leaves that list.
    const left = patch.venue && !("place" in patch) ? { place: null } : {};
    const search = write({ ...read(window.location.search), ...left, ...patch });
    if (search === window.location.search) return;
    const address = `${window.location.pathname}${search}`;
    if ("q" in patch && !isTyping) showTyped(patch.q || "");
    if (isTyping && isTyped) window.history.replaceState(null, "", address);
    else window.history.pushState(null, "", address);
    isTyped = isTyping;
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  };

  let lastScope = null;
  let lastVenue;
  let lastConfig = null; // of the map

  /** The box is written to only when the text was changed elsewhere (a chip, the back button), never while typing. Dash
      does not know what is being typed; React is told by the event that it listens to, or it writes the old text again. */
  let pause = 0;
  const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
  const showTyped = (q) => {
    clearTimeout(pause);
    const input = /** @type {HTMLInputElement} */ (document.getElementById("search"));
    if (!input || input.value === q) return;
    setValue.call(input, q);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const dayAfter = (day, days) => new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);

  const isKnown = (day, moment) =>
    /^\d{4}-\d{2}-\d{2}$/.test(day || "") && day <= moment.day && (!moment.first_day || day >= moment.first_day);

  /** The day shown: that of the address when it can be, else the current one. */
  const dayOf = (state, moment) => (isKnown(state.day, moment) ? state.day : moment.day);

  const showDay = (day, moment) => {
    if (!isKnown(day, moment) || day === dayOf(read(window.location.search), moment)) return;
    go({ day: day === moment.day ? null : day });
  };

  /** Paper has another shape than the screen, and a map that is drawn anew for it comes too late: what is on the screen
      is copied, in the moment in which it is drawn, and printed in its place. */
  const copyOfMap = (map) => {
    map.redraw();
    const drawn = map.getCanvas();
    const copy = Object.assign(document.createElement("canvas"), { width: drawn.width, height: drawn.height });
    copy.className = "printed-map";
    copy.getContext("2d").drawImage(drawn, 0, 0);
    return copy;
  };
  let printable = null;
  const rememberMap = async () => {
    const module = await window.hadong.map.module;
    printable = await module.current();
    if (!printable) setTimeout(rememberMap, 1000); // it starts with its first view
  };
  // A map that could not be loaded says so in its own place; then there is nothing to print.
  const begin = () => window.hadong.map && rememberMap().catch(() => (printable = null));
  if (document.readyState === "complete") begin();
  else window.addEventListener("load", begin);
  window.addEventListener("beforeprint", () => {
    if (printable) document.querySelector(".map-section").append(copyOfMap(printable));
  });
  window.addEventListener("afterprint", () => document.querySelectorAll(".printed-map").forEach((copy) => copy.remove()));

  /** What the map is to show: filters of the address, which it applies by itself, and what only the server knows. */
  const viewOf = (search, facts, venue) => {
    const state = read(search);
    const isAnswered = facts.scope === write(state, SCOPE_KEYS);
    const chosen = (name, key) => (isAnswered ? facts[name] : list(state[key]));
    const categories = new Set(chosen("categories", "category"));
    if (categories.delete("point_of_sale")) facts.pointsOfSale.forEach((code) => categories.add(code));
    const wards = chosen("wards", "ward");
    const isOpen = venue && venue.code === state.venue;
    return {
      day: facts.day,
      version: facts.version,
      currentDay: facts.currentDay,
      statuses: chosen("statuses", "status"),
      wards,
      ward: wards.length === 1 && wards[0] !== "none" ? wards[0] : null,
      categories: [...categories],
      query: facts.query,
      matches: facts.matches,
      area: facts.area,
      located: facts.located,
      venue: isOpen ? venue : null,
      measure: MEASURES.includes(state.measure) ? state.measure : MEASURES[0],
      lang: document.documentElement.lang,
      wardFigures: facts.wardFigures,
      // Of filters that the server has not answered yet nothing is counted.
      wardCounts: isAnswered ? facts.wardCounts : null,
      scope: facts.scope,
      tiles: `/tiles/venues/{z}/{x}/{y}.mvt?day=${facts.day}&v=${facts.version}`,
    };
  };

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.page = {
    scope(search) {
      // The calendar speaks the language of the page; its Vietnamese words come after this script, and before Dash.
      if (document.documentElement.lang === "en" && window.dateFns) window.dateFns.locale = {};
      const state = read(search);
      const scope = write(state, SCOPE_KEYS);
      const venue = state.venue || null;
      const answer = [scope === lastScope ? noUpdate() : scope, venue === lastVenue ? noUpdate() : venue];
      lastScope = scope;
      lastVenue = venue;
      return answer;
    },

    drawAtOnce(search, facts, venue) {
      if (facts) window.hadong.map.show(viewOf(search, facts, venue), lastConfig);
    },

    draw(facts, venue, config, search) {
      lastConfig = config;
      if (facts) window.hadong.map.show(viewOf(search, facts, venue), config);
    },

    mirror(search, moment, ...offered) {
      const state = read(search);
      return [
        ...LISTS.map((key, index) => offeredOf(state[key], offered[index])),
        MEASURES.includes(state.measure) ? state.measure : MEASURES[0],
        moment ? dayOf(state, moment) : noUpdate(),
      ];
    },

    choose(statuses, wards, categories, measure, ...offered) {
      if (!window.dash_clientside.callback_context.triggered.length) return;
      const state = read(window.location.search);
      const values = [statuses, wards, categories];
      const patch = {};
      LISTS.forEach((key, index) => {
        const asked = joined(offeredOf(state[key], offered[index]));
        if (joined(values[index]) !== asked) patch[key] = joined(values[index]);
      });
      if ((state.measure || MEASURES[0]) !== measure) patch.measure = measure === MEASURES[0] ? null : measure;
      if (Object.keys(patch).length) go(patch);
    },

    chooseDay(day, moment) {
      if (!moment || !day) return;
      showDay(day.slice(0, 10), moment);
    },

    stepDay(back, forward, moment) {
      if (!moment) return;
      const step = window.dash_clientside.callback_context.triggered_id === "day-back" ? -1 : 1;
      showDay(dayAfter(dayOf(read(window.location.search), moment), step), moment);
    },

    otherLanguage(search) {
      const other = document.documentElement.lang === "en" ? "vi" : "en";
      return `/${write({ ...read(search), lang: other })}`;
    },

    navigate(patch) {
      if (patch) go(patch);
    },

    chooseWard(clicked) {
      if (clicked && clicked.code) go({ ward: clicked.code, venue: null, place: null, drawer: "open" });
    },

    chooseArea(drawn) {
      const ring = drawn && drawn.polygon;
      const area = ring ? ring.map(([lon, lat]) => `${lon.toFixed(5)},${lat.toFixed(5)}`).join(";") : null;
      go({ area });
    },

    chooseRow(rows) {
      const code = rows && rows.length === 1 && rows[0] && rows[0].code;
      // Told late of what was only marked, the page would open again what has been closed since.
      if (code && code !== marked) go({ venue: code });
      marked = null;
    },

    markRow() {
      withTable(markOpenVenue);
    },

    /** Rows come block by block: the open venue's is marked when it is there, unless a person has chosen another. */
    tableMade(grid) {
      if (!grid) return;
      // Not yet on the page: asked for by its name, it is waited for.
      window.dash_ag_grid.getApiAsync("table").then((api) => {
        const mark = () => api.getSelectedNodes().length || markOpenVenue(api);
        api.addEventListener("modelUpdated", mark);
        mark();
      });
    },

    refreshTable() {
      withTable((api) => {
        api.purgeInfiniteCache();
        api.ensureIndexVisible(0);
      });
    },

    /** A page that opened while the database was away has no body yet: it starts again when the data are back. */
    cameBack(moment) {
      if (moment && !document.getElementById("page")) window.location.reload();
    },
  };

  window.addEventListener("popstate", () => {
    isTyped = false;
    showTyped(read(window.location.search).q || "");
  });

  window.hadong.page = { go, read, write };

  // --- What needs no Dash: buttons that carry a patch, folding, keys ---------------------------------------------

  const isPhone = () => window.matchMedia("(max-width: 760px)").matches;
  const SHEETS = { "rail-shown": "rail-toggle", "table-shown": "table-toggle" };

  const set = (name, isOn) => {
    document.getElementById("page").classList.toggle(name, isOn);
    const isOpen = name === "rail-folded" ? !isOn : isOn;
    document.getElementById(SHEETS[name] || "rail-toggle").setAttribute("aria-expanded", String(isOpen));
  };

  /** On a phone one sheet shows at a time. */
  const toggle = (name) => {
    const isOn = !document.getElementById("page").classList.contains(name);
    if (isOn && isPhone()) Object.keys(SHEETS).filter((other) => other !== name).forEach((other) => set(other, false));
    set(name, isOn);
  };

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    const mover = /** @type {HTMLButtonElement} */ (target.closest("[data-go]"));
    if (mover && !mover.disabled) {
      go(JSON.parse(mover.dataset.go));
      if (mover.closest("#suggestions")) {
        closeSuggestions();
        if (isPhone()) set("rail-shown", false); // what was found shows on the map and in the drawer
      }
    }
    const press = target.closest("[data-press]");
    if (press) document.getElementById(press.dataset.press)?.click();
    const rail = target.closest("#rail-toggle, [data-close='rail']");
    if (rail) toggle(isPhone() ? "rail-shown" : "rail-folded");
    if (target.closest("#table-toggle")) toggle("table-shown");
    for (const menu of document.querySelectorAll("details.exports[open]")) {
      if (!menu.contains(target) || target.closest("a")) /** @type {HTMLDetailsElement} */ (menu).open = false;
    }
    if (!target.closest(".search-box")) closeSuggestions();
  });

  const box = () => document.querySelector(".search-box");
  const closeSuggestions = () => box()?.classList.remove("open");

  document.addEventListener("focusin", (event) => {
    const inBox = event.target instanceof Element && event.target.closest(".search-box");
    if (inBox) inBox.classList.add("open");
    else closeSuggestions();
  });
  /** After a pause in typing: the address filters everything, and the server suggests venues. */
  const take = (text) => {
    const q = text.trim();
    window.dash_clientside.set_props("typed", { data: q });
    if (q === (read(window.location.search).q || "")) return;
    go({ q: q || null }, { isTyping: true });
  };

  document.addEventListener("input", ({ target, isTrusted }) => {
    if (!(target instanceof HTMLInputElement) || target.id !== "search") return;
    if (!isTrusted) return; // written by the page itself
    clearTimeout(pause);
    box()?.classList.add("open");
    pause = setTimeout(() => take(target.value), PAUSE_MS);
  });

  /** Arrow keys walk through the suggestions as through a list box; Escape returns to the text, then empties it. */
  document.addEventListener("keydown", (event) => {
    const inBox = event.target instanceof Element && event.target.closest(".search-box");
    if (event.key === "Escape") {
      const menu = /** @type {HTMLDetailsElement} */ (document.querySelector("details.exports[open]"));
      if (menu) menu.open = false;
    }
    if (!inBox) return;
    const options = [...inBox.querySelectorAll(".suggestion")];
    const index = options.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const input = document.getElementById("search");
    if (event.key === "ArrowDown" && options.length) {
      options[Math.min(index + 1, options.length - 1)].focus();
      event.preventDefault();
    } else if (event.key === "ArrowUp" && index >= 0) {
      (index === 0 ? input : options[index - 1]).focus();
      event.preventDefault();
    } else if (event.key === "Escape" && index >= 0) {
      input.focus();
      event.stopPropagation();
    } else if (event.key === "Enter" && event.target === input && options.length === 1) {
      options[0].click();
    }
  });

  const dagfuncs = (window.dashAgGridFunctions = window.dashAgGridFunctions || {});
  dagfuncs.tableTheme = (theme) =>
    theme.withParams({
      rowHeight: isPhone() ? 44 : 34,
      headerHeight: isPhone() ? 44 : 36,
      fontFamily: "var(--font)",
      fontSize: 13,
      accentColor: "#0b5c7a",
      foregroundColor: "#1b2430",
      borderColor: "#dde2e6",
      headerBackgroundColor: "#f3f5f6",
      headerTextColor: "#44515e",
      headerFontWeight: 600,
      rowHoverColor: "#eef4f6",
      selectedRowBackgroundColor: "#dcebf1",
      wrapperBorder: false,
      wrapperBorderRadius: 0,
      borderRadius: 4,
    });
})();
