// An ended session is met by whatever asks next: the page then goes to where one signs in, which leads back here.
const ask = window.fetch;
const ENDED = 401;

window.fetch = async (...request) => {
  const answer = await ask(...request);
  if (answer.status === ENDED) {
    const here = encodeURIComponent(location.pathname + location.search);
    const language = new URLSearchParams(location.search).get("lang") === "en" ? "&lang=en" : "";
    location.assign(`/sign-in?ended=1&next=${here}${language}`);
  }
  return answer;
};
