import { createTheme } from '@mui/material/styles';
import { fonts, palettes, type Mode, type Palette } from '@consilium/charts';

const paletteOf = (mode: Mode) => {
  const own = palettes[mode];
  return {
    mode,
    background: { default: own.canvas, paper: own.surface },
    text: { primary: own.ink, secondary: own.ink2 },
    divider: own.line,
    primary: { main: own.accent, contrastText: own.onAccent },
    error: { main: own.bad },
    warning: { main: own.warn },
    success: { main: own.good },
  };
};

/** Names of the tokens as custom properties: `--ink2`, `--accent-soft`. */
const properties = (palette: Palette): Record<string, string> =>
  Object.fromEntries(Object.entries(palette).flatMap(([name, value]) => (typeof value === 'string' ? [[`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, value]] : [])));

export const tokenStyles = {
  '[data-theme="light"], :root': properties(palettes.light),
  '[data-theme="dark"]': properties(palettes.dark),
};

/** Look of both applications. Quiet: no elevation but for menus and dialogs, no ripple, no upper case. */
export const theme = createTheme({
  cssVariables: { colorSchemeSelector: 'data-theme' },
  colorSchemes: { light: { palette: paletteOf('light') }, dark: { palette: paletteOf('dark') } },
  spacing: 4,
  shape: { borderRadius: 6 },
  typography: { fontFamily: fonts.text, fontSize: 14, body1: { fontSize: 14, lineHeight: '20px' }, button: { textTransform: 'none', fontSize: 13, fontWeight: 500 } },
  transitions: { duration: { shortest: 120, shorter: 120, short: 120, standard: 120, complex: 120, enteringScreen: 120, leavingScreen: 120 } },
  components: {
    MuiButtonBase: { defaultProps: { disableRipple: true } },
    MuiButton: {
      defaultProps: { disableElevation: true, size: 'small', variant: 'outlined' },
      styleOverrides: { root: { minHeight: 32, padding: '4px 12px' }, outlined: { borderColor: 'var(--edge)', color: 'var(--ink)' } },
    },
    MuiTextField: { defaultProps: { size: 'small' } },
    MuiToggleButton: {
      styleOverrides: {
        root: { textTransform: 'none', padding: '4px 12px', minHeight: 32, color: 'var(--ink)', borderColor: 'var(--edge)', '&.Mui-selected, &.Mui-selected:hover': { backgroundColor: 'var(--accent)', color: 'var(--on-accent)' } },
      },
    },
    MuiOutlinedInput: { styleOverrides: { notchedOutline: { borderColor: 'var(--edge)' }, input: { fontSize: 14 } } },
    MuiPaper: { defaultProps: { elevation: 0 }, styleOverrides: { root: { backgroundImage: 'none' } } },
    MuiMenu: { styleOverrides: { paper: { border: '1px solid var(--line)', boxShadow: '0 4px 16px rgb(0 0 0 / 18%)' } } },
    MuiDialog: { styleOverrides: { paper: { border: '1px solid var(--line)', borderRadius: 8 } } },
    MuiMenuItem: { styleOverrides: { root: { fontSize: 13, minHeight: 32 } } },
  },
});
