import { CssBaseline, GlobalStyles, ThemeProvider } from '@mui/material';
import { useColorScheme } from '@mui/material/styles';
import type { ReactNode } from 'react';
import type { Mode } from '@consilium/charts';
import { theme, tokenStyles } from './theme.js';
import { englishWords, type InterfaceWords, WordsContext } from './words.js';

/** Theme, tokens, base styles and the frame's words about an application. */
export function InterfaceProvider({ words = englishWords, children }: { readonly words?: InterfaceWords; readonly children: ReactNode }) {
  return (
    <ThemeProvider theme={theme} defaultMode="system" disableTransitionOnChange>
      <CssBaseline />
      <GlobalStyles styles={tokenStyles} />
      <WordsContext.Provider value={words}>{children}</WordsContext.Provider>
    </ThemeProvider>
  );
}

/** The mode that is shown, and how to change it; stored per browser, after the system until somebody chooses. */
export function useMode(): { readonly mode: Mode; readonly chosen: 'light' | 'dark' | 'system'; readonly choose: (mode: 'light' | 'dark' | 'system') => void } {
  const { mode, systemMode, setMode } = useColorScheme();
  const shown = mode === 'system' ? systemMode : mode;
  return { mode: shown === 'dark' ? 'dark' : 'light', chosen: mode ?? 'system', choose: setMode };
}
