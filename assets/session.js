// An ended session is met by whatever asks next: the page then goes to where one signs in, which leads back here; one
// that still lacks something, as the code of an authenticator, to where that is asked.
const ask = window.fetch;
const ENDED = 401;
const SIGN_IN = "/sign-in";

window.fetch = async (...request) => {
  const answer = await ask(...request);
  if (answer.status !== ENDED) return answer;
  const { address = SIGN_IN } = await answer.json().catch(() => ({}));
  const to = new URL(address, location.origin);
  if (address === SIGN_IN) {
    to.searchParams.set("ended", "1");
    to.searchParams.set("next", location.pathname + location.search);
  }
  if (new URLSearchParams(location.search).get("lang") === "en") to.searchParams.set("lang", "en");
  location.assign(to);
  return new Promise(() => {}); // the page is being left: whatever asked has nothing more to say
};
