/** Where the theme keeps what somebody chose: `light`, `dark` or `system`. */
const MODE = 'mui-mode';

/** A frame that does not come, in a tab nobody looks at, is not waited for longer than this. */
const MILLISECONDS = 200;

/**
 * Lets the browser draw what the page's own HTML holds, in the colours that were chosen, and only then runs the application. A browser whose
 * scripts are at hand runs them before it draws anything, and shows an empty window until they are done.
 */
export function afterFirstFrame(start: () => Promise<unknown>): void {
  // The content security policy forbids code that is made from text. Schemas of Zod check without it, and do not even try where this is said before they are loaded.
  Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
  const dark = window.matchMedia('(prefers-color-scheme: dark)').matches;
  const chosen = storedMode();
  document.documentElement.dataset['theme'] = chosen === 'light' || chosen === 'dark' ? chosen : dark ? 'dark' : 'light';
  void firstFrame().then(start).catch(tellFailure);
}

function storedMode(): string | null {
  try {
    return window.localStorage.getItem(MODE);
  } catch {
    // A browser that keeps nothing: the system's colours.
    return null;
  }
}

const firstFrame = (): Promise<void> =>
  new Promise((resolve) => {
    window.setTimeout(resolve, MILLISECONDS);
    window.requestAnimationFrame(() => window.setTimeout(resolve));
  });

function tellFailure(): void {
  const place = document.querySelector('.starting p');
  if (place) place.textContent = 'The program of this page could not be loaded. Load the page again; if this stays, ask who runs this server.';
}
