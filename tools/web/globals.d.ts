/** What scripts of the page find in the window beside what a browser gives. */

interface Window {
  /** Ours: each script of the page adds its part. */
  hadong: any;
  /** What verifies a published list (proof/templates). */
  proof: any;
  /** Dash, its table, and where both look for functions of the page. */
  dash_clientside: any;
  dash_ag_grid: any;
  dashAgGridFunctions: any;
  dashAgGridComponentFunctions: any;
  /** What Dash draws with. */
  React: any;
  dateFns: any;
  /** assets/vendor */
  tus: any;
  jsQR: any;
  /** The door screen, for tests. */
  fieldScreen: any;
}

/** Ours has no elements but HTML's where it looks by selector. */
interface ParentNode {
  querySelector(selectors: string): HTMLElement | null;
  querySelectorAll(selectors: string): NodeListOf<HTMLElement>;
}

interface Element {
  closest(selectors: string): HTMLElement | null;
}

/** Some browsers read QR codes themselves. */
declare const BarcodeDetector: any;
