import { cardHtml } from './card-html.js';
import { cardMarkdown } from './card-markdown.js';
import { cardSections } from './card-sections.js';
import type { DatasetCheck } from './check-dataset.js';

export interface DatasetCardOptions {
  /** Name of the data set. Default: `Data set`. */
  title?: string;
  /** A paragraph under the title: what it is for, where it comes from, under which licence. */
  description?: string;
}

/** A data set's card in two forms. */
export interface DatasetCard {
  /** Markdown with the front matter that dataset hosts read. */
  markdown: string;
  /** One page without scripts and without anything from elsewhere; light and dark. */
  html: string;
}

/**
 * A card that says what a data set holds: files, kinds of rows, calls by tool and argument with their values and where these
 * come from, lengths, repetitions, personal data, findings. Personal data among the values is named, not shown. The same
 * check gives the same bytes.
 */
export function datasetCard(check: DatasetCheck, options: DatasetCardOptions = {}): DatasetCard {
  const { title = 'Data set', description = '' } = options;
  const sections = cardSections(check);
  return {
    markdown: cardMarkdown(sections, { title, description, statistics: check.statistics }),
    html: cardHtml(sections, { title, description }),
  };
}
