// What eslint looks for in the scripts of assets/ and proof/: faults, not looks. `eslint --config tools/web/eslint.config.mjs assets proof`.
import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["assets/vendor/**"] },
  js.configs.recommended,
  {
    files: ["**/*.js", "**/*.mjs"],
    languageOptions: { globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "array-callback-return": "error",
      "consistent-this": "error",
      "default-case-last": "error",
      "eqeqeq": "error",
      "no-array-constructor": "error",
      "no-constructor-return": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-inner-declarations": "error",
      "no-new-func": "error",
      "no-script-url": "error",
      "no-self-compare": "error",
      "no-shadow": "error",
      "no-template-curly-in-string": "error",
      "no-throw-literal": "error",
      "no-unmodified-loop-condition": "error",
      "no-unreachable-loop": "error",
      "no-unused-expressions": ["error", { allowShortCircuit: true }],
      "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "no-use-before-define": ["error", { functions: false, classes: false, variables: false }],
      "no-useless-return": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "prefer-promise-reject-errors": "error",
      "prefer-rest-params": "error",
      "prefer-spread": "error",
    },
  },
  { files: ["assets/**/*.js", "proof/**/*.js"], languageOptions: { sourceType: "script" } },
  {
    files: ["assets/field/worker.mjs"], // a classic script, begun by callbacks/field/shell.py
    languageOptions: { sourceType: "script", globals: { ...globals.serviceworker, VERSION: "readonly", KEPT: "readonly" } },
  },
];
