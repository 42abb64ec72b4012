import { ActionIcon, Loader, Tooltip } from '@mantine/core';
import { IconArrowNarrowRight, IconLogout2 } from '@tabler/icons-react';
import { Suspense, useEffect, useRef } from 'react';
import { NavLink, Outlet, useLocation } from 'react-router';
import { useAsk } from '../api/use-ask.ts';
import { useSession } from '../session/session.tsx';
import { ColourSchemeSwitch } from './colour-scheme-switch.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { LiveIndicator } from './live-indicator.tsx';
import { navigation } from './navigation.ts';
import classes from './shell.module.css';

/** What stands around every screen: where one is, whose clouds these are, and whether it is live. */
export const Shell = () => {
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const place = pathname.split('/')[1] ?? '';
  const before = useRef(place);

  // Whoever hears the page or works it by keys goes on where the new screen begins.
  useEffect(() => {
    if (before.current !== place) main.current?.focus();
    before.current = place;
  }, [place]);

  return (
    <div className={classes['shell']}>
      <a href="#main" className="page-skip">
        Skip to the content
      </a>
      <header className={classes['top']}>
        <span className={classes['brand']}>
          <img src="/icon.svg" alt="" width={20} height={20} />
          <span>openstack-migrate</span>
        </span>
        <RouteOfClouds />
        <span className={classes['gap']} />
        <LiveIndicator />
        <ColourSchemeSwitch />
        <Who />
      </header>
      <nav className={classes['navigation']} aria-label="Screens">
        {navigation.map(({ to, word, picture: Picture }) => (
          <NavLink key={to} to={to} className={classes['link'] ?? ''} title={word}>
            <Picture size={18} stroke={1.6} aria-hidden />
            <span className={classes['word']}>{word}</span>
          </NavLink>
        ))}
        <span className={classes['gap']} />
        <a className={classes['link']} href="/docs" target="_blank" rel="noreferrer">
          <span className={classes['word']}>API</span>
        </a>
      </nav>
      <main id="main" ref={main} tabIndex={-1} className={classes['main']}>
        <ErrorBoundary of={pathname}>
          <Suspense fallback={<Loader m="xl" size="sm" />}>
            <Outlet />
          </Suspense>
        </ErrorBoundary>
      </main>
    </div>
  );
};

/** From which cloud to which. */
const RouteOfClouds = () => {
  const { data } = useAsk('route', [], { freshFor: 60_000 });
  if (data === undefined) return null;
  return (
    <span
      className={classes['route']}
      aria-label={`from ${data.source ?? 'nowhere'} to ${data.destination ?? 'nowhere'}`}
    >
      <span>{data.source ?? 'no source'}</span>
      <IconArrowNarrowRight size={16} aria-hidden />
      <span>{data.destination ?? 'no destination'}</span>
    </span>
  );
};

const Who = () => {
  const { me, signOut } = useSession();
  return (
    <>
      <Tooltip label={`May: ${me.scopes.join(', ')}`}>
        <span className={classes['who']} tabIndex={0}>
          {me.name}
        </span>
      </Tooltip>
      <Tooltip label="Sign out">
        <ActionIcon variant="subtle" color="gray" aria-label="sign out" onClick={() => signOut()}>
          <IconLogout2 size={17} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </>
  );
};
