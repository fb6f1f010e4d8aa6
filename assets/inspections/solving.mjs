/* While routes are sought: how far, the best so far on the map, and the way to stop with it. */

import { button, km, make, text } from "./elements.mjs";
import { ask, refusalOf, send } from "./server.mjs";

const PAUSE_MS = 700;

export class Solving {
  constructor(view) {
    this.view = view;
    this.isRunning = false;
    this.bar = make("progress", { max: "1", value: 0, "aria-label": text("inspections.solving") });
    this.said = make("p", { role: "status" });
    this.stop = button(text("inspections.stop"), () => this.cancel(), { "data-part": "stop" });
    this.element = make("div", { css: "plan-solving", hidden: true, "data-solving": "" }, this.said, this.bar, this.stop);
  }

  /** Ask again and again until the routes are there. */
  watch(job) {
    if (this.isRunning) return;
    this.isRunning = true;
    this.job = job;
    this.element.hidden = false;
    this.stop.disabled = false;
    this.said.textContent = text("inspections.waiting");
    this.bar.removeAttribute("value");
    this.look();
  }

  async look() {
    if (!this.isRunning) return;
    let told = null;
    try {
      told = await ask(`searches/${this.job}.json`);
    } catch (error) {
      const { kind, message } = refusalOf(error);
      if (this.isRunning && kind !== "away") return this.finish(message);
      this.said.textContent = message;
    }
    if (!this.isRunning) return;
    if (told && told.state !== "queued" && told.state !== "running") return this.finish(told.sentence);
    if (told) this.tell(told);
    this.timer = setTimeout(() => this.look(), PAUSE_MS);
  }

  tell({ state, share, best }) {
    if (state === "queued") this.said.textContent = text("inspections.waiting");
    else if (!best) this.said.textContent = text("inspections.solving");
    else this.said.textContent = text("inspections.so_far", { stops: best.visited, km: km(best.metres), left: best.left_share });
    if (state === "running" && share) this.bar.value = share;
    if (!best || !this.view.plan) return;
    const isFirst = !this.view.best;
    this.view.best = best;
    this.view.screen.map.show(this.view.plan, { best, fits: isFirst });
  }

  async cancel() {
    this.stop.disabled = true;
    this.said.textContent = text("inspections.stopping");
    try {
      await send(`plans/${this.view.id}/cancel`, { version: this.view.plan.version });
    } catch (error) {
      this.said.textContent = refusalOf(error).message;
      this.stop.disabled = false;
    }
  }

  async finish(sentence) {
    this.isRunning = false;
    this.element.hidden = true;
    this.view.best = null;
    await this.view.load(true);
    if (sentence) this.view.say(sentence, [], true);
  }

  end() {
    this.isRunning = false;
    clearTimeout(this.timer);
  }
}
