/* The drawer in the browser: the address says what is open, Escape goes up one level, focus goes in and comes back. */
(() => {
  "use strict";

  const page = () => window.hadong.page;
  const current = () => page().read(window.location.search);
  const drawer = () => document.getElementById("drawer");

  const wardsOf = (state) => (state.ward ? state.ward.split(",").filter(Boolean) : []);

  /** The level that an address opens: venue, else the place clicked, else the one ward filtered, else the district. */
  const levelOf = (state) => {
    if (state.venue) return "venue";
    if (state.place) return "place";
    if (state.drawer !== "open") return null;
    return wardsOf(state).length === 1 ? "ward" : "district";
  };

  const FILTERS = ["day", "status", "ward", "category", "q", "area", "located", "lang"];
  let last; // the state written last, as text
  let shownLevel = null; // the level that has had the focus
  let opener = null; // what had the focus before the drawer opened
  let openedWithPage = false; // then the reader begins at the top of the page, as on any page

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.drawer = {
    state(search) {
      const address = page().read(search);
      const level = levelOf(address);
      const state = level && {
        level,
        // A venue does not change with the filters, only with the day and the language.
        search: page().write(address, level === "venue" ? ["day", "lang"] : FILTERS),
        venue: address.venue || null,
        place: address.place || null,
      };
      const text = JSON.stringify(state);
      if (text === last) return [window.dash_clientside.no_update, !level];
      openedWithPage = last === undefined && Boolean(level);
      if (last === undefined || last === "null") opener = document.activeElement;
      last = text;
      if (level) drawer()?.classList.add("waiting");
      else close();
      return [state, !level];
    },

    /** New content: it scrolls to its top and takes the focus when the level is another one. */
    filled() {
      requestAnimationFrame(() => requestAnimationFrame(arrive));
    },

    chooseSeveral(clicked) {
      const venues = (clicked && clicked.venues) || [];
      if (venues.length < 2) return;
      const [lon, lat] = clicked.lngLat;
      const metres = clicked.metres ? `,${Number(clicked.metres)}` : "";
      page().go({ place: `${lon.toFixed(6)},${lat.toFixed(6)}${metres}`, venue: null });
    },
  };

  const arrive = () => {
    const content = drawer()?.querySelector("[data-level]");
    if (!content) return;
    drawer().classList.remove("waiting");
    const level = content.dataset.level;
    if (level === shownLevel) return;
    shownLevel = level;
    drawer().querySelector("#drawer-body").scrollTop = 0;
    // A person who is choosing in the rail or going through the table goes on there.
    const isBusy = document.activeElement?.closest("#rail, #table-panel");
    if (!isBusy && !openedWithPage) {
      const title = content.querySelector(".level-title") || content.querySelector(".crumbs button");
      title?.focus({ preventScroll: true });
    }
    openedWithPage = false;
  };

  // Owner and telephone are asked for by a press and never sent along with the venue.
  document.addEventListener("click", async ({ target }) => {
    const button = target instanceof Element && /** @type {HTMLButtonElement} */ (target.closest("[data-contact]"));
    if (!button) return;
    const said = button.parentElement.querySelector(".contact");
    button.disabled = true;
    try {
      const answer = await fetch(`/venues/${encodeURIComponent(button.dataset.contact)}/contact`, { method: "POST" });
      if (!answer.ok) throw new Error(String(answer.status));
      const { text, phone } = await answer.json();
      said.textContent = text;
      if (phone) {
        const call = document.createElement("a");
        call.href = `tel:${phone.replace(/[^+0-9]/g, "")}`;
        call.textContent = ` ☎ ${phone}`;
        said.append(call);
      }
      button.remove();
    } catch {
      said.textContent = button.dataset.failed;
      button.disabled = false;
    }
  });

  const close = () => {
    const hadFocus = drawer()?.contains(document.activeElement);
    shownLevel = null;
    if (!hadFocus) return;
    const back = opener && opener.isConnected && opener.getClientRects().length ? opener : null;
    (back || document.querySelector("#map canvas"))?.focus({ preventScroll: true });
  };

  /** One level up: from a venue to the list or ward it was opened from, from a ward to the district, from there out. */
  const goUp = () => {
    const patches = {
      venue: { venue: null },
      place: { place: null },
      ward: { ward: null },
      district: { drawer: null },
    };
    const level = levelOf(current());
    if (level) page().go(level === "venue" ? { ...patches.venue, place: current().place || null } : patches[level]);
  };

  const toggleOverview = () => {
    const level = levelOf(current());
    const isOpen = level === "ward" || level === "district";
    page().go(isOpen ? { drawer: null } : { drawer: "open", venue: null, place: null });
  };

  const copyLink = async (button) => {
    const said = button.parentElement.querySelector(".copied");
    try {
      await navigator.clipboard.writeText(window.location.href);
      said.textContent = button.dataset.done;
    } catch {
      // A browser may refuse its clipboard; the address itself can still be taken.
      said.textContent = `${button.dataset.failed} ${window.location.href}`;
    }
  };

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    if (target.closest("#drawer-close")) page().go({ drawer: null, venue: null, place: null });
    else if (target.closest("#overview")) toggleOverview();
    const copy = target.closest("[data-copy-link]");
    if (copy) copyLink(copy);
    const show = target.closest("[data-show-table]");
    if (show) {
      const toggle = document.getElementById(show.dataset.showTable);
      if (toggle?.getAttribute("aria-expanded") !== "true") toggle?.click();
    }
  });

  const element = (name, text, scope) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (scope) made.scope = scope;
    return made;
  };

  /** The numbers of a chart, made when they are asked for. */
  const makeTable = (details) => {
    const { caption, header, rows } = JSON.parse(details.dataset.table);
    const table = element("table");
    table.className = "numbers";
    table.append(element("caption", caption), element("thead"), element("tbody"));
    const heads = element("tr");
    heads.append(...header.map((name) => element("th", name, "col")));
    table.tHead.append(heads);
    table.tBodies[0].append(
      ...rows.map(([first, ...rest]) => {
        const row = element("tr");
        row.append(element("th", first, "row"), ...rest.map((cell) => element("td", cell)));
        return row;
      }),
    );
    details.querySelector(".scrolling").replaceChildren(table);
  };

  // "toggle" does not bubble, but it can be caught on its way down.
  document.addEventListener(
    "toggle",
    (event) => {
      const details = event.target;
      if (details instanceof HTMLDetailsElement && details.dataset.table && details.open) makeTable(details);
    },
    true,
  );

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !drawer() || drawer().hidden) return;
    if (document.querySelector("details.exports[open]")) return;
    const from = event.target instanceof Element ? event.target : document.body;
    if (from.closest("#rail, [role='dialog']")) return;
    goUp();
  });
})();
