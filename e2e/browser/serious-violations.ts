import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What axe finds on the page that shuts somebody out, in both themes: serious or critical, one line a rule. */
export const seriousViolations = async (page: Page): Promise<readonly string[]> => {
  const found: string[] = [];
  // Between two colours every contrast is too small.
  await page.addStyleTag({
    content: '*, *::before, *::after { transition: none !important; animation: none !important; }',
  });
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate<axe.AxeResults>(`axe.run(document, { resultTypes: ['violations'] })`);
    for (const { id, impact, help, nodes } of violations) {
      if (impact !== 'serious' && impact !== 'critical') continue;
      const where = nodes.map(({ target, html }) => `${target.join(' ')} ${html.slice(0, 120)}`);
      found.push(`${colorScheme}: ${id} (${help}): ${where.join(' | ')}`);
    }
  }
  return found;
};
