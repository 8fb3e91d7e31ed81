import { Autocomplete, Button, Dialog, DialogContent, DialogTitle, TextField } from '@mui/material';
import { useEffect, useState } from 'react';
import { useWords } from './words.js';

export interface Command {
  readonly label: string;
  readonly group: string;
  readonly act: () => void;
}

const typing = (target: EventTarget | null): boolean => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Where to go, by name: Ctrl K. Single keys do nothing while somebody types. */
export function CommandMenu({ commands }: { readonly commands: readonly Command[] }) {
  const words = useWords();
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
      <Button onClick={() => setOpen(true)} aria-label={words.goToPage} sx={{ color: 'var(--ink2)', gap: 3, display: { xs: 'none', md: 'inline-flex' } }}>
        {words.goToPage} <kbd className="mono">Ctrl K</kbd>
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} fullWidth maxWidth="sm" aria-labelledby="command-title">
        <DialogTitle id="command-title" sx={{ fontSize: 15, fontWeight: 600 }}>
          {words.goTo}
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
            renderInput={(params) => <TextField {...params} autoFocus label={words.goToWhat} />}
          />
        </DialogContent>
      </Dialog>
      <Dialog open={help} onClose={() => setHelp(false)} aria-labelledby="keys-title">
        <DialogTitle id="keys-title" sx={{ fontSize: 15, fontWeight: 600 }}>
          {words.keys}
        </DialogTitle>
        <DialogContent>
          <dl>
            {words.keyList.map(([key, what]) => (
              <div key={key} style={{ display: 'contents' }}>
                <dt className="mono">{key}</dt>
                <dd>{what}</dd>
              </div>
            ))}
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
      const act = keys[name];
      if (!act) return;
      // A field that the key opens must not receive it.
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [keys]);
}
