/* Starts Dash once the map has been drawn. Its scripts take the browser as long to unpack as the map takes to be drawn;
   side by side, each would wait for the other, and the map is what a person waits for. */

const PATIENCE_MS = 3000; // a map that is slow to come, or that cannot be drawn, holds up nothing else

// In a template, so that the browser keeps their order and runs none of them (see app.py).
const template = /** @type {HTMLTemplateElement} */ (document.getElementById("held-scripts"));
const scripts = /** @type {HTMLScriptElement[]} */ ([...template.content.children]);

function preload({ src }) {
  const link = document.createElement("link");
  Object.assign(link, { rel: "preload", as: "script", href: src, fetchPriority: "low" });
  document.head.append(link);
}

/** A script out of a template never runs; a copy of it does. Resolves when it has run, or cannot be had. */
function run(held) {
  const script = document.createElement("script");
  for (const { name, value } of held.attributes) script.setAttribute(name, value);
  script.textContent = held.textContent;
  const ended = new Promise((resolve) => {
    script.onload = script.onerror = resolve;
    if (!script.src) resolve(null);
  });
  document.body.append(script);
  return ended;
}

const map = import("./map/map.mjs").then(({ early }) => early);
await Promise.race([map.catch(() => {}), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
scripts.filter((script) => script.src).forEach(preload);
for (const script of scripts) await run(script);
