/* Whether the server answers at all. One that answers tells of its own faults; of one that is gone only the page can. */
(() => {
  "use strict";

  const EVERY_MS = 15000;
  const WHILE_LOST_MS = 3000;
  const PATIENCE_MS = 10000;

  const isThere = () =>
    fetch("/assets/contact.js", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) }).then(
      () => true,
      () => false,
    );

  const look = async () => {
    const found = await isThere();
    const notice = document.getElementById("unreachable");
    if (notice) notice.hidden = found;
    setTimeout(look, found ? EVERY_MS : WHILE_LOST_MS);
  };
  setTimeout(look, EVERY_MS);
})();
