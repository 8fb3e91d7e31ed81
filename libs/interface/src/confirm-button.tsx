import { Button, Dialog, DialogActions, DialogContent, DialogTitle } from '@mui/material';
import { useState } from 'react';
import { useWords } from './words.js';

export interface ConfirmButtonProps {
  readonly label: string;
  readonly question: string;
  /** What will happen, and what stays. */
  readonly consequence: string;
  readonly confirm: string;
  readonly danger?: boolean;
  readonly disabled?: boolean;
  readonly onConfirm: () => void;
}

/** Asks once before what cannot be taken back; the focus is on the way out. */
export function ConfirmButton({ label, question, consequence, confirm, danger = false, disabled = false, onConfirm }: ConfirmButtonProps) {
  const words = useWords();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button color={danger ? 'error' : 'primary'} sx={danger ? { color: 'var(--bad)', borderColor: 'var(--bad)' } : {}} disabled={disabled} onClick={() => setOpen(true)}>
        {label}
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} aria-labelledby="confirm-title">
        <DialogTitle id="confirm-title" sx={{ fontSize: 15, fontWeight: 600 }}>
          {question}
        </DialogTitle>
        <DialogContent>{consequence}</DialogContent>
        <DialogActions>
          <Button autoFocus onClick={() => setOpen(false)}>
            {words.keep}
          </Button>
          <Button
            variant="contained"
            color={danger ? 'error' : 'primary'}
            onClick={() => {
              setOpen(false);
              onConfirm();
            }}
          >
            {confirm}
          </Button>
        </DialogActions>
      </Dialog>
    </>
  );
}
