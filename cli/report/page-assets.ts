import type { PageAssets } from './report-page';

declare const REPORT_PAGE_SCRIPT: string | undefined;
declare const REPORT_PAGE_STYLE: string | undefined;

/** The page's script and style sheet (`page/`), which the bundler puts in here (`scripts/bundle.mjs`). */
export function pageAssets(): PageAssets {
  if (typeof REPORT_PAGE_SCRIPT === 'undefined' || typeof REPORT_PAGE_STYLE === 'undefined') {
    throw new Error('the report\'s page is in the bundled command only; make it with: node scripts/bundle.mjs');
  }
  return { script: REPORT_PAGE_SCRIPT, style: REPORT_PAGE_STYLE };
}
