// An ended session is met by whatever asks next: the page then goes to where one signs in, which leads back here; one
// that still lacks something, as the code of an authenticator, to where that is asked.
const ask = window.fetch;
const ENDED = 401;
const SIGN_IN = "/sign-in";

window.fetch = async (...request) => {
  const answer = await ask(...request);
  if (answer.status === ENDED) {
    const { address = SIGN_IN } = await answer.clone().json().catch(() => ({}));
    const query = new URLSearchParams();
    if (address === SIGN_IN) {
      query.set("ended", "1");
      query.set("next", location.pathname + location.search);
    }
    if (new URLSearchParams(location.search).get("lang") === "en") query.set("lang", "en");
    location.assign(`${address}?${query}`);
  }
  return answer;
};
