/* The screen of plans: a list, a form, or one plan beside the map; which of them, the address says. */

import { button, make, speak, text } from "./elements.mjs";
import { Form } from "./form.mjs";
import { List } from "./list.mjs";
import { PlanMap } from "./map.mjs";
import { PlanView } from "./plan.mjs";
import { ask, refusalOf, speakTo } from "./server.mjs";
import { TeamsForm } from "./teams-form.mjs";

class Screen {
  constructor(root) {
    this.root = root;
    /** @type {any} a list, a form or a plan: what is clicked on the map is for the one that knows what to do with it */
    this.content = null;
    speak(JSON.parse(root.dataset.texts), root.dataset.lang);
    speakTo(root.dataset.lang);
    this.side = make("div", { css: "plan-side" });
    this.canvas = make("div", { css: "plan-map" });
    this.tabs = ["list", "map"].map((name) => button(text(`inspections.tab.${name}`), () => this.turnTo(name), { css: "plan-tab", "data-tab": name }));
    this.body = make("div", { css: "plan-body" }, this.side, this.canvas);
    root.replaceChildren(make("div", { css: "plan-tabs" }, this.tabs), this.body);
    this.turnTo("list");
    window.addEventListener("popstate", () => this.show());
    this.start();
  }

  async start() {
    this.side.replaceChildren(make("p", { css: "empty" }, text("inspections.loading")));
    try {
      this.known = await ask("known.json");
    } catch (error) {
      this.side.replaceChildren(make("div", { css: "empty", role: "alert" }, make("p", {}, refusalOf(error).message), button(text("inspections.again"), () => this.start())));
      return;
    }
    this.show();
  }

  /** The map comes when it is first needed: the list has none. */
  needMap() {
    this.map = this.map || new PlanMap(this.canvas, this.known, {
      stop: (id) => this.content.seek?.(id),
      venue: (id) => this.content.addVenue?.(id),
      area: (ring) => this.content.setArea?.(ring),
    });
  }

  show() {
    const asked = new URLSearchParams(location.search);
    const plan = Number(asked.get("plan"));
    this.drop();
    const isList = !plan && !asked.has("new");
    this.root.classList.toggle("with-map", !isList);
    this.turnTo("list");
    if (!isList) this.needMap();
    if (!isList) this.map.showArea(null);
    this.content = plan ? new PlanView(this, plan) : asked.has("new") ? new Form(this) : new List(this);
    this.side.replaceChildren(this.content.element);
    this.side.scrollTop = 0;
  }

  /** Whatever was shown is gone: answers that it still waits for change nothing any more, nor do clicks on the map. */
  drop() {
    this.content?.remove();
    this.map?.rest();
  }

  go(query) {
    const url = new URL(location.href);
    url.search = query;
    if (this.root.dataset.lang !== "vi") url.searchParams.set("lang", this.root.dataset.lang);
    history.pushState(null, "", url);
    this.show();
  }

  open(id) {
    this.go(`plan=${id}`);
  }

  make() {
    this.go("new=1");
  }

  leave() {
    this.go("");
  }

  editTeams(plan) {
    this.drop();
    this.content = new TeamsForm(this, plan);
    this.side.replaceChildren(this.content.element);
  }

  /** On a phone the list and the map take turns. */
  turnTo(name) {
    const isTurned = name === "map" && this.root.dataset.turn !== name && getComputedStyle(this.tabs[0].parentElement).display !== "none";
    this.root.dataset.turn = name;
    for (const tab of this.tabs) tab.setAttribute("aria-pressed", String(tab.dataset.tab === name));
    if (isTurned) this.map?.turned();
  }

  /** Where a team starts, chosen on the map; then on with the form. */
  pick(put) {
    this.showMap();
    this.map.pick(text("inspections.hint_start"), (place) => {
      put(place);
      this.showList();
    });
  }

  showMap() {
    this.turnTo("map");
  }

  showList() {
    this.turnTo("list");
  }
}

const find = () => document.querySelector("[data-inspections]");
const begin = () => {
  const root = find();
  if (root && !root.dataset.begun) {
    root.dataset.begun = "1";
    new Screen(root);
  }
  return root;
};
if (!begin()) {
  const watcher = new MutationObserver(() => begin() && watcher.disconnect());
  watcher.observe(document.documentElement, { childList: true, subtree: true });
}
