import { CssBaseline, GlobalStyles, ThemeProvider } from '@mui/material';
import { useColorScheme } from '@mui/material/styles';
import type { ReactNode } from 'react';
import type { Mode } from '@consilium/charts';
import { theme, tokenStyles } from './theme.js';

/** Theme, tokens and base styles about an application. */
export function InterfaceProvider({ children }: { readonly children: ReactNode }) {
  return (
    <ThemeProvider theme={theme} defaultMode="system" disableTransitionOnChange>
      <CssBaseline />
      <GlobalStyles styles={tokenStyles} />
      {children}
    </ThemeProvider>
  );
}

/** The mode that is shown, and how to change it; stored per browser, after the system until somebody chooses. */
export function useMode(): { readonly mode: Mode; readonly chosen: 'light' | 'dark' | 'system'; readonly choose: (mode: 'light' | 'dark' | 'system') => void } {
  const { mode, systemMode, setMode } = useColorScheme();
  const shown = mode === 'system' ? systemMode : mode;
  return { mode: shown === 'dark' ? 'dark' : 'light', chosen: mode ?? 'system', choose: setMode };
}
