import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { chinese } from './chinese.js';
import { english } from './english.js';
import type { Language } from './language-name.js';

export const languages: readonly { readonly language: Language; readonly name: string }[] = [
  { language: 'en', name: 'English' },
  { language: 'zh', name: '中文' },
];

const STORED = 'consilium-language';

/** What was chosen in this browser, else what the browser speaks. */
function preferred(): Language {
  const stored = localStorage.getItem(STORED);
  if (stored === 'en' || stored === 'zh') return stored;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export const words = i18next.createInstance();

const show = (language: string): void => document.documentElement.setAttribute('lang', language === 'zh' ? 'zh-Hans' : 'en');

export async function startLanguage(): Promise<void> {
  words.on('languageChanged', show);
  await words.use(initReactI18next).init({
    lng: preferred(),
    fallbackLng: 'en',
    resources: { en: { translation: english }, zh: { translation: chinese } },
    // React escapes what it shows.
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  show(words.language);
}

export const currentLanguage = (): Language => (words.language === 'zh' ? 'zh' : 'en');

export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(STORED, language);
  await words.changeLanguage(language);
}
