import { evidenceOf } from '../checklists/evidence.js';
import type { ReportSource } from '../report-source.js';
import { evaluation, models, pipelineParagraph, privacy, selection } from './analysis-paragraphs.js';
import type { Paragraph } from './paragraph.js';
import { design, images, outcome, preparation } from './study-paragraphs.js';

/** The Methods of a paper as far as plan and run tell them; what only people know is marked. Null without the plan. */
export function methodsText(source: ReportSource): readonly Paragraph[] | null {
  const { plan } = source;
  if (plan === null) return null;
  const evidence = evidenceOf(source);
  const all = [design(evidence, plan), outcome(evidence, plan), images(evidence), preparation(plan), selection(plan), pipelineParagraph(plan), models(plan), evaluation(evidence, plan), privacy(evidence, plan)];
  return all.filter((one) => one !== null);
}
