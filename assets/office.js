// What all screens of the office share: the name of who is at work is kept in a cookie that each request carries.
const NAME = "operator";
const YEAR_SECONDS = 365 * 24 * 60 * 60;

document.addEventListener("change", ({ target }) => {
  if (target.id !== "office-operator") return;
  const value = encodeURIComponent(target.value.trim());
  document.cookie = `${NAME}=${value}; path=/; max-age=${value ? YEAR_SECONDS : 0}; samesite=strict`;
});
