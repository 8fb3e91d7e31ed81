import { Autocomplete, Button, Dialog, DialogContent, DialogTitle, TextField } from '@mui/material';
import { useEffect, useState } from 'react';

export interface Command {
  readonly label: string;
  readonly group: string;
  readonly act: () => void;
}

const typing = (target: EventTarget | null): boolean => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Where to go, by name: Ctrl K. Single keys do nothing while somebody types. */
export function CommandMenu({ commands }: { readonly commands: readonly Command[] }) {
  const [open, setOpen] = useState(false);
  const [help, setHelp] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        setOpen(true);
      } else if (event.key === '?' && !typing(event.target)) setHelp(true);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  return (
    <>
      <Button onClick={() => setOpen(true)} aria-label="Go to a page" sx={{ color: 'var(--ink2)', gap: 3, display: { xs: 'none', md: 'inline-flex' } }}>
        Go to a site, run or figure <kbd className="mono">Ctrl K</kbd>
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} fullWidth maxWidth="sm" aria-labelledby="command-title">
        <DialogTitle id="command-title" sx={{ fontSize: 15, fontWeight: 600 }}>
          Go to
        </DialogTitle>
        <DialogContent>
          <Autocomplete
            open
            options={[...commands]}
            groupBy={({ group }) => group}
            getOptionLabel={({ label }) => label}
            getOptionKey={({ group, label }) => `${group} ${label}`}
            slotProps={{ popper: { sx: { zIndex: 1400 } } }}
            onChange={(_, command) => {
              setOpen(false);
              command?.act();
            }}
            renderInput={(params) => <TextField {...params} autoFocus label="Site, run or figure" />}
          />
        </DialogContent>
      </Dialog>
      <Dialog open={help} onClose={() => setHelp(false)} aria-labelledby="keys-title">
        <DialogTitle id="keys-title" sx={{ fontSize: 15, fontWeight: 600 }}>
          Keys
        </DialogTitle>
        <DialogContent>
          <dl>
            <dt className="mono">Ctrl K</dt>
            <dd>Go to a page</dd>
            <dt className="mono">G, then 1 to 7</dt>
            <dd>The questions of a run</dd>
            <dt className="mono">T</dt>
            <dd>Chart or table</dd>
            <dt className="mono">Esc</dt>
            <dd>Close</dd>
          </dl>
        </DialogContent>
      </Dialog>
    </>
  );
}

/** Single keys of a page; off while somebody types or a dialog is open. */
export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  useEffect(() => {
    let prefix = '';
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector('[role="dialog"]') !== null) return;
      const name = `${prefix}${event.key.toLowerCase()}`;
      prefix = event.key.toLowerCase() === 'g' && prefix === '' ? 'g ' : '';
      keys[name]?.();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [keys]);
}
