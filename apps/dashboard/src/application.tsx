import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { InterfaceProvider } from '@consilium/interface';
import '@consilium/interface/styles.css';
import { queries } from './queries.js';
import { router } from './router.js';

// After a new release the parts of an open page are gone from the server: it is loaded anew.
window.addEventListener('vite:preloadError', () => window.location.reload());

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <InterfaceProvider>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </InterfaceProvider>
  </StrictMode>,
);
