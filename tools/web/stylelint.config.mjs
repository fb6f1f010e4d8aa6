// What stylelint looks for in the styles of assets/, documents/ and proof/: faults, not looks.
const WORDS = "_?[a-z][a-z0-9]*([-_][a-z0-9]+)*";

export default {
  extends: ["stylelint-config-standard"],
  ignoreFiles: ["../../assets/vendor/**"],
  rules: {
    // Where lines are empty, and how a colour is written, is for the eye.
    "at-rule-empty-line-before": null,
    "color-hex-length": null,
    "comment-empty-line-before": null,
    "rule-empty-line-before": null,
    // Rules stand by part of the page; a later one of less weight is meant for other elements.
    "no-descending-specificity": null,
    // Browsers of before 2023 know no other.
    "media-feature-range-notation": "prefix",
    "property-no-vendor-prefix": [true, { ignoreProperties: ["/text-size-adjust$/"] }],
    // Codes of statuses and reasons are classes, too; Dash names its variables in capitals.
    "selector-class-pattern": `^${WORDS}$`,
    "custom-property-pattern": `^(${WORDS}|Dash(-[A-Z][A-Za-z]*)+)$`,
    "value-keyword-case": ["lower", { camelCaseSvgKeywords: true, ignoreKeywords: ["A4"] }],
  },
};
