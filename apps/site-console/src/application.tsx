import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { useTranslation } from 'react-i18next';
import { InterfaceProvider } from '@consilium/interface';
import '@consilium/interface/styles.css';
import { queries } from './queries.js';
import { router } from './router.js';
import { frameWords } from './words/frame-words.js';
import { currentLanguage, startLanguage } from './words/language.js';

// After a new release the parts of an open page are gone from the agent: it is loaded anew.
window.addEventListener('vite:preloadError', () => window.location.reload());

function Console() {
  useTranslation();
  return (
    <InterfaceProvider words={frameWords[currentLanguage()]}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </InterfaceProvider>
  );
}

await startLanguage();
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Console />
  </StrictMode>,
);
