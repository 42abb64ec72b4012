import { ActionIcon, Tooltip, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { IconDeviceDesktop, IconMoon, IconSun, type Icon } from '@tabler/icons-react';

const schemes: Readonly<Record<MantineColorScheme, { next: MantineColorScheme; word: string; picture: Icon }>> = {
  auto: { next: 'light', word: 'as the system', picture: IconDeviceDesktop },
  light: { next: 'dark', word: 'light', picture: IconSun },
  dark: { next: 'auto', word: 'dark', picture: IconMoon },
};

/** As the system, light, dark, and again. */
export const ColourSchemeSwitch = () => {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { next, word, picture: Picture } = schemes[colorScheme];
  return (
    <Tooltip label={`Colours: ${word}`}>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`colours: ${word}; change to ${schemes[next].word}`}
        onClick={() => setColorScheme(next)}
      >
        <Picture size={17} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
};
