import type { Tab } from './open-browser.ts';

/** What a person does at the page, by the words on it. */
export const atThePage = ({ page }: Tab) => {
  const dialog = () => page.getByRole('dialog');
  const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
  const confirm = (name: string): Promise<void> => dialog().getByRole('button', { name, exact: true }).click();
  return {
    press,
    confirm,
    goTo: async (name: string): Promise<void> => {
      await page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name, exact: true }).click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
    },
    /** Waits for the plan to be on the screen, and drafted. */
    planDrafted: async (): Promise<void> => {
      await page.waitForURL(/plans\/[0-9a-f-]{36}/);
      await page.getByRole('button', { name: 'Approve', exact: true }).waitFor();
    },
    /** Approves the plan on the screen, and starts it. */
    approveAndStart: async (): Promise<void> => {
      const planId = /plans\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? '';
      await press('Approve');
      const read = dialog().getByRole('checkbox');
      if ((await read.count()) > 0) await read.check();
      const typed = dialog().getByLabel(/^Type/);
      if ((await typed.count()) > 0) await typed.fill(planId.slice(0, 8));
      await confirm('Approve');
      await press('Start');
      await confirm('Start');
      await page.waitForURL(/run\/[0-9a-f-]{36}/);
    },
    /** Waits until the board says that so many have failed, and nothing is to come. */
    planEnded: async (failed: number): Promise<void> => {
      const words = new RegExp(` ${failed} failed, 0 skipped, 0 to come`);
      await page.getByRole('progressbar', { name: words }).waitFor({ timeout: 90_000 });
    },
  };
};
