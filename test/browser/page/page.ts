/** The page of the browser tests, bundled for the browser by serve-page. */
import { makeFunctions, type PageConfig } from './functions';

declare global {
  // Stands in the page's own HTML, as an app's settings do.
  var config: PageConfig;
  var page: ReturnType<typeof makeFunctions>;
}

globalThis.page = makeFunctions(globalThis.config);
