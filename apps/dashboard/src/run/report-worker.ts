import { reportHtml, type ReportFonts, type ReportSource } from '@consilium/report';

export interface AskedReport {
  readonly source: ReportSource;
  readonly fonts: ReportFonts;
}

// Off the page: drawing every figure takes seconds. Without a document texts are measured as the command does, so both write the same bytes.
self.onmessage = ({ data: { source, fonts } }: MessageEvent<AskedReport>): void => self.postMessage(reportHtml(source, fonts));
