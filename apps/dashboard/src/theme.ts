import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** A calm blue-green: nothing on the page is louder than what went wrong. */
const tide: MantineColorsTuple = [
  '#e6f7f9',
  '#cfeaee',
  '#9fd5dd',
  '#6dbfcb',
  '#45adbb',
  '#2a9fb0',
  '#1795a8',
  '#0b7f90',
  '#086c7b',
  '#045a68',
];

/** Grey with a little blue, dark enough for a dim room and not black. */
const dark: MantineColorsTuple = [
  '#d3d8de',
  '#b3bbc5',
  '#98a2ae',
  '#6b7684',
  '#3d4754',
  '#2c343f',
  '#222932',
  '#191f27',
  '#13181f',
  '#0d1117',
];

/** Dense: a screen shows what an operator needs without scrolling. No font is fetched from anywhere. */
export const theme = createTheme({
  primaryColor: 'tide',
  primaryShade: { light: 8, dark: 7 },
  colors: { tide, dark },
  fontFamily: "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', Consolas, monospace",
  defaultRadius: 'sm',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  spacing: { xs: '0.5rem', sm: '0.75rem', md: '1rem', lg: '1.5rem', xl: '2rem' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.25rem', lineHeight: '1.3' },
      h2: { fontSize: '1rem', lineHeight: '1.35' },
      h3: { fontSize: '0.875rem', lineHeight: '1.4' },
    },
  },
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Modal: { defaultProps: { closeButtonProps: { 'aria-label': 'close' } } },
    Drawer: { defaultProps: { closeButtonProps: { 'aria-label': 'close' } } },
    Button: { defaultProps: { size: 'xs' } },
    TextInput: { defaultProps: { size: 'xs' } },
    PasswordInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs' } },
    NativeSelect: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true, events: { hover: true, focus: true, touch: true } } },
  },
});
