/* The language that the address names is remembered in this browser; without one the remembered holds, as on all pages.
   The screen that is kept without a network cannot ask the server for either (callbacks/server/language.py). */

const YEAR_SECONDS = 365 * 24 * 60 * 60;
const LANGUAGES = ["vi", "en"];

const asked = new URLSearchParams(location.search).get("lang");
const remembered = LANGUAGES.find((lang) => document.cookie.split("; ").includes(`lang=${lang}`));

if (LANGUAGES.includes(asked)) document.cookie = `lang=${asked}; max-age=${YEAR_SECONDS}; path=/; samesite=lax`;
else if (remembered && remembered !== document.documentElement.lang) location.replace(`/field/?lang=${remembered}`);
