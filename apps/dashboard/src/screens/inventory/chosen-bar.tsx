import { Button } from '@mantine/core';
import { IconRoute, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { AllowedButton } from '../../pieces/allowed-button.tsx';
import { DraftDialog } from './draft-dialog.tsx';
import classes from './inventory.module.css';
import { itemKey, type Chosen, type InventoryChoice } from './use-choice.ts';

/** How many of the chosen are named. */
const named = 6;

/** What is chosen, and what can be done with it; nothing where nothing is. */
export const ChosenBar = ({ choice }: { readonly choice: InventoryChoice }) => {
  const [isDrafting, setIsDrafting] = useState(false);
  const { chosen, clear, toggle } = choice;
  return (
    <div className={classes['chosen']} role="region" aria-label="chosen resources" data-empty={chosen.length === 0}>
      {chosen.length === 0 ? (
        <span className="page-dim">
          Choose resources by the box in front of them, or by the space bar, to plan them.
        </span>
      ) : (
        <>
          <strong className="page-numbers">{chosen.length} chosen</strong>
          <ul>
            {chosen.slice(0, named).map((item) => (
              <li key={itemKey(item)}>
                <button
                  type="button"
                  onClick={() => toggle(item)}
                  aria-label={`leave out ${item.resource_type} ${nameOf(item)}`}
                >
                  <span className="page-dim">{item.resource_type}</span> {nameOf(item)}
                  <IconX size={12} aria-hidden />
                </button>
              </li>
            ))}
            {chosen.length > named && <li className="page-dim">and {chosen.length - named} more</li>}
          </ul>
          <span className={classes['gap']} />
          <Button variant="subtle" color="gray" onClick={clear}>
            Choose none
          </Button>
        </>
      )}
      {chosen.length === 0 && <span className={classes['gap']} />}
      <AllowedButton
        scope="plan"
        leftSection={<IconRoute size={15} aria-hidden />}
        because={chosen.length === 0 ? 'Nothing is chosen.' : undefined}
        onClick={() => setIsDrafting(true)}
      >
        Draft a plan
      </AllowedButton>
      <DraftDialog opened={isDrafting} chosen={chosen} onClose={() => setIsDrafting(false)} />
    </div>
  );
};

const nameOf = ({ name, source_id: id }: Chosen): string => (name === null || name === '' ? id : name);
