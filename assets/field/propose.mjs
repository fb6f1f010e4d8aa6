/* A proposal for the office: a venue that the register lacks, a wrong place, a closure. */

import { once, sheet } from "./dialog.mjs";
import { el, t } from "./dom.mjs";

export function openProposal(screen, kind, venue) {
  const parts = { place: kind !== "proposal_closure" ? placing(screen, venue) : null };
  const note = el("textarea", { rows: 2, maxLength: 500, "aria-label": t("field.note"), placeholder: t("field.note") });
  const form = kind === "proposal_new" ? naming(screen) : null;
  const send = el("button.primary", { "data-action": "propose" }, t("field.propose.send"));
  const isWhole = () => (!form || form.name.value.trim()) && (kind !== "proposal_move" || parts.place.at);
  const look = () => (send.disabled = !isWhole());
  form?.name.addEventListener("input", look);
  parts.place?.element.addEventListener("placed", look);
  look();
  const title = kind === "proposal_new" ? t("field.propose.new") : `${t(`field.kind.${kind}`)}: ${venue.name}`;
  const dialog = sheet({ title, body: [form?.element, parts.place?.element, note], actions: [send], left: () => parts.place?.close() });
  parts.place?.start();
  once(send, async () => {
    const at = parts.place?.at;
    await screen.record({
      kind,
      venue: venue?.code,
      venueName: venue?.name || form.name.value.trim(),
      payload: {
        ...(form && form.payload()),
        ...(note.value.trim() && { note: note.value.trim() }),
        ...(at && { lon: at.lon, lat: at.lat }),
      },
    });
    dialog.close();
  });
}

function naming(screen) {
  const field = (key, most) => el("input", { type: "text", maxLength: most, "aria-label": t(key), placeholder: t(key) });
  const name = field("field.propose.name", 200);
  const address = field("field.propose.address", 300);
  const category = el(
    "select",
    { "aria-label": t("field.propose.category") },
    el("option", { value: "" }, t("field.propose.category")),
    Object.values(screen.venues.taken?.categories || {}).map((word) => el("option", { value: word }, word)),
  );
  const payload = () => ({
    name: name.value.trim(),
    ...(address.value.trim() && { address: address.value.trim() }),
    ...(category.value && { category: category.value }),
  });
  return { name, payload, element: el("div.form", {}, name, address, category) };
}

/** The right place: where the phone is, or where the officer touches the map. */
function placing(screen, venue) {
  const told = el("p", { role: "status" });
  const map = el("div.small-map");
  const element = el("div.placing");
  const place = { at: null, element };
  let picker = null;
  let isClosed = false;
  const put = (at) => {
    place.at = at;
    const about = at.accuracy ? ` ${t("field.propose.about", { metres: at.accuracy })}` : "";
    told.textContent = `${t("field.propose.at", { lat: at.lat.toFixed(6), lon: at.lon.toFixed(6) })}${about}`;
    element.dispatchEvent(new Event("placed"));
  };
  const here = () => {
    if (!screen.venues.position) return (told.textContent = t("field.propose.no_place"));
    put(screen.venues.position);
    picker?.put(screen.venues.position);
  };
  element.append(el("button.wide", { onclick: here }, t("field.propose.here")), el("p.quiet", {}, t("field.propose.pick")), map, told);
  place.start = async () => {
    try {
      const { Picker } = await import("./map.mjs");
      if (isClosed) return;
      picker = new Picker(screen, map, venue, put);
      if (place.at) picker.put(place.at);
      await picker.starting;
    } catch (error) {
      console.warn(error);
      map.replaceWith(el("p", {}, t("field.map.failed")));
    }
  };
  place.close = () => {
    isClosed = true;
    picker?.remove();
  };
  return place;
}
