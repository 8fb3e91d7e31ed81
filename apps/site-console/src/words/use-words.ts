import { useTranslation } from 'react-i18next';
import { say } from '@consilium/charts';
import { dayOf, momentOf } from './formats.js';
import { currentLanguage } from './language.js';
import type { Language } from './language-name.js';
import { told } from './told.js';

/** Words, times and sentences in the language that is shown. */
export function useSay() {
  const { t } = useTranslation();
  const language: Language = currentLanguage();
  return {
    t,
    language,
    day: (time: string) => dayOf(time, language),
    moment: (time: string) => momentOf(time, language),
    /** A sentence that the agent made, in English there. */
    told: (sentence: string) => told(sentence, language),
    list: (items: readonly string[]) => (language === 'zh' ? items.join('、') : say.list(items)),
  };
}
